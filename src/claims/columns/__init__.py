"""Claims as typed columns: parsed from any source, corrected, stored and read back."""
