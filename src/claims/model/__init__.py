"""The one file that ships: its format, its record and signature; its graph run, its scores explained."""
