"""Are the claims what the contract says? What is not is set apart with its reason."""
