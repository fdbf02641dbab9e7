"""The DVC pipeline: one module a stage, in the order of dvc.yaml.

Python runs this first for ``python -m claims.pipeline.STAGE``: settings that decide bytes stand here.
"""

import os
import sys

from claims.base.garbage import stop_collecting

if sys.flags.optimize > 1:  # LightGBM cannot be imported then
    sys.exit("PYTHONOPTIMIZE is 2: packages need the docstrings that it takes away. Unset it.")

# TensorFlow reads these once, when it is first imported.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # its failures reach Python as exceptions
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")  # oneDNN's kernels differ in their last bits between CPUs

if sys.argv[0] == "-m":  # a stage is about to be loaded; a program of several parts imports this too
    stop_collecting()
