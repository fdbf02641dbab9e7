"""Datasets and contracts over time."""
