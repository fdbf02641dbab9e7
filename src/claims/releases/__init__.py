"""Releases: recorded, signed versions of the model; who put which live, and the same bytes again."""
