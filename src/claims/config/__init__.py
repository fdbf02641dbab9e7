"""What people set: ``params.yaml``, the search space, and the values that a search found."""
