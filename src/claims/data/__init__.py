"""Typed claims: columns, parsing, corrections, labels, windows, maturity, pseudonyms."""
