"""What a registry of models has to hold: a version of each release, and what is live, as the log says."""

from dataclasses import dataclass

from claims.base.errors import ReleaseError
from claims.base.nested import flatten, is_number
from claims.model.record import Record, read_record
from claims.registry.intact import check_model
from claims.registry.log import Entry
from claims.registry.registry import Registry
from claims.registry.state import ENVIRONMENTS
from claims.tracking.run import Run


@dataclass(frozen=True)
class Version:
    """A release, as a registry of models holds it."""

    record: Record
    archived: bool

    @property
    def tags(self) -> dict[str, str]:
        """Tags by which it is found and traced; ``identity`` decides which release a version is."""
        record = self.record
        tags = {
            "identity": record.identity,
            "release": str(record.number),
            "git_commit": record.code.commit,
            "data_checksum": record.data.checksum,
            "variant": record.variant,
        }
        return tags | ({"archived": "true"} if self.archived else {})


@dataclass(frozen=True)
class MirrorState:
    """What a mirror has to show.

    Attributes
    ----------
    versions
        Of all releases, in the order in which they were made.
    live
        Identity of the release in each environment; one that had none is not in it.
    digests
        Of the log's entries, oldest first.
    """

    versions: tuple[Version, ...]
    live: dict[str, str]
    digests: tuple[str, ...]


def read_state(registry: Registry) -> MirrorState:
    """Read what the whole log leads to.

    Raises
    ------
    ReleaseError
        Where the log was altered, or a record is not the one that it names.
    """
    state = registry.state()
    live = {environment: state.live(environment) for environment in ENVIRONMENTS}
    records = {number: _recorded(registry, entry) for number, entry in state.made.items()}
    return MirrorState(
        versions=tuple(Version(record, number in state.archived) for number, record in records.items()),
        live={environment: entry.identity for environment, entry in live.items() if entry},
        digests=tuple(entry.digest for entry in state.entries),
    )


def _recorded(registry: Registry, entry: Entry) -> Record:
    """Read the record that an entry names."""
    path = registry.record_path(entry.release)  # Registry.record would read the log again for each
    record = read_record(path)
    if record.identity != entry.identity:
        raise ReleaseError(str(path), "not the record that was released, by the log", "Restore it from Git.")
    return record


def as_run(registry: Registry, version: Version) -> Run:
    """Describe a release as a run of a tracker: its files, and its record's parameters and metrics.

    Raises
    ------
    ReleaseError, ModelError
        Where the model is not there, or not the one that was released.
    """
    record, path = version.record, check_model(registry, version.record)
    cards = (registry.card_path(record.number, kind) for kind in ("md", "html"))
    measured = {name: part for name, part in record.metrics.items() if name != "slices"}  # in the file
    beside = (registry.signature_path(record.number), *cards)
    return Run(
        contract=record.data.contract,
        name=f"release-{record.number}",
        params=flatten(record.params),
        tags={name: value for name, value in version.tags.items() if name != "archived"},
        metrics={name: float(value) for name, value in flatten(measured, "/").items() if is_number(value)},
        curves={},
        reports=[],
        plots=[],
        models=[path, registry.record_path(record.number), *(file for file in beside if file.exists())],
        digest=record.identity,
    )
