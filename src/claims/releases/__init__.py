"""A clean commit made a recorded, signed release, and put live where it is no worse than the champion."""
