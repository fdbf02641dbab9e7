"""What a person asks of releases: which there are, how two differ, who was live, whether they are whole."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from rich.table import Table

from claims.base.errors import ReleaseError
from claims.model.record import Record
from claims.registry.intact import check_model
from claims.registry.log import Entry
from claims.registry.registry import STAGES, Registry, check_stage
from claims.releases.promotion import check_signed

_UNTOLD = "–"


def table_of_releases(registry: Registry) -> Table:
    """One row a release, the newest first."""
    entries, archived = registry.entries(), registry.archived()
    live = {stage: registry.live(stage) for stage in STAGES}
    made = {entry.release: entry for entry in entries if entry.action == "release"}
    table = Table(
        "release", "stage", "released", "by", "test ROC-AUC", "variant", "claims", "commit", "identity"
    )
    if not entries:
        table.caption = "no release yet: `claims release` makes one"
    for number in reversed(registry.numbers()):
        record, entry = registry.record(number), made.get(number)
        stages = [stage for stage, one in live.items() if one is not None and one.release == number]
        table.add_row(
            str(number),
            ", ".join(stages) or ("archived" if number in archived else _UNTOLD),
            _moment(entry.at) if entry else _UNTOLD,
            entry.who.split(" <")[0] if entry else _UNTOLD,
            f"{record.metrics['variant']['roc_auc']:.4f}",
            record.variant,
            f"{record.data.rows:,} to {record.data.windows['test'].last_event}",
            record.code.commit[:12],
            record.identity[:12],
        )
    return table


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def describe_live(registry: Registry, stage: str, at: str) -> dict[str, Any]:
    """Which release was live; who put it there, when and why; its data, code, parameters and metrics.

    Parameters
    ----------
    at
        A moment in ISO 8601 with its zone; empty: now.

    Raises
    ------
    ReleaseError
        Where the moment cannot be read or is still to come, or nothing was live.
    """
    check_stage(stage)
    moment = _parse(at) if at else None  # now is what comes last, whatever the clocks of others say
    if moment is not None and moment > datetime.now(UTC):
        raise ReleaseError(at, "still to come", "Ask for a moment that has been.")
    entry = registry.live(stage, moment)
    if entry is None and moment is None:
        raise ReleaseError(stage, "nothing is live", "Promote a release: `claims promote`.")
    if entry is None:
        raise ReleaseError(stage, f"nothing was live at {at}", "Ask for a later moment.")
    record = registry.record(entry.release)
    return {"entry": entry.model_dump(mode="json"), "record": record.model_dump(mode="json")}


def lines_of(found: dict[str, Any]) -> str:
    """What `describe_live` found, for a person."""
    entry, record = Entry.model_validate(found["entry"]), Record.model_validate(found["record"])
    data, code, test = record.data, record.code, record.metrics["variant"]
    learned, tested = data.windows["train"], data.windows["test"]
    lines = {
        "release": str(entry.release),
        "identity": entry.identity,
        "since": entry.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),  # in full, to be asked for
        "by": entry.who,
        "why": entry.why,
        "action": entry.action + (f", in place of release {entry.replaced}" if entry.replaced else ""),
        "data": f"{data.rows:,} claims of {data.source}, contract {data.contract} {data.contract_version}",
        "checksum": data.checksum,
        "learned": f"{learned.rows:,} claims received from {learned.first_event} to {learned.last_event}",
        "tested": f"{tested.rows:,} claims received from {tested.first_event} to {tested.last_event}",
        "quality": f"ROC-AUC {test['roc_auc']:.4f}, average precision {test['average_precision']:.4f}",
        "variant": record.variant,
        "code": code.commit,
        "parameters": f"git show {code.commit[:12]}:params.yaml",
    }
    return "\n".join(f"{name:<11} {value}" for name, value in lines.items())


def _parse(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ReleaseError(text, "no moment", "Write it as 2026-10-03T12:00Z.") from None
    if found.tzinfo is None:
        raise ReleaseError(text, "a moment without its zone", "Add Z, or as +02:00.")
    return found


def table_of_differences(registry: Registry, one: int, other: int) -> Table:
    """Every value of two records that differs: data, code, parameters, metrics, slices, gates."""
    before, after = (_flatten(_comparable(registry, number)) for number in (one, other))
    table = Table("", f"release {one}", f"release {other}", "change")
    for name in sorted(before.keys() | after.keys()):
        mine, theirs = before.get(name), after.get(name)
        if mine != theirs:
            table.add_row(name, _text(mine), _text(theirs), _change(mine, theirs))
    return table


def _comparable(registry: Registry, number: int) -> dict[str, Any]:
    record = registry.record(number).model_dump(mode="json")
    return {name: part for name, part in record.items() if name not in ("number", "candidate")}


def _flatten(value: Any, name: str = "") -> dict[str, Any]:
    if not isinstance(value, dict):
        return {name: value}
    found: dict[str, Any] = {}
    for key, part in value.items():
        found |= _flatten(part, f"{name}.{key}" if name else str(key))
    return found


def _text(value: Any) -> str:
    return _UNTOLD if value is None else str(value)


def _change(mine: Any, theirs: Any) -> str:
    numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in (mine, theirs))
    return f"{theirs - mine:+.6g}" if numbers else ""


def check_files(registry: Registry, number: int) -> Iterator[str]:
    """Prove a release's files, one line each.

    Raises
    ------
    ReleaseError, ModelError
        At the first that is not what was released.
    """
    record = registry.record(number)
    yield f"record: {record.identity}, as the log says"
    check_model(registry, record)
    yield f"model: {len(record.candidate)} parts as released, and nothing besides"
    if not registry.public_key.exists() and not any(registry.records.glob("*.sig")):
        yield f"signature: not checked, there is no {registry.public_key}"
        return
    check_signed(registry, record)
    yield f"signature: by the holder of {registry.public_key}"
