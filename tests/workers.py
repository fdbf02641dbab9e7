"""Which tests run in one worker, and in which order; and what is made once for all workers.

Every test belongs to a group, whose tests run in one worker: that of the longest part that it needs, or else
its file. Groups that take long come first, so that the workers end together.
"""

import fcntl
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from claims.base.garbage import collect_from_here_on, stop_collecting

stop_collecting()  # until all tests are loaded

# By the fixture that takes long to make, of every test that needs it; or by file. Longest first.
PARTS = {
    "experiment": "tests on the real claims",
    "mlflow_server": "mlflow",
    "parts": "model",
    "plain_parts": "model",
    "deterministic": "model",
    "postgres": "postgres",
    "history": "history",
    "template": "storage",
    "pushed": "delivery",
    "fitted": "features",
    "batch": "features",
    "demo": "demo",
}
ORDER = [
    "pipeline/test_repro.py",  # makes the pipeline's run, for which those after the next two would wait
    *("tests on the real claims", "mlflow", "model"),
    "pipeline/test_releases.py",
    "pipeline/test_workflow_runs.py",
    "pipeline/test_comparing.py",
    "pipeline/test_declared.py",
]
TESTS = Path(__file__).parent
MadeOnce = Callable[[str, Callable[[Path], None]], Path]


def group_of(item: pytest.Item) -> str:
    """Return the name of the group: that of the longest part which a test needs, or else its file's."""
    needed, file = set(getattr(item, "fixturenames", ())), str(item.path.relative_to(TESTS))
    if "reproduced" in needed:
        return file
    return next((group for part, group in PARTS.items() if part in needed), file)


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test with its group, and put the groups that take long before the others."""
    order = list(dict.fromkeys([*ORDER, *PARTS.values()]))
    groups = {item: group_of(item) for item in items}
    for item, group in groups.items():
        item.add_marker(pytest.mark.xdist_group(group))
    items.sort(key=lambda item: order.index(groups[item]) if groups[item] in order else len(order))


def pytest_collection_finish() -> None:
    """Spare each collection of garbage the look at TensorFlow and at four thousand tests."""
    collect_from_here_on()


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> MadeOnce:
    """A function that returns a folder which the first worker to ask for it fills, while others wait."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if hasattr(request.config, "workerinput") else base  # of all workers of a run

    def make(name: str, fill: Callable[[Path], None]) -> Path:
        folder, done = shared / f"all-{name}", shared / f"all-{name}.done"
        with (shared / f"all-{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                shutil.rmtree(folder, ignore_errors=True)  # what one that failed has left
                folder.mkdir()
                fill(folder)
                done.touch()
        return folder

    return make
