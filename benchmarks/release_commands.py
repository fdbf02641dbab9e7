"""How long releases take: made, promoted, taken back, and who was live, with 1,000 entries in the log.

    python benchmarks/release_commands.py [CHECKOUT]

measures on a copy of a checkout whose results are those of its commit (this one by default).
"""

import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from claims.registry.registry import Registry
from claims.registry.state import ENVIRONMENTS
from claims.registry.tags import ARTIFACT, version_tag
from claims.repository.git import Git

ROOT = Path(__file__).parent.parent
ENTRIES = 1000
RUNS = 5
AIMS = {"release": 5.0, "promote": 1.0, "rollback": 1.0, "who-was-live": 1.0}  # seconds
_LEFT_OUT = shutil.ignore_patterns(".venv", ".cache", ".*_cache", "__pycache__")
_PERSON = {
    f"GIT_{role}_{part}": "benchmark" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")
}


def measure(checkout: Path, entries: int = ENTRIES) -> dict[str, float]:
    """Seconds of each command, process start included: the release's once, medians of the others."""
    with TemporaryDirectory() as folder:
        root = Path(folder) / "claims-mlops"
        shutil.copytree(checkout, root, symlinks=True, ignore=_LEFT_OUT)
        timed = _timer(root)
        timed("releases")  # the first start of all compiles and fills file caches
        taken = {"release": timed("release", "--why", "first", "--unsigned")}
        timed("promote", "1", "--to", "production", "--why", "first")
        taken["release, with a champion"] = timed(
            "release", "--why", "again", "--unsigned", "--override", "the same model again"
        )
        _fill(Registry(root), entries)
        acts = {
            "promote": ("promote", "2", "--to", "production", "--why", "go"),
            "rollback": ("rollback", "--why", "back"),
            "who-was-live": ("who-was-live",),
        }
        runs = [{name: timed(*command) for name, command in acts.items()} for _ in range(RUNS)]
    return taken | {name: statistics.median(run[name] for run in runs) for name in acts}


def _timer(root: Path) -> Callable[..., float]:
    environment = os.environ | _PERSON | {"PYTHONPATH": str(root / "src")}

    def timed(*arguments: str) -> float:
        started = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "claims.cli", *arguments],
            cwd=root,
            env=environment,
            stdout=subprocess.DEVNULL,
            check=True,
        )
        return time.perf_counter() - started

    return timed


def _fill(registry: Registry, entries: int) -> None:
    """Two releases that alternate on staging, up to as many entries, committed, with a tag of each."""
    records, git = [registry.record(number) for number in (1, 2)], Git(registry.root)
    with registry.writing():
        for turn in range(len(registry.state().entries), entries):
            record = records[turn % 2]
            registry.note("promote", record, "benchmark <b>", f"turn {turn}", ENVIRONMENTS[0])
            commit = f"{version_tag(record.number)}^{{commit}}"
            git.text("tag", "-a", f"{ARTIFACT}#{ENVIRONMENTS[0]}#{turn}", "-m", "turn", commit, **_PERSON)
    git.text("add", "--", "models/releases")
    git.text("commit", "-q", "-m", "turns", **_PERSON)


def main() -> None:
    """Print what was measured beside what is aimed at."""
    measured = measure(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT)
    print(f"| command | aim | measured, {ENTRIES:,} entries |\n|---|---|---|")
    for name, seconds in measured.items():
        aim = AIMS.get(name.partition(",")[0])
        print(f"| {name} | under {aim:g} s | {seconds:.2f} s |")


if __name__ == "__main__":
    main()
