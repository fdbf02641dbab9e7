"""Erasure: where a subject's rows lie, and the tombstone that keeps them out of later extractions."""
