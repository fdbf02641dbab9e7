"""Scoring claims with a packed model; never imports TensorFlow, pandas or the pipeline."""
