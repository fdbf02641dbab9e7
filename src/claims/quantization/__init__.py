"""Variants of a candidate: representative claims, conversion, the graph read back, the gate."""
