"""What a log comes to, named: releases, what is live where, and what a rollback puts back."""

import datetime as dt
import shutil
from pathlib import Path

import pytest

from claims.registry.log import FIRST, Entry
from claims.registry.registry import Registry
from claims.registry.state import RegistryState

START = dt.datetime(2026, 10, 1, tzinfo=dt.UTC)
KEPT = Path(__file__).parent / "kept_log"


def state_after(*acts: str) -> RegistryState:
    """Each act one hour after the last, as ``promote 2 production``."""
    state = RegistryState()
    for hour, act in enumerate(acts):
        action, release, *environment = act.split()
        entry = Entry(
            at=START + dt.timedelta(hours=hour),
            who="Ada <ada@example.com>",
            action=action,
            release=int(release),
            identity=f"{int(release):064x}",
            environment=environment[0] if environment else None,
            why="so",
            previous=state.last.digest if state.last else FIRST,
        )
        state = state.followed_by(entry)
    return state


FIVE = state_after("release 1", "promote 1 production", "release 2", "promote 2 production", "archive 1")


def test_an_empty_log_comes_to_nothing() -> None:
    empty = RegistryState()
    assert (empty.last, empty.made, empty.archived) == (None, {}, frozenset())
    assert (empty.live("production"), empty.previous("production")) == (None, None)


@pytest.mark.parametrize(("hours", "release"), [(0.5, None), (1, 1), (2.9, 1), (3, 2), (1000, 2)], ids=str)
def test_who_was_live_at_a_moment(hours: float, release: int | None) -> None:
    entry = FIVE.live("production", START + dt.timedelta(hours=hours))
    assert (entry.release if entry else None) == release
    assert FIVE.live("staging") is None


def test_releases_and_archived_ones_are_known() -> None:
    assert {number: entry.action for number, entry in FIVE.made.items()} == {1: "release", 2: "release"}
    assert FIVE.archived == {1}
    assert FIVE.environments_of(2) == ["production"]
    assert FIVE.environments_of(1) == []


def test_the_first_entry_of_a_release_is_the_one_that_made_it() -> None:
    twice = state_after("release 1", "release 1")
    assert twice.made[1] == twice.entries[0]


def test_states_follow_each_other() -> None:
    assert FIVE.without_last().followed_by(FIVE.last) == FIVE
    assert FIVE.without_last().archived == frozenset()


@pytest.mark.parametrize(
    ("acts", "number"),
    [
        ((), None),
        (("promote 1",), None),
        (("promote 1", "promote 2"), 1),
        (("promote 1", "promote 2", "rollback 1"), None),
        (("promote 1", "promote 2", "rollback 1", "promote 3"), 1),
        (("promote 1", "promote 2", "promote 1"), 2),
        (("promote 1", "promote 2", "promote 1", "archive 2"), None),  # what is left is what is live
        (("promote 1", "promote 2", "promote 3", "archive 2"), 1),
        (("promote 1", "promote 2", "promote 3", "rollback 2", "archive 1"), None),
    ],
    ids=str,
)
def test_what_a_rollback_puts_back(acts: tuple[str, ...], number: int | None) -> None:
    there = [act if act.startswith("archive") else f"{act} production" for act in acts]
    assert state_after("release 1", "release 2", "release 3", *there).previous("production") == number


def test_one_environments_promotions_are_not_the_others() -> None:
    state = state_after("release 1", "release 2", "promote 1 staging", "promote 2 production")
    assert (state.previous("production"), state.previous("staging")) == (None, None)
    assert (state.environments_of(1), state.environments_of(2)) == (["staging"], ["production"])


def test_a_log_of_earlier_versions_comes_to_what_it_came_to(tmp_path: Path) -> None:
    registry = Registry(tmp_path)
    shutil.copytree(KEPT, registry.records)
    state = registry.state()
    assert state.made.keys() == {1, 2, 3}
    assert state.archived == {2}
    assert {name: state.live(name).release for name in ("staging", "production")} == {
        "staging": 3,
        "production": 1,
    }
    assert (state.previous("production"), state.previous("staging")) == (None, 1)
