"""A release made again in a clean clone of its commit, stage by stage, compared byte by byte."""

import hashlib
import importlib.metadata
import platform
import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from claims.base.errors import ReleaseError
from claims.model.packed_file import append_record
from claims.model.record import Record
from claims.registry.intact import check_model
from claims.registry.registry import Registry
from claims.releases.differences import Recorded, differing
from claims.releases.evidence import cpu_features, python_version
from claims.repository.lock import Lock
from claims.reproduction.clone import Clone, clean_clone
from claims.reproduction.elsewhere import agree
from claims.sources.earlier_checkouts import bring_tombstones

_SNAPSHOT = "data/raw"
_HELP = "Look at it with --keep FOLDER."
_PIN = re.compile(r"^([A-Za-z0-9_.\-]+)(?:\[[^]]*\])?==([^\s;\\]+)", re.MULTILINE)


def reproduce(
    registry: Registry,
    number: int,
    *,
    from_source: bool = False,
    keep: Path | None = None,
    here: tuple[str, ...] | None = None,
) -> Iterator[str]:
    """Run the pipeline of a release's commit on its stored snapshot, and compare what comes out.

    Parameters
    ----------
    registry
        Of the checkout.
    number
        Of the release.
    from_source
        Extract the claims again; otherwise the snapshot comes from DVC's cache or remote.
    keep
        Where the clone stays; None: it is removed.
    here
        What this processor can; None: what it says itself.

    Yields
    ------
    Lines for a person, as the work goes.

    Raises
    ------
    ReleaseError
        Where the snapshot cannot be had, the run fails, or something differs: names the first stage and by
        how much. On a processor with other vector instructions than the release's only if decisions or
        scores differ.
    """
    record = registry.record(number)
    released = check_model(registry, record)
    with clean_clone(registry.root, record.code.commit, keep) as clone:
        yield f"cloned {record.code.commit[:12]}"
        lock = clone.root / "dvc.lock"
        if hashlib.sha256(lock.read_bytes()).hexdigest() != record.code.dvc_lock_sha256:
            raise ReleaseError(str(lock), "not the lock that the record names", "Fetch the commit.")
        yield from _environment_apart(clone, record)
        if from_source and (forgotten := bring_tombstones(registry.root, clone.root)):
            yield f"note: without the subjects of {forgotten} tombstones written since"
        recorded = Recorded(clone.root, record.code.commit, Lock.read(lock), clone.cache)
        same_processor = (here or cpu_features()) == record.environment.cpu_features
        first: str | None = None
        with closing(clone.run_stages(_stages_to_run(clone, recorded.lock, number, from_source))) as ran:
            for stage in ran:
                difference = _difference(clone, recorded, stage)
                yield f"{stage}: {difference or 'the same bytes'}"
                if difference is not None and first is None:
                    first = f"{stage} is the first stage that differs, in {difference}"
                if first is not None and same_processor:
                    raise ReleaseError(f"release {number}", first, _HELP)
        yield _verdict(released, record, clone, first)


def _environment_apart(clone: Clone, record: Record) -> Iterator[str]:
    """Say before the run what may explain a difference."""
    if python_version() != record.environment.python:
        yield f"note: Python {platform.python_version()} here, {record.environment.python} then"
    pinned: dict[str, set[str]] = defaultdict(set)
    for name, version in _PIN.findall((clone.root / "requirements.txt").read_text(encoding="utf-8")):
        pinned[name].add(version)
    for name, versions in pinned.items():
        installed = _installed(name)
        if installed is not None and installed not in versions:
            yield f"note: {name} {installed} here, {', '.join(sorted(versions))} then"


def _installed(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _stages_to_run(clone: Clone, lock: Lock, number: int, from_source: bool) -> list[str]:
    """Return stages with outputs in their order, without the stored snapshot and what is before it."""
    known = clone.stages()
    stages = [stage for stage, outputs in lock.outputs.items() if outputs and stage in known]
    if from_source:
        return stages
    maker = next(stage for stage in stages if _SNAPSHOT in lock.outputs[stage])
    stored = {maker, *lock.before(maker)}
    paths = [path for stage in stored for path in lock.outputs[stage] if not path.startswith("metrics/")]
    if not clone.pull(sorted(paths)):
        problem = (
            f"{maker} is the first stage that differs: neither cache nor remote has {_SNAPSHOT} as recorded"
        )
        raise ReleaseError(f"release {number}", problem, "Restore it, or reproduce it --from-source.")
    return [stage for stage in stages if stage not in stored]


def _difference(clone: Clone, recorded: Recorded, stage: str) -> str | None:
    """Return where a stage that has run differs and by how much; None where it has the same bytes."""
    paths = differing(recorded.lock, Lock.read(clone.root / "dvc.lock"), stage)
    return recorded.how_much(stage, paths) if paths else None


def _verdict(released: Path, record: Record, clone: Clone, first: str | None) -> str:
    """Compare byte for byte where nothing differed; else, on another processor, decisions and scores."""
    made, name = clone.root / "models" / "claims_model.tflite", f"release {record.number}"
    if first is None:
        if append_record(made.read_bytes(), record) != released.read_bytes():
            raise ReleaseError(str(released), "not what the pipeline makes", _HELP)
        return f"{name}: every output has the same bytes, and so has the released file"
    agreement, tolerance = agree(released, made, clone.root / "data"), record.params["release"]["tolerance"]
    difference = f"{agreement} (release.tolerance {tolerance})"
    if not agreement.holds(tolerance):
        raise ReleaseError(name, f"{first}; {difference}", _HELP)
    return f"{name}: not the same bytes, since this processor has other vector instructions; {difference}"
