"""What DVC says of the checkout: whether its results are those of its code, data and parameters."""

import json
from pathlib import Path

from claims.base.errors import ReleaseError
from claims.repository.lock import Lock
from claims.repository.processes import run_dvc


def check_up_to_date(root: Path) -> None:
    """Refuse a lock that does not describe what lies there.

    Raises
    ------
    ReleaseError
        Names the first stage that would run again.
    CommandError
        DVC cannot say.
    """
    changed = json.loads(run_dvc("status", "--json", folder=root) or "{}")
    if changed:
        first = Lock.read(root / "dvc.lock").first_of(changed)
        others = f", and {len(changed) - 1} more" if len(changed) > 1 else ""
        problem = f"stale: {first} would run again{others}"
        raise ReleaseError("dvc.lock", problem, "Run `dvc repro` and commit what it wrote.")
