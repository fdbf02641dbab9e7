"""Trackers: what a run was, logged to a server or service that a team uses."""
