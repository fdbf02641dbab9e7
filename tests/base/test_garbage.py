"""Garbage is collected while a program works, and not while it is loaded."""

import gc
import subprocess
import sys
from collections.abc import Iterator

import pytest

from claims.base.garbage import collect_from_here_on, stop_collecting


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    gc.enable()


def test_what_is_unreachable_afterwards_is_collected() -> None:
    stop_collecting()
    assert not gc.isenabled()
    collect_from_here_on()
    assert gc.isenabled()
    circle: list[object] = []
    circle.append(circle)
    del circle
    assert gc.collect() > 0


def test_what_was_loaded_is_not_looked_at() -> None:
    collect_from_here_on()
    assert gc.get_freeze_count() > 10_000
    assert len(gc.get_objects()) < gc.get_freeze_count()


@pytest.mark.parametrize(("program", "collects"), [("-m", False), ("figures.py", True)])
def test_a_stage_alone_is_loaded_without_collecting(program: str, collects: bool) -> None:
    """As long as Python looks for the module that ``-m`` names, that is its program's name."""
    script = f"import gc, sys; sys.argv[0] = {program!r}; import claims.pipeline; print(gc.isenabled())"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.stdout == f"{collects}\n", done.stderr
