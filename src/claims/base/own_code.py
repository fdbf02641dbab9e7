"""Whose code runs: results are recorded as this checkout's, so this checkout's code has to make them."""

from pathlib import Path

import claims
from claims.base.errors import PipelineError

SOURCE = Path("src")  # of a checkout
RUNNING = Path(claims.__file__ or "").parent.parent  # the source folder whose code runs


def check_own_code(root: Path = Path()) -> None:
    """Refuse to run with the code of another checkout.

    Parameters
    ----------
    root
        Of the checkout; nothing is refused in a folder that has no code.

    Raises
    ------
    PipelineError
        Where the ``claims`` that Python imported lies elsewhere.
    """
    own = root / SOURCE
    if (own / "claims" / "__init__.py").is_file() and own.resolve() != RUNNING.resolve():
        problem = f"Python imports claims from {RUNNING}, not from {own.resolve()}"
        raise PipelineError("code", problem, "Set PYTHONPATH=src, or activate this checkout's environment.")
