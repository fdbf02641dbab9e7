"""The lifecycle's table: each row names code, a test and a status, and what it names is there."""

import re

import pytest

from workspaces import ROOT

PAGE = (ROOT / "docs" / "lifecycle.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.splitlines()
    if line.startswith("| ") and line.count("|") == 7
]
HEADING, *PARTS = ROWS
NAMED = [row[0] for row in PARTS]
PATH = re.compile(r"`([\w.@/*-]+)`")


def paths(cell: str) -> list[str]:
    return [text for text in PATH.findall(cell) if "/" in text or "." in text]


def test_the_table_has_a_row_for_each_part() -> None:
    assert HEADING == ["part", "command", "code", "test", "who", "status"]
    assert len(PARTS) > 50
    assert len(set(NAMED)) == len(NAMED)


@pytest.mark.parametrize("row", PARTS, ids=NAMED)
def test_the_code_and_the_test_of_a_part_are_there(row: list[str]) -> None:
    code, test = paths(row[2]), paths(row[3])
    assert [path for path in [*code, *test] if not (ROOT / path).exists()] == []
    assert code or row[2] in ("DVC", "none")
    assert all(path.startswith("tests/") for path in test)
    assert test or row[3] == "none"


@pytest.mark.parametrize("row", PARTS, ids=NAMED)
def test_a_part_has_a_known_actor_and_status(row: list[str]) -> None:
    assert row[4] in ("DS", "ML", "Ops")
    assert row[5] in ("*tested*", "*adapter*", "*documented*")
    assert row[5] == "*documented*" or paths(row[3])


@pytest.mark.parametrize("row", PARTS, ids=NAMED)
def test_a_folder_of_tests_holds_tests(row: list[str]) -> None:
    for path in paths(row[3]):
        folder = ROOT / path
        assert folder.is_file() or [*folder.rglob("test_*.py")], path


def test_every_room_is_part_of_the_lifecycle() -> None:
    code = " ".join(row[2] + row[3] for row in PARTS)
    rooms = [path.parent.name for path in sorted((ROOT / "src" / "claims").glob("*/__init__.py"))]
    missing = {room for room in rooms if f"src/claims/{room}/" not in code and f"tests/{room}/" not in code}
    assert missing <= {"base", "config", "results", "cli"}
