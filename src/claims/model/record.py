"""The record of a release: one canonical JSON whose SHA-256 is the version's identity everywhere.

It names data, code, environment, parameters, metrics, gates and the bytes of the verified candidate. Who
released it, when and why is in the log (`claims.registry.log`), so that the same model has the same record.
"""

import hashlib
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import ValidationError

from claims.base.errors import ReleaseError
from claims.base.strict import Strict
from claims.model.canonical import RFC_8785, canonical_json, python_json


class Window(Strict):
    """Claims of one split."""

    first_event: str
    last_event: str
    rows: int


class Data(Strict):
    """What the model was fitted and measured on."""

    contract: str
    contract_version: str
    source: str
    since: str | None
    until: str | None
    as_of: str | None
    rows: int
    checksum: str
    key_fingerprint: str
    windows: dict[str, Window]


class Code(Strict):
    """The clean commit that the release was made from, and the lock of its pipeline."""

    commit: str
    dvc_lock_sha256: str


class Environment(Strict):
    """The environment in which the same commit gives the same bytes."""

    requirements_sha256: str
    python: str
    cpu_features: tuple[str, ...]


class Record(Strict):
    """All that identifies a release.

    Attributes
    ----------
    canonical_form
        By which its bytes are written: `claims.model.canonical.RFC_8785`. None in records that were made
        before the form was named, whose bytes do not hold this key.
    candidate
        SHA-256 of the flatbuffer and of each packed member, without the record itself.
    metrics
        Of the network on all splits and by slice, and of the variant that ships.
    gates
        The verdicts of `judge` on that variant, the proofs of `verify`, and the comparison with the
        champion; null where there was none.
    """

    canonical_form: Literal["RFC 8785"] | None = RFC_8785
    number: int
    variant: str
    data: Data
    code: Code
    environment: Environment
    params: dict[str, Any]
    metrics: dict[str, Any]
    gates: dict[str, Any]
    candidate: dict[str, str]

    def canonical(self) -> bytes:
        """Return the bytes that are stored, packed, signed and hashed.

        Raises
        ------
        ReleaseError
            Where a number has no canonical form.
        """
        if self.canonical_form is None:
            return python_json(self.model_dump(mode="json", exclude={"canonical_form"}))
        return canonical_json(self.model_dump(), f"the record of release {self.number}")

    @property
    def identity(self) -> str:
        """Return the SHA-256 of the canonical bytes, in hex, as `sha256sum models/releases/<n>.json` does."""
        return hashlib.sha256(self.canonical()).hexdigest()

    @classmethod
    def parse(cls, content: bytes, name: str) -> Self:
        """Read a record; its bytes have to be those of its canonical form.

        Raises
        ------
        ReleaseError
            Where it is no record, or was written otherwise.
        """
        try:
            record = cls.model_validate_json(content)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"]) or "the file"
            raise ReleaseError(name, f"no release record ({place}: {first['msg']})", _RESTORE) from None
        if "canonical_form" not in record.model_fields_set:
            record = record.model_copy(update={"canonical_form": None})
        if record.canonical() != content:
            raise ReleaseError(name, "not in its canonical form", _RESTORE)
        return record


_RESTORE = "Restore it from Git."


def read_record(path: Path) -> Record:
    """Read a record from a file of ``models/releases/``.

    Raises
    ------
    ReleaseError
        Where there is none, or it was altered.
    """
    if not path.is_file():
        raise ReleaseError(path.stem, "no such release", "`claims releases` lists those that there are.")
    return Record.parse(path.read_bytes(), str(path))
