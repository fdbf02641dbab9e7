"""The one file: a .tflite flatbuffer with what serving needs appended as a ZIP, as TFLite metadata is.

``unzip -l models/claims_model.tflite`` lists the members. Nothing in it is code, so loading it runs none.
"""

import hashlib
import io
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from claims.columns.batch import Numbers
from claims.contract import Contract
from claims.errors import ModelError
from claims.features.extractor import FeatureExtractor
from claims.model.logits import (
    AnomalyRules,
    Calibration,
    Decisions,
    Outputs,
    Scores,
    send_anomalies_to_review,
)
from claims.model.policy import DecisionPolicy
from claims.model.reasons import Typical
from claims.strict import Strict

_POINTER = b"version https://git-lfs"
_IDENTIFIER = b"TFL3"
_STAMP = (1980, 1, 1, 0, 0, 0)  # the earliest a ZIP can hold: no clock enters the file
_DAMAGE = (zipfile.BadZipFile, zlib.error, KeyError, ValueError, OSError, EOFError, RuntimeError)
_REBUILD = "Build it again with `dvc repro`."


class Rules(Strict):
    """How logits become probabilities and decisions, and which variant they were solved for.

    ``anomaly`` is there where the graph has a second output.
    """

    variant: str
    calibration: Calibration
    policy: DecisionPolicy
    anomaly: AnomalyRules | None = None

    def anomaly_scores(self, outputs: Outputs) -> Scores | None:
        """Calibrated scores of the second output: float64 [n]; None where there is none."""
        if self.anomaly is None or outputs.anomaly is None:
            return None
        return self.anomaly.calibration.scores(outputs.anomaly)

    def decide(self, scores: Scores, anomaly_scores: Scores | None, amounts: Numbers) -> Decisions:
        """``ml_derived_decision`` of each claim, str [n]: what the policy says, but anomalous ones reviewed.

        Parameters
        ----------
        scores
            float64 [n], calibrated probability of approval.
        anomaly_scores
            From `anomaly_scores`.
        amounts
            float64 [n], cents; NaN where unknown.
        """
        decisions = self.policy.decide(scores, amounts)
        if self.anomaly is None or anomaly_scores is None:
            return decisions
        return send_anomalies_to_review(decisions, self.anomaly.anomalous(anomaly_scores))

    def to_json(self) -> str:
        """Text of ``rules.json``; what a model does not have stays out of it."""
        return self.model_dump_json(indent=1, exclude_defaults=True)


def read_rules(path: Path) -> Rules:
    """The rules that `quantize` wrote beside a variant."""
    return Rules.model_validate_json(path.read_text(encoding="utf-8"))


class Seal(Strict):
    """What shows that the flatbuffer is whole, and which key its identifiers were hashed with."""

    flatbuffer_sha256: str
    key_fingerprint: str


@dataclass(frozen=True)
class Package:
    """All that scoring needs.

    Attributes
    ----------
    content
        The flatbuffer.
    contract, extractor, rules, typical
        The packed members.
    key_fingerprint
        Of the key that hashed the training claims' identifiers.
    """

    content: bytes
    contract: Contract
    extractor: FeatureExtractor
    rules: Rules
    typical: Typical
    key_fingerprint: str


def pack(package: Package) -> bytes:
    """The file's bytes: the same for the same package."""
    members = {
        "contract.json": package.contract.model_dump_json(indent=1),
        "encoder.json": package.extractor.model_dump_json(indent=1),
        "rules.json": package.rules.to_json(),
        "typical.json": package.typical.model_dump_json(indent=1),
        "seal.json": _seal(package).model_dump_json(indent=1),
    }
    buffer = io.BytesIO(package.content)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(zipfile.ZipInfo(name, _STAMP), text, zipfile.ZIP_DEFLATED, compresslevel=9)
    return buffer.getvalue()


def _seal(package: Package) -> Seal:
    digest = hashlib.sha256(package.content).hexdigest()
    return Seal(flatbuffer_sha256=digest, key_fingerprint=package.key_fingerprint)


def unpack(path: Path) -> Package:
    """Read and check a packed model.

    Raises
    ------
    ModelError
        The file is absent, a Git LFS pointer, no flatbuffer, cut short, altered, or lacks a member.
    """
    content = _read(path)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            contract = Contract.model_validate_json(archive.read("contract.json"))
            extractor = FeatureExtractor.model_validate_json(archive.read("encoder.json"))
            rules = Rules.model_validate_json(archive.read("rules.json"))
            typical = Typical.model_validate_json(archive.read("typical.json"))
            seal = Seal.model_validate_json(archive.read("seal.json"))
            flatbuffer = content[: min(info.header_offset for info in archive.infolist())]
    except _DAMAGE as error:
        what = "an illegal member" if isinstance(error, ValidationError) else str(error).strip("'\"")
        raise ModelError(str(path), f"no complete packed model ({what})", _REBUILD) from None
    package = Package(flatbuffer, contract, extractor, rules, typical, seal.key_fingerprint)
    if _seal(package) != seal:
        raise ModelError(str(path), "the flatbuffer is not the one that was packed", _REBUILD)
    return package


def _read(path: Path) -> bytes:
    if not path.is_file():
        raise ModelError(str(path), "no such file", "Run `dvc repro`, or mend ML_MODEL_PATH or --model.")
    content = path.read_bytes()
    if content.startswith(_POINTER):
        raise ModelError(
            str(path), "a Git LFS pointer, not the model", "Run `git lfs pull` (Git LFS must be installed)."
        )
    if content[4:8] != _IDENTIFIER:
        raise ModelError(str(path), "not a TensorFlow Lite file", _REBUILD)
    return content
