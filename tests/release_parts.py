"""Releases in a real Git repository: a model that is none, all else as `claims release` writes it."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from claims.model.formats import seal_and_join
from claims.model.formats.format_1 import CONTENTS
from claims.model.packed_file import append_record, parse_packed_file
from claims.model.record import Code, Data, Environment, Record, Window
from claims.model.signing import public_of, sign
from claims.registry.checkout import commit_files, person
from claims.registry.registry import Registry
from claims.registry.tags import follow_log
from claims.repository.git import Git

FLATBUFFER = b"\0\0\0\0TFL3 weights"
CANDIDATE = seal_and_join(FLATBUFFER, dict.fromkeys(CONTENTS, "{}"))  # sealed, though no package is in it
WINDOWS = {
    "train": Window(first_event="2025-01-01", last_event="2025-06-30", rows=600),
    "validation": Window(first_event="2025-07-01", last_event="2025-07-31", rows=100),
    "calibration": Window(first_event="2025-08-01", last_event="2025-08-31", rows=100),
    "test": Window(first_event="2025-09-01", last_event="2025-10-31", rows=200),
}


def hashes_of(packed: bytes) -> dict[str, str]:
    """Of the parts of a packed model, as a record names them."""
    return parse_packed_file(packed, "packed").hashes


def make_record(number: int = 1, commit: str = "c" * 40, **changes: Any) -> Record:
    """A record of `CANDIDATE`."""
    record = Record(
        number=number,
        variant="int8",
        data=Data(
            contract="professional",
            contract_version="1",
            source="sqlite:///claims.db",
            since=None,
            until=None,
            as_of="2025-12-31",
            rows=1000,
            checksum="d" * 64,
            key_fingerprint="f" * 16,
            windows=WINDOWS,
        ),
        code=Code(commit=commit, dvc_lock_sha256="a" * 64),
        environment=Environment(requirements_sha256="b" * 64, python="3.11", cpu_features=("x86_64", "avx2")),
        params={"seed": 7, "train": {"dropout": 0.2}, "verify": {"max_float32_difference": 1e-05}},
        metrics={
            "variant": {"roc_auc": 0.87, "average_precision": 0.93},
            "slices": {"payer_id": {"P01": {"rows": 90, "roc_auc": 0.8}}},
        },
        gates={"champion": None},
        candidate=hashes_of(CANDIDATE),
    )
    return record.model_copy(update=changes)


@pytest.fixture
def author(monkeypatch: pytest.MonkeyPatch) -> None:
    """A person whom Git knows, whatever this machine's settings."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Ada")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "ada@example.com")


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    """Of a new repository, without a release."""
    root = tmp_path / "claims-mlops"
    root.mkdir()
    (root / ".gitignore").write_text("*.partial\n")
    Git(root).text("init", "-q")
    Git(root).text("add", "-A")
    Git(root).text("commit", "-qm", "start")
    return Registry(root)


@pytest.fixture
def publish(registry: Registry) -> Callable[..., Record]:
    """A function that makes a release, without what `claims release` checks before."""

    def make(number: int, key: Path | None = None, **changes: Any) -> Record:
        record = make_record(number, Git(registry.root).text("rev-parse", "HEAD"), **changes)
        files = {
            registry.model_path(number): append_record(CANDIDATE, record),
            registry.record_path(number): record.canonical(),
        }
        if key is not None:
            files |= {
                registry.signature_path(number): sign(record, key),
                registry.public_key: public_of(key),
            }
        for path, content in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        with registry.writing():
            registry.note("release", record, person(registry.root), f"reason {number}")
        commit_files(registry.root, [*files, *registry.noted()], f"Release {number}")
        follow_log(registry)
        return record

    return make


@pytest.fixture
def make_key(tmp_path: Path) -> Callable[..., Path]:
    """A function that makes a private key with OpenSSL, as a person would."""

    def make(name: str = "release-key", *algorithm: str) -> Path:
        path = tmp_path / f"{name}.pem"
        command = ["openssl", "genpkey", "-algorithm", *(algorithm or ("ed25519",)), "-out", str(path)]
        subprocess.run(command, check=True, capture_output=True)
        return path

    return make
