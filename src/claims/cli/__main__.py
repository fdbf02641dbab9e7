"""``python -m claims.cli``: the same as ``claims``."""

from claims.cli import app

app()
