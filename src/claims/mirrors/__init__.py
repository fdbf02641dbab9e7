"""Releases in other registries."""
