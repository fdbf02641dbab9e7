"""Datasets over time: what git and DVC remember of the claims that were extracted."""
