"""The one file: a .tflite flatbuffer with what serving needs appended as a ZIP, as TFLite metadata is.

``unzip -l models/claims_model.tflite`` lists the members. Nothing in it is code, so loading it runs none.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from claims.base.errors import ModelError
from claims.base.strict import Strict
from claims.contract import Contract
from claims.data.batch import Numbers
from claims.decisions.logits import (
    AnomalyRules,
    Calibration,
    Decisions,
    Outputs,
    Scores,
    send_anomalies_to_review,
)
from claims.decisions.policy import DecisionPolicy
from claims.features.extractor import FeatureExtractor
from claims.model.container import DAMAGE, REBUILD, append_members, read_model, take_apart
from claims.model.reasons import ReferenceClaim


class DecisionRules(Strict):
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


def read_rules(path: Path) -> DecisionRules:
    """The rules that `quantize` wrote beside a variant."""
    return DecisionRules.model_validate_json(path.read_text(encoding="utf-8"))


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
    contract, extractor, rules, reference_claim
        The packed members.
    key_fingerprint
        Of the key that hashed the training claims' identifiers.
    """

    content: bytes
    contract: Contract
    extractor: FeatureExtractor
    rules: DecisionRules
    reference_claim: ReferenceClaim
    key_fingerprint: str


def pack(package: Package) -> bytes:
    """The file's bytes: the same for the same package."""
    members = {
        "contract.json": package.contract.model_dump_json(indent=1),
        "encoder.json": package.extractor.model_dump_json(indent=1),
        "rules.json": package.rules.to_json(),
        "typical.json": package.reference_claim.model_dump_json(indent=1),
        "seal.json": _seal(package).model_dump_json(indent=1),
    }
    return append_members(package.content, members)


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
    return unpack_content(read_model(path), str(path))


def unpack_content(content: bytes, name: str) -> Package:
    """The same of a file that was read already; its name is for errors."""
    try:
        flatbuffer, members = take_apart(content)
        contract = Contract.model_validate_json(members["contract.json"])
        extractor = FeatureExtractor.model_validate_json(members["encoder.json"])
        rules = DecisionRules.model_validate_json(members["rules.json"])
        reference_claim = ReferenceClaim.model_validate_json(members["typical.json"])
        seal = Seal.model_validate_json(members["seal.json"])
    except DAMAGE as error:
        what = _what_is_wrong(error)
        raise ModelError(name, f"no complete packed model ({what})", REBUILD) from None
    package = Package(flatbuffer, contract, extractor, rules, reference_claim, seal.key_fingerprint)
    if _seal(package) != seal:
        raise ModelError(name, "the flatbuffer is not the one that was packed", REBUILD)
    return package


def _what_is_wrong(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return "an illegal member"
    return f"without {error.args[0]}" if isinstance(error, KeyError) else str(error)
