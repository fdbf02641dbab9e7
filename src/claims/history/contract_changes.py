"""What differs between two versions of a contract, and whether models and claims of the first still fit.

A change is breaking where a model packed under the old contract would read something else or be missing
something, where claims that were accepted would be refused, where recorded outcomes would mean something
else, or where what protects people is loosened. A key that has no rule here counts as breaking.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from claims.base.strict import Strict
from claims.contract.columns import Column
from claims.contract.contract import Contract
from claims.contract.feature import Feature
from claims.contract.outcome import DecidedBy
from claims.contract.version import number_of

_PRIVACY = ("none", "quasi", "direct")
_PROTECT = (None, "hash", "drop")
_UNIT = {"money": "dollars", "date": "iso"}  # what no unit stands for


class Level(IntEnum):
    """What a change asks of the version: the patch, the minor or the major number is raised."""

    WORDING = 1
    COMPATIBLE = 2
    BREAKING = 3


@dataclass(frozen=True)
class Change:
    """One difference.

    Attributes
    ----------
    where
        Path in the contract, such as ``columns.fee.unit``.
    what
        What became of it.
    """

    where: str
    what: str
    level: Level


def find_changes(old: Contract, new: Contract) -> list[Change]:
    """Find every difference but that of the version, the gravest first."""
    changes = [
        *_top(old, new),
        *_keys("claims", old.claims, new.claims, lambda *_: Level.BREAKING),
        *_lines(old, new),
        *_columns("columns", old.columns, new.columns, _used(old), _used(new)),
        *_columns("line_columns", old.line_columns, new.line_columns, _used_lines(old), _used_lines(new)),
        *_outcome(old, new),
        *_features(old, new),
        *_asked(old, new),
    ]
    return sorted(changes, key=lambda change: -change.level)


def due_version(old: str, changes: list[Change]) -> str:
    """Return the lowest version that the changed contract may have."""
    major, minor, patch = number_of(old)
    level = max((change.level for change in changes), default=None)
    if level is Level.BREAKING:
        return f"{major + 1}.0.0"
    if level is Level.COMPATIBLE:
        return f"{major}.{minor + 1}.0"
    return f"{major}.{minor}.{patch + (level is Level.WORDING)}"


Rule = Callable[[str, Any, Any], Level]


def _keys(where: str, old: Strict, new: Strict, rule: Rule, but: tuple[str, ...] = ()) -> Iterator[Change]:
    """Compare two things of one kind, key by key."""
    for key in type(old).model_fields:
        before, after = getattr(old, key), getattr(new, key)
        if key not in but and before != after:
            place = f"{where}.{key}" if where else key
            yield Change(place, f"{_say(before)} → {_say(after)}", rule(key, before, after))


def _say(value: Any) -> str:
    if isinstance(value, Strict):
        return str(value.model_dump(mode="json", exclude_defaults=True))
    if isinstance(value, tuple):
        return f"[{', '.join(map(_say, value))}]"
    return "nothing" if value is None or value == "" else str(value)


_TOP: Mapping[str, Level] = {
    "name": Level.BREAKING,
    "description": Level.WORDING,
    "published_key": Level.BREAKING,  # other pseudonyms, or ones that protect nothing
    "amount": Level.BREAKING,  # a claim has to bring it, and the packed policy weighs it
    "protected_features": Level.COMPATIBLE,  # a permission; the feature that uses it is a change of its own
    "gap_days": Level.COMPATIBLE,
}
_SECTIONS = ("version", "claims", "lines", "columns", "line_columns", "outcome", "features")


def _top(old: Contract, new: Contract) -> Iterator[Change]:
    def rule(key: str, before: Any, after: Any) -> Level:
        if key == "slices":  # a gate and a reader of metrics look for each
            return Level.COMPATIBLE if {*before} <= {*after} else Level.BREAKING
        return _TOP.get(key, Level.BREAKING)

    yield from _keys("", old, new, rule, but=_SECTIONS)


def _lines(old: Contract, new: Contract) -> Iterator[Change]:
    if old.lines is None or new.lines is None:
        if old.lines != new.lines:
            yield Change("lines", "added" if old.lines is None else "removed", Level.BREAKING)
        return
    yield from _keys("lines", old.lines, new.lines, lambda *_: Level.BREAKING)


def _roles(contract: Contract) -> Iterator[str | None]:
    """Name the columns that mean something beyond features."""
    outcome = contract.outcome
    yield from (contract.claims.identifier, contract.claims.event_time, contract.amount)
    yield from (outcome.column, outcome.known_at)
    yield outcome.decided_by.column if outcome.decided_by else None
    yield from (outcome.anomaly.column, outcome.anomaly.known_at) if outcome.anomaly else ()


def _used(contract: Contract) -> set[str | None]:
    return {*contract.inputs, *_roles(contract)}


def _used_lines(contract: Contract) -> set[str | None]:
    return {*contract.ordered_line_inputs, contract.lines.claim if contract.lines else None}


def _columns(
    where: str,
    old: Mapping[str, Column],
    new: Mapping[str, Column],
    used: set[str | None],
    used_now: set[str | None],
) -> Iterator[Change]:
    for name in old.keys() - new.keys():
        level = Level.BREAKING if name in used or _is_missed(old[name]) else Level.COMPATIBLE
        yield Change(f"{where}.{name}", "removed", level)
    for name in new.keys() - old.keys():
        why = "" if new[name].protect == "drop" else _refuses(new[name])
        level = Level.BREAKING if why else Level.COMPATIBLE
        yield Change(f"{where}.{name}", f"added{why}", level)
    for name in old.keys() & new.keys():
        yield from _column(f"{where}.{name}", old[name], new[name], name in used | used_now)


def _is_missed(column: Column) -> bool:
    """Whether groups are compared by it, or it names subjects, whom tombstones then could not name."""
    return column.protected or column.protect == "hash"


def _refuses(column: Column) -> str:
    """Say which claims that were accepted a new column keeps out."""
    if not column.optional:
        return ", and a source without it is refused"
    return ", and claims that do not fit it are refused" if _is_checked(column) else ""


def _is_checked(column: Column) -> bool:
    """Whether validation asks anything of its values, beyond that they can be read."""
    return column.required or column.legal is not None or column.range is not None


def _column(where: str, old: Column, new: Column, used: bool) -> Iterator[Change]:
    dropped = {old.protect, new.protect} == {"drop"}  # nothing of it is ever read

    def rule(key: str, *_: Any) -> Level:
        if dropped:
            return Level.WORDING
        return Level.COMPATIBLE if key in _RULES and _RULES[key](old, new, used) else Level.BREAKING

    units = (_UNIT.get(column.type, "") for column in (old, new))
    before, after = (
        column.model_copy(update={"unit": column.unit or unit})
        for column, unit in zip((old, new), units, strict=True)
    )
    retyped = old.type != new.type
    yield from _keys(where, before, after, rule, but=("range", "unit") if retyped else ())


def _tighter(old: Column, new: Column, used: bool) -> bool:
    """Whether a column is protected more and nobody looks for what is gone."""
    harmless = not used and not _is_missed(old)
    return harmless and _PROTECT.index(new.protect) > _PROTECT.index(old.protect)


def _wider(old: Column, new: Column, _: bool) -> bool:
    """Whether all that was legal still is."""
    return new.legal is None or (old.legal is not None and {*old.legal} <= {*new.legal})


def _longer(old: Column, new: Column, _: bool) -> bool:
    """Whether a range still holds all that it held."""
    (low, high), (new_low, new_high) = old.bounds, new.bounds
    return new_low <= low and high <= new_high


def _reads_alike(old: Column, new: Column, used: bool) -> bool:
    """Whether mending a column otherwise changes no input, no group and no verdict of validation."""
    return not (used or old.protected or new.protected or _is_checked(new))


def _misses_alike(old: Column, new: Column, used: bool) -> bool:
    """Whether other missing markers change nothing; without one, a text may stand where a number should."""
    return _reads_alike(old, new, used) and (not new.is_numeric or {*old.missing} <= {*new.missing})


_RULES: Mapping[str, Callable[[Column, Column, bool], bool]] = {  # when a column's change is compatible
    "privacy": lambda old, new, _: _PRIVACY.index(new.privacy) > _PRIVACY.index(old.privacy),
    "protect": _tighter,
    "protected": lambda _, new, __: new.protected,
    "optional": lambda _, new, used: new.optional and not used,  # a packed model refuses a claim without it
    "required": lambda _, new, __: not new.required,
    "missing": _misses_alike,
    "correct": _reads_alike,
    "if_missing": lambda _, __, used: not used,
    "legal": _wider,
    "range": _longer,
}  # never, as they change what stored values mean: type, known, unit, separator


def _outcome(old: Contract, new: Contract) -> Iterator[Change]:
    def rule(key: str, before: Any, after: Any) -> Level:
        if key in ("approved", "rejected"):  # order tells nothing
            return Level.COMPATIBLE if {*before} == {*after} else Level.BREAKING
        if key == "decided_by":
            return Level.COMPATIBLE if _model_of(before) == _model_of(after) else Level.BREAKING
        if key == "mature_after_days":
            read = any(_waits(contract) for contract in (old, new))
            return Level.BREAKING if read else Level.COMPATIBLE
        return Level.BREAKING

    yield from _keys("outcome", old.outcome, new.outcome, rule)


def _model_of(decided_by: DecidedBy | None) -> tuple[str, set[str]] | None:
    """Return what says that the model alone decided a claim; persons and rules are told apart nowhere."""
    return (decided_by.column, set(decided_by.model)) if decided_by and decided_by.model else None


def _waits(contract: Contract) -> bool:
    """Whether a feature takes outcomes as known after ``mature_after_days``."""
    rates = any(feature.needs_known_at for feature in contract.features.values())
    return rates and contract.outcome.known_at is None


def _features(old: Contract, new: Contract) -> Iterator[Change]:
    """A packed encoder has one fitted part for each feature, in the contract's order."""
    before, after = _living(old), _living(new)
    for name in old.features.keys() | new.features.keys():
        was, now = old.features.get(name), new.features.get(name)
        if was != now:
            lives = before.get(name) != after.get(name)
            what = "added" if was is None else "removed" if now is None else f"{_say(was)} → {_say(now)}"
            yield Change(f"features.{name}", what, Level.BREAKING if lives else Level.COMPATIBLE)
    inputs = [[name for name, feature in kept.items() if not feature.hidden] for kept in (before, after)]
    shared = [[name for name in names if name in {*inputs[0]} & {*inputs[1]}] for names in inputs]
    if shared[0] != shared[1]:
        yield Change("features", "in another order", Level.BREAKING)


def _living(contract: Contract) -> dict[str, Feature]:
    """Return the features that the model reads, and hidden ones that lead to them."""
    wanted: set[str] = set()
    for name, feature in reversed(contract.features.items()):  # a feature reads earlier ones
        if not feature.hidden or name in wanted:
            wanted |= {name, *feature.reads}
    return {name: feature for name, feature in contract.features.items() if name in wanted}


def _asked(old: Contract, new: Contract) -> Iterator[Change]:
    """Find what a claim now has to bring to be scored, even for a hidden feature that nothing reads."""
    what = "a claim has to bring it to be scored"
    parts = (
        ("columns", old.columns, old.inputs, new.inputs),
        ("line_columns", old.line_columns, old.ordered_line_inputs, new.ordered_line_inputs),
    )
    for where, declared, before, after in parts:
        for name in declared.keys() & after.keys() - before.keys():
            if not after[name].optional:
                yield Change(f"{where}.{name}", what, Level.BREAKING)
    if old.lines and new.reads_lines and not old.reads_lines:
        yield Change("lines", what, Level.BREAKING)
