"""Releases put live, taken back and set aside: one pointer a stage, and the log that says why."""

from collections.abc import Sequence
from typing import Any

from claims.errors import ReleaseError
from claims.releases.log import Action, Entry, live_on
from claims.releases.mirror import follow
from claims.releases.packed import packed_record
from claims.releases.record import Record
from claims.releases.registry import STAGES, Registry, check_stage
from claims.releases.repository import commit_files, person, undone_on_failure
from claims.releases.signing import check_signature
from claims.releases.tags import tag_archived, tag_stage


def promote(registry: Registry, number: int, stage: str, why: str) -> Entry:
    """Put a release on a stage.

    Raises
    ------
    ModelError, ReleaseError
        An unknown stage or release, one that is archived, live there already, altered, or not signed by the
        holder of the public key.
    """
    check_stage(stage)
    with registry.writing():
        record = check_fit_to_serve(registry, number)
        live = registry.live(stage)
        if live is not None and live.release == number:
            raise ReleaseError(f"release {number}", f"on {stage} already", "Nothing is left to do.")
        return _put(registry, "promote", record, stage, why)


def rollback(registry: Registry, stage: str, why: str) -> Entry:
    """Put back on a stage what was there before the release that is there now.

    Raises
    ------
    ModelError, ReleaseError
        Where nothing was, or it may not go live; see `promote`.
    """
    check_stage(stage)
    with registry.writing():
        history = promoted(registry.entries(), stage)
        if len(history) < 2:
            raise ReleaseError(stage, "nothing to go back to", "Promote a release: `claims promote`.")
        return _put(registry, "rollback", check_fit_to_serve(registry, history[-2]), stage, why)


def promoted(entries: Sequence[Entry], stage: str) -> list[int]:
    """Releases in the order in which a stage would give them up: a rollback takes the last one off."""
    history: list[int] = []
    for entry in entries:
        if entry.stage == stage and entry.action == "promote":
            history.append(entry.release)
        elif entry.stage == stage and entry.action == "rollback":
            del history[-1:]
    return history


def archive(registry: Registry, number: int, why: str) -> Entry:
    """Set a release aside: it may not go live again. Its files stay.

    Raises
    ------
    ReleaseError
        Where it is live, or archived already.
    """
    with registry.writing():
        record, entries = registry.record(number), registry.entries()
        for stage in STAGES:
            live = live_on(entries, stage)
            if live is not None and live.release == number:
                found = f"live on {stage}"
                raise ReleaseError(f"release {number}", found, "Promote another one there first.")
        if number in registry.archived():
            raise ReleaseError(f"release {number}", "archived already", "Nothing is left to do.")
        entry = _note(registry, "archive", record, None, why)
        tag_archived(registry.root, number, why)
        follow(registry)
    return entry


def check_fit_to_serve(registry: Registry, number: int) -> Record:
    """The record of a release that may go live: not archived, its model whole, its signature right.

    Raises
    ------
    ModelError, ReleaseError
        Says why it may not.
    """
    record = registry.record(number)
    if number in registry.archived():
        raise ReleaseError(f"release {number}", "archived", "Release its commit anew.")
    path = registry.model_path(number)
    if packed_record(path) != record:
        raise ReleaseError(str(path), "holds another record", "Restore it: `git lfs pull`.")
    check_signed(registry, record)
    return record


def check_signed(registry: Registry, record: Record) -> None:
    """Refuse a release without a right signature, where there is a public key.

    Raises
    ------
    ReleaseError
        Where it has none, or not the key's holder's.
    """
    if registry.public_key.exists():
        signature = registry.signature_path(record.number)
        if not signature.exists():
            raise ReleaseError(f"release {record.number}", "not signed", "Release it with a signing key.")
        check_signature(record, signature.read_bytes(), registry.public_key)


def _put(registry: Registry, action: Action, record: Record, stage: str, why: str) -> Entry:
    entry = _note(registry, action, record, stage, why)
    tag_stage(registry.root, record.number, stage, why)
    follow(registry)
    return entry


def _note(registry: Registry, action: Action, record: Record, stage: str | None, why: str) -> Entry:
    """An entry, committed with the pointers; neither where the commit fails."""
    root, paths, who = registry.root, registry.noted(), person(registry.root)
    with undone_on_failure(root, paths):
        entry = registry.note(action, record, who, why, stage, verdicts(record) if stage else None)
        where = f" to {stage}" if stage else ""
        commit_files(root, paths, f"{action.capitalize()} {record.number}{where}: {why}")
    return entry


def verdicts(record: Record) -> dict[str, Any]:
    """What the log repeats of a record's gates."""
    compared = record.gates["champion"]
    return {"judge": "passed", "verify": "passed", "champion": _verdict(compared)}


def _verdict(compared: dict[str, Any] | None) -> str:
    if compared is None:
        return "none to compare with"
    if "not_compared" in compared:
        return f"not compared with release {compared['release']}"
    passes = all(compared[metric]["passes"] for metric in ("roc_auc", "average_precision"))
    return f"{'not worse' if passes else 'worse'} than release {compared['release']}"
