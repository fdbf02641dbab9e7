"""Candidates: the network, boosted trees, distillation, the anomaly head, baselines."""
