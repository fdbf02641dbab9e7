"""From typed claims to the inputs of the network: one path for training and for serving."""
