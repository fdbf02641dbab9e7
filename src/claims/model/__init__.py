"""The model: network, calibration, decision, conversion, and the one file that carries them."""

import os

# TensorFlow reads these once, when it is first imported, by whichever module comes first.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # its failures reach Python as exceptions
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")  # oneDNN's kernels differ in their last bits between CPUs
