"""The model: network, calibration, decision, conversion, and the one file that carries them."""
