"""The checkout that holds it all: Git, DVC's cache and remotes."""
