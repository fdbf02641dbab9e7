"""What was measured, for people: the model card, its figures and plots."""
