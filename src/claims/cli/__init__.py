"""``claims …``: the verbs that a person types, a module for each kind. No logic lives here."""

from claims.cli import data, model, releases, storage
from claims.cli.base import app

__all__ = ["app", "data", "model", "releases", "storage"]
