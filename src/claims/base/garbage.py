"""Python's search for unreachable objects, kept from going through all that a program loads, again and again.

TensorFlow brings a million objects that stay until the end. To look at none of them saves an eighth of the
time of a stage that trains a little (docs/figures.md).
"""

import gc


def stop_collecting() -> None:
    """Collect nothing while modules are loaded."""
    gc.disable()


def collect_from_here_on() -> None:
    """Collect again, without looking at what is there by now."""
    gc.freeze()
    gc.enable()
