"""What a benchmark needs beyond the project's own packages."""

import sys
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path


def demand(extra: str, modules: Iterable[str]) -> None:
    """End the script in one line where modules are not installed; it names the extra that brings them."""
    missing = [name for name in modules if find_spec(name) is None]
    if missing:
        remedy = f"Install the extra {extra}: `uv pip install -e '.[{extra}]'`."
        sys.exit(f"{Path(sys.argv[0]).stem}: {', '.join(missing)}: not installed. {remedy}")
