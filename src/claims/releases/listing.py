"""What a person asks of releases: which there are, how two differ, who was live, whether they are whole."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from claims.base.errors import ReleaseError
from claims.base.nested import flatten, is_number
from claims.model.record import Record
from claims.registry.intact import check_model
from claims.registry.log import RESTORE, Entry
from claims.registry.registry import Registry, check_environment
from claims.releases.promotion import check_signed
from claims.releases.quality import quality_of

_UNTOLD = "–"


def rows_of_releases(registry: Registry) -> list[dict[str, str]]:
    """Describe each release by heading, the newest first.

    Raises
    ------
    ReleaseError
        A record that the log names is gone, or the registry is not intact.
    """
    state = registry.state()
    if gone := sorted(state.made.keys() - {*registry.numbers()}):
        raise ReleaseError(str(registry.record_path(gone[0])), "gone, though the log names it", RESTORE)
    rows = []
    for number in reversed(registry.numbers()):
        otherwise = "archived" if number in state.archived else _UNTOLD
        where = ", ".join(state.environments_of(number)) or otherwise
        rows.append(_row_of_release(registry.record(number), state.made.get(number), where))
    return rows


def _row_of_release(record: Record, entry: Entry | None, where: str) -> dict[str, str]:
    return {
        "release": str(record.number),
        "environment": where,
        "released": f"{entry.at.astimezone(UTC):%Y-%m-%d}" if entry else _UNTOLD,
        "by": entry.who.split(" <")[0] if entry else _UNTOLD,
        "variant": record.variant,
        "test ROC-AUC": f"{quality_of(record).roc_auc:.4f}",
        "claims": f"{record.data.rows:,}",
        "until": record.data.windows["test"].last_event,
        "commit": record.code.commit[:12],
        "identity": record.identity[:12],
    }


def describe_live(registry: Registry, environment: str, at: str) -> dict[str, Any]:
    """Describe what was live: its release, by whom, when and why; data, code, parameters, metrics.

    Parameters
    ----------
    at
        A moment in ISO 8601 with its zone; empty: now.

    Raises
    ------
    ReleaseError
        Where the moment cannot be read or is still to come, or nothing was live.
    """
    check_environment(environment)
    moment = _parse(at) if at else None  # now is what comes last, whatever the clocks of others say
    if moment is not None and moment > datetime.now(UTC):
        raise ReleaseError(at, "still to come", "Ask for a moment that has been.")
    entry = registry.state().live(environment, moment)
    if entry is None and moment is None:
        raise ReleaseError(environment, "nothing is live", "Promote a release: `claims promote`.")
    if entry is None:
        raise ReleaseError(environment, f"nothing was live at {at}", "Ask for a later moment.")
    record = registry.record(entry.release)
    return {"entry": entry.model_dump(mode="json"), "record": record.model_dump(mode="json")}


def lines_of(description: dict[str, Any]) -> str:
    """Say for a person what `describe_live` returns."""
    entry, record = Entry.model_validate(description["entry"]), Record.model_validate(description["record"])
    data, code, quality = record.data, record.code, quality_of(record)
    learned, tested = data.windows["train"], data.windows["test"]
    lines = {
        "release": str(entry.release),
        "identity": entry.identity,
        "since": entry.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),  # in full, to be asked for
        "by": entry.who,
        "why": entry.why,
        "action": entry.action + (f", in place of release {entry.replaced}" if entry.replaced else ""),
        "data": f"{data.rows:,} claims of {data.source}",
        "contract": f"{data.contract} {data.contract_version}",
        "checksum": data.checksum,
        "learned": f"{learned.rows:,} claims received from {learned.first_event} to {learned.last_event}",
        "tested": f"{tested.rows:,} claims received from {tested.first_event} to {tested.last_event}",
        "quality": f"ROC-AUC {quality.roc_auc:.4f}, average precision {quality.average_precision:.4f}",
        "variant": record.variant,
        "code": code.commit,
        "parameters": f"git show {code.commit[:12]}:params.yaml",
    }
    return "\n".join(f"{name:<11} {value}" for name, value in lines.items())


def _parse(text: str) -> datetime:
    """Read a moment, which has to name its zone."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ReleaseError(text, "no moment", "Write it as 2026-10-03T12:00Z.") from None
    if moment.tzinfo is None:
        raise ReleaseError(text, "a moment without its zone", "Add Z, or as +02:00.")
    return moment


def rows_of_differences(registry: Registry, before: int, after: int) -> list[dict[str, str]]:
    """Describe every value of two records that differs: data, code, parameters, metrics, slices, gates."""
    old, new = (flatten(_comparable(registry, number)) for number in (before, after))
    rows = []
    for name in sorted(old.keys() | new.keys()):
        was, now = old.get(name), new.get(name)
        if was != now:
            sides = {f"release {before}": _text(was), f"release {after}": _text(now)}
            rows.append({"value": name, **sides, "change": _change(was, now)})
    return rows


def _comparable(registry: Registry, number: int) -> dict[str, Any]:
    return registry.record(number).model_dump(mode="json", exclude={"number", "canonical_form", "candidate"})


def _text(value: Any) -> str:
    return _UNTOLD if value is None else str(value)


def _change(was: Any, now: Any) -> str:
    return f"{now - was:+.6g}" if is_number(was) and is_number(now) else ""


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
