"""The DVC pipeline: one module a stage, in the order of dvc.yaml."""
