"""Values that a step of a workflow hands to later steps."""

from pathlib import Path

import pytest

from delivery.conftest import tool
from workspaces import Workspace


@pytest.fixture
def here(tmp_path: Path) -> Workspace:
    """A folder; the script needs no repository."""
    return Workspace(tmp_path)


def test_the_last_line_alone_is_handed_to_later_steps(here: Workspace) -> None:
    target = here.path("output")
    done = tool(
        "step_output", here, "number", "--last-line", said="release 3\n3\n", GITHUB_OUTPUT=str(target)
    )
    assert done.stdout == "release 3\n3\n"
    first, value, last = target.read_text().splitlines()
    assert (first, value) == (f"number<<{last}", "3")


def test_a_value_cannot_end_its_entry_early(here: Workspace) -> None:
    target = here.path("output")
    said = "comment\nEOF\nnumber=9"
    for _ in range(2):
        tool("step_output", here, "comment", said=said, GITHUB_OUTPUT=str(target))
    marks = [
        line.partition("<<")[2] for line in target.read_text().splitlines() if line.startswith("comment<<")
    ]
    assert len(set(marks)) == 2
    assert all(len(mark) == 32 and mark not in said for mark in marks)


def test_a_command_that_said_nothing_is_a_failure(here: Workspace) -> None:
    refused = tool("step_output", here, "number")
    assert refused.returncode == 1
    assert "number: nothing came on standard input" in refused.stderr
