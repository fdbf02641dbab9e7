"""The checkout that holds it all: other programs, Git, DVC's cache and remotes."""
