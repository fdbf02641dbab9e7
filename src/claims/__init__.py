"""Machine-learning operations for an insurance-claims model."""
