"""The log: whole, or the line is named where it is not."""

import datetime as dt
import json
from pathlib import Path

import pytest

from claims.base.errors import ReleaseError
from claims.registry.log import FIRST, Entry, read_log, text_of

START = dt.datetime(2026, 10, 1, tzinfo=dt.UTC)


def entries(*acts: tuple[str, int, str | None]) -> tuple[Entry, ...]:
    """One entry an hour."""
    logged: list[Entry] = []
    for hour, (action, release, environment) in enumerate(acts):
        logged.append(
            Entry(
                at=START + dt.timedelta(hours=hour),
                who="Ada <ada@example.com>",
                action=action,
                release=release,
                identity=f"{release:064x}",
                environment=environment,
                why=f"reason {hour}",
                previous=logged[-1].digest if logged else FIRST,
            )
        )
    return tuple(logged)


FIVE = entries(
    ("release", 1, None),
    ("promote", 1, "production"),
    ("release", 2, None),
    ("promote", 2, "production"),
    ("archive", 1, None),
)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "log.jsonl"
    path.write_text(text_of(FIVE), encoding="utf-8")
    return path


def lines(log: Path) -> list[str]:
    return log.read_text(encoding="utf-8").splitlines(keepends=True)


def test_the_log_reads_back(log: Path) -> None:
    assert read_log(log) == FIVE
    assert all(json.loads(line)["why"].startswith("reason") for line in lines(log))


def test_no_log_is_an_empty_one(tmp_path: Path) -> None:
    assert read_log(tmp_path / "log.jsonl") == ()


def test_a_reason_may_hold_any_character(log: Path) -> None:
    odd = FIVE[0].model_copy(update={"why": 'two\nlines, "quoted", \u2028, \x85, é'})
    log.write_text(text_of([odd]), encoding="utf-8")
    assert read_log(log) == (odd,)


@pytest.mark.parametrize(
    ("tamper", "place"),
    [
        (lambda ls: [ls[0], ls[1].replace("reason 1", "reason X"), *ls[2:]], 3),
        (lambda ls: [ls[0], *ls[2:]], 2),
        (lambda ls: ls[1:], 1),
        (lambda ls: [*ls[:2], ls[1], *ls[2:]], 3),
        (lambda ls: [ls[0], ls[2], ls[1], *ls[3:]], 2),
        (lambda ls: [*ls[:3], "\n", *ls[3:]], 4),
        (lambda ls: [*ls[:4], ls[4][:40]], 5),
        (lambda ls: [ls[0].replace('"action"', ' "action"'), *ls[1:]], 1),
        (lambda ls: [ls[0].replace(',"at"', ',"boss":1,"at"'), *ls[1:]], 1),
        (lambda ls: [*ls[:4], ls[4].replace("T04", "T01")], 5),
        (lambda ls: [*ls[:4], ls[4].replace("T04:00:00Z", "T04:00:00")], 5),
    ],
    ids=[
        "changed",
        "removed",
        "first removed",
        "repeated",
        "swapped",
        "empty line",
        "cut short",
        "spaced",
        "unknown key",
        "earlier than the one before",
        "without zone",
    ],
)
def test_the_first_wrong_line_is_named(log: Path, tamper, place: int) -> None:
    log.write_text("".join(tamper(lines(log))), encoding="utf-8")
    with pytest.raises(ReleaseError, match=rf"log\.jsonl:{place}: .*Restore the file from Git"):
        read_log(log)


def test_an_entry_forged_in_between_breaks_the_chain(log: Path) -> None:
    forged = FIVE[1].model_copy(update={"who": "Eve", "previous": FIVE[0].digest})
    log.write_text(text_of([FIVE[0], forged, *FIVE[2:]]), encoding="utf-8")
    with pytest.raises(ReleaseError, match=r"log\.jsonl:3: does not follow the line before"):
        read_log(log)


def test_a_log_of_earlier_versions_is_read_and_its_chain_still_holds() -> None:
    """Written before environments had that name: the key in the file stays, and so do its bytes."""
    kept = Path(__file__).parent / "kept_log" / "log.jsonl"
    read = read_log(kept)
    assert text_of(read).encode() == kept.read_bytes()
    assert [entry.environment for entry in read if entry.environment] == [
        *("staging", "production", "staging", "production", "production", "staging")
    ]
    following = read[-1].model_copy(update={"previous": read[-1].digest})
    assert '"stage":null' in following.line()


def test_an_entry_under_a_new_key_is_refused(log: Path) -> None:
    log.write_text(log.read_text().replace('"stage":', '"environment":'))
    with pytest.raises(ReleaseError, match=r"log\.jsonl:1: not as it was written"):
        read_log(log)
