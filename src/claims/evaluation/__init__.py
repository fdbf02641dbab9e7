"""How good a model is, told without TensorFlow: metrics, slices, months, fairness, intervals, drift."""
