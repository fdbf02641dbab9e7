"""The model card: its template, and what it is filled with."""
