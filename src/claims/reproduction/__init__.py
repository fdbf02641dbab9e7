"""A release made again from its commit."""
