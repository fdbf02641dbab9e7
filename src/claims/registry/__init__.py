"""Releases and their log: records, tags, and acts that are whole or undone."""
