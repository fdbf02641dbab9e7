"""Proofs: one path for every claim, the packed file decides as the variant that was judged."""
