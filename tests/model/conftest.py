"""TensorFlow as the stages set it up, before any test uses it."""

import pytest

from claims.model.network import make_deterministic
from model_parts import SEED


@pytest.fixture(scope="session", autouse=True)
def deterministic() -> None:
    make_deterministic(SEED)
