"""Tuning: which trials are tried, what each reached, and the winner whose values `train` takes."""
