"""Releases put live, taken back and set aside: one pointer an environment, and the log that says why."""

from typing import Any

from claims.base.errors import ReleaseError
from claims.mirrors.mirror import follow
from claims.model.record import Record
from claims.model.signing import check_signature
from claims.registry.acts import acting, whole
from claims.registry.checkout import commit_files, person
from claims.registry.intact import check_model
from claims.registry.log import Action, Entry
from claims.registry.registry import Registry, check_environment
from claims.registry.tags import follow_log


def promote(registry: Registry, number: int, environment: str, why: str) -> Entry:
    """Put a release live in an environment.

    Raises
    ------
    ModelError, ReleaseError
        An unknown environment or release, one that is archived, live there already, altered, or not signed by
        the holder of the public key.
    """
    check_environment(environment)
    with acting(registry):
        record = check_fit_to_serve(registry, number)
        live = registry.state().live(environment)
        if live is not None and live.release == number:
            raise ReleaseError(f"release {number}", f"on {environment} already", "Nothing is left to do.")
        return _put(registry, "promote", record, environment, why)


def rollback(registry: Registry, environment: str, why: str) -> Entry:
    """Put back in an environment what was live there before, archived releases passed over.

    Raises
    ------
    ModelError, ReleaseError
        Where nothing was, or it may not go live; see `promote`.
    """
    check_environment(environment)
    with acting(registry):
        number = registry.state().previous(environment)
        if number is None:
            raise ReleaseError(environment, "nothing to go back to", "Promote a release: `claims promote`.")
        return _put(registry, "rollback", check_fit_to_serve(registry, number), environment, why)


def archive(registry: Registry, number: int, why: str) -> Entry:
    """Set a release aside: it may not go live again. Its files stay.

    Raises
    ------
    ReleaseError
        Where it is live, or archived already.
    """
    with acting(registry):
        record, state = registry.record(number), registry.state()
        for environment in state.environments_of(number):
            raise ReleaseError(f"release {number}", f"live on {environment}", "Promote another there first.")
        if number in state.archived:
            raise ReleaseError(f"release {number}", "archived already", "Nothing is left to do.")
        return _put(registry, "archive", record, None, why)


def check_fit_to_serve(registry: Registry, number: int) -> Record:
    """Return the record of a release that may go live: not archived, its model whole, rightly signed.

    Raises
    ------
    ModelError, ReleaseError
        Says why it may not.
    """
    record = registry.record(number)
    if number in registry.state().archived:
        raise ReleaseError(f"release {number}", "archived", "Release its commit anew.")
    check_model(registry, record)
    check_signed(registry, record)
    return record


def check_signed(registry: Registry, record: Record) -> None:
    """Refuse a release without a right signature, where there is a public key.

    Raises
    ------
    ReleaseError
        Where it has none, or not the key's holder's; or where releases are signed and the key is gone.
    """
    if not registry.public_key.exists():
        if any(registry.records.glob("*.sig")):
            problem = "gone, though releases are signed"
            raise ReleaseError(str(registry.public_key), problem, "Restore it from Git.")
    else:
        signature = registry.signature_path(record.number)
        if not signature.exists():
            raise ReleaseError(f"release {record.number}", "not signed", "Release it with a signing key.")
        check_signature(record, signature.read_bytes(), registry.public_key)


def _put(registry: Registry, action: Action, record: Record, environment: str | None, why: str) -> Entry:
    """Add an entry, committed with the pointers, or neither where the commit fails; then tags and mirror."""
    root, paths, who = registry.root, registry.noted(), person(registry.root)
    gates = verdicts(record) if environment else None
    where = f" to {environment}" if environment else ""
    with whole(registry, paths):
        entry = registry.note(action, record, who, why, environment, gates)
        commit_files(root, paths, f"{action.capitalize()} {record.number}{where}: {why}")
    follow_log(registry)
    follow(registry)
    return entry


def verdicts(record: Record) -> dict[str, Any]:
    """Return what the log repeats of a record's gates."""
    compared = record.gates["champion"]
    return {"judge": "passed", "verify": "passed", "champion": _verdict(compared)}


def _verdict(compared: dict[str, Any] | None) -> str:
    if compared is None:
        return "none to compare with"
    if "not_compared" in compared:
        return f"not compared with release {compared['release']}"
    passes = all(compared[metric]["passes"] for metric in ("roc_auc", "average_precision"))
    return f"{'not worse' if passes else 'worse'} than release {compared['release']}"
