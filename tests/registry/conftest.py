"""A person whom Git knows, in every test of this folder."""

import pytest


@pytest.fixture(autouse=True)
def somebody(author: None) -> None:
    """Who commits."""
