"""What is quarantined, and why."""
