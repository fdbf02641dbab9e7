"""The registry: what the log says, pointers that follow it, one writer at a time."""

import json
import subprocess
import sys
from collections.abc import Callable

import pytest

from claims.base.errors import ReleaseError
from claims.registry.registry import Registry
from claims.releases.promotion import promote
from claims.repository.git import Git

NOTE = """
import sys
from pathlib import Path
from claims.registry.registry import Registry
registry = Registry(Path(sys.argv[1]))
record = registry.record(1)
for turn in range(20):
    with registry.writing():
        registry.note("promote", record, sys.argv[2], f"turn {turn}", "staging")
"""


@pytest.fixture
def two(registry: Registry, publish) -> Registry:
    """Releases 1 and 2, of which 1 is on staging."""
    publish(1)
    publish(2)
    promote(registry, 1, "staging", "try it")
    return registry


def pointer(registry: Registry, name: str) -> dict:
    return json.loads(registry.pointer_path(name).read_text())


def test_an_empty_registry_has_nothing(registry: Registry) -> None:
    assert (registry.numbers(), registry.state().entries, registry.state().live("staging")) == ([], (), None)


def test_numbers_are_those_of_records(two: Registry) -> None:
    for name in ("x.json", "0.json", "²2.json", "10.json.partial"):
        (two.records / name).write_text("{}")
    assert two.numbers() == [1, 2]


def test_a_pointer_names_release_identity_and_entry(two: Registry) -> None:
    live = two.state().live("staging")
    expected = {"release": 1, "identity": two.record(1).identity, "entry": live.digest}
    assert pointer(two, "staging") == expected == pointer(two, "head")
    assert not two.pointer_path("production").exists()


@pytest.mark.parametrize("count", [1, 2, 3])
def test_entries_cut_off_are_missed(two: Registry, count: int) -> None:
    lines = two.log.read_text().splitlines(keepends=True)
    two.log.write_text("".join(lines[:-count]))
    with pytest.raises(ReleaseError, match=r"log\.jsonl: the entry of release 1 that \w+ names is gone"):
        two.state()


def test_a_removed_log_is_missed(two: Registry) -> None:
    two.log.unlink()
    with pytest.raises(ReleaseError, match="is gone"):
        two.state().live("staging")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("staging", None),
        ("head", None),
        ("staging", lambda content: content | {"release": 2}),
        ("production", lambda content: content),
    ],
    ids=["removed", "head removed", "another release", "another environment"],
)
def test_a_moved_pointer_is_refused(two: Registry, name: str, text: Callable | None) -> None:
    path = two.pointer_path(name)
    if text is None:
        path.unlink()
    else:
        path.write_text(json.dumps(text(pointer(two, "staging"))))
    with pytest.raises(ReleaseError, match=f"{name}: not where the log's entries lead"):
        two.state()


@pytest.mark.parametrize("text", ["", "[1]", "7", "\xff"])
def test_a_damaged_pointer_is_refused(two: Registry, text: str) -> None:
    two.pointer_path("staging").write_text(text, encoding="latin-1")
    with pytest.raises(ReleaseError, match=r"staging: no pointer\. Restore it from Git"):
        two.state()


def test_an_older_pointer_put_back_is_refused(two: Registry) -> None:
    before = two.pointer_path("staging").read_text()
    promote(two, 2, "staging", "better")
    two.pointer_path("staging").write_text(before)
    with pytest.raises(ReleaseError, match="staging: not where the log's entries lead"):
        two.state()


@pytest.mark.parametrize("left", [("staging", "head"), ("head",)], ids=["before both", "between them"])
def test_pointers_that_lag_after_a_kill_count_less_than_the_log(two: Registry, left) -> None:
    before = {name: two.pointer_path(name).read_text() for name in left}
    with two.writing():
        two.note("promote", two.record(2), "Ada", "better", "staging")
    for name, text in before.items():
        two.pointer_path(name).write_text(text)
    assert two.state().live("staging").release == 2
    with two.writing():
        two.note("promote", two.record(2), "Ada", "go", "production")
    assert pointer(two, "staging")["release"] == 2
    assert two.state().live("staging").release == 2


def test_a_record_exchanged_for_another_is_refused(two: Registry) -> None:
    two.record_path(2).write_bytes(two.record_path(1).read_bytes())
    with pytest.raises(ReleaseError, match=r"2\.json: not the record that was released"):
        two.record(2)


def test_a_record_changed_in_its_own_form_is_refused(two: Registry) -> None:
    path = two.record_path(2)
    path.write_bytes(path.read_bytes().replace(b'"roc_auc":0.87', b'"roc_auc":0.97'))
    with pytest.raises(ReleaseError, match=r"2\.json: not the record that was released"):
        two.record(2)


def test_a_blank_reason_is_refused(two: Registry) -> None:
    with two.writing(), pytest.raises(ReleaseError, match="--why: empty"):
        two.note("archive", two.record(2), "Ada", " ")
    assert len(two.state().entries) == 3


def test_a_clock_behind_another_machines_does_not_break_the_order(two: Registry, monkeypatch) -> None:
    last = two.state().entries[-1].at

    class Behind:
        @staticmethod
        def now(zone):
            return last.replace(year=2020)

    monkeypatch.setattr("claims.registry.registry.datetime", Behind)
    with two.writing():
        assert two.note("promote", two.record(2), "Ada", "better", "staging").at == last
    assert two.state().live("staging").release == 2


def test_two_writers_at_once_lose_nothing(registry: Registry, publish) -> None:
    publish(1)
    writers = [
        subprocess.Popen([sys.executable, "-c", NOTE, str(registry.root), name]) for name in ("Ada", "Bob")
    ]
    assert [writer.wait() for writer in writers] == [0, 0]
    notes = registry.state().entries[1:]
    for name in ("Ada", "Bob"):
        assert [e.why for e in notes if e.who == name] == [f"turn {turn}" for turn in range(20)]
    assert pointer(registry, "staging")["entry"] == notes[-1].digest


def test_nothing_unfinished_is_left(two: Registry) -> None:
    assert list(two.records.glob("*.partial")) == []
    assert Git(two.root).text("status", "--porcelain") == ""
