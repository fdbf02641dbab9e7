"""TensorFlow as the stages set it up, before any test of this folder uses it."""

import pytest


@pytest.fixture(scope="session", autouse=True)
def from_the_start(deterministic) -> None:
    """Before any test of these uses it."""
