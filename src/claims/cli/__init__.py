"""``claims …``: the commands that a person types, a module for each panel of the help. They hold no logic."""

from claims.cli import data, model, releases, storage
from claims.cli.base import app

__all__ = ["app", "data", "model", "releases", "storage"]
