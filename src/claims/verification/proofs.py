"""All proofs of `verify`, on the variant that ships and on the file that it was packed into."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import keras

from claims.config.params import REFERENCE, Fairness, Params
from claims.contract import Contract
from claims.data.batch import Batch
from claims.decisions.rules import DecisionRules, read_rules
from claims.evaluation.fairness import check_gap, measure_fairness
from claims.features.extractor import FeatureExtractor, ModelInputs
from claims.features.matrices import Labelled
from claims.model.interpreter import TFLiteModel
from claims.model.package import Package, pack
from claims.model.reasons import ReferenceClaim
from claims.results.fairness import FairnessProof
from claims.results.judge import JudgeMetrics
from claims.results.verify import VerifyMetrics
from claims.training.candidate import load_candidate
from claims.training.network import predict_outputs
from claims.verification.parity import (
    check_float32,
    check_interpreters,
    check_one_by_one,
    check_variants,
    golden_rows,
)
from claims.verification.served import Expected, check_packed, check_score_command


@dataclass(frozen=True)
class Converted:
    """The candidate in all its forms.

    Attributes
    ----------
    keras
        The network itself.
    flatbuffers
        By variant.
    rules
        Of float32 and of the winner.
    winner
        The variant that ships.
    """

    keras: keras.Model
    flatbuffers: Mapping[str, bytes]
    rules: Mapping[str, DecisionRules]
    winner: str

    @classmethod
    def read(cls, candidate: Path, variants: Path, verdicts: JudgeMetrics) -> Self:
        """Read the folders of the candidate and of its variants."""
        winner = verdicts.winner
        return cls(
            keras=load_candidate(candidate),
            flatbuffers={name: (variants / f"{name}.tflite").read_bytes() for name in verdicts.variants},
            rules={name: read_rules(variants / f"{name}.json") for name in (REFERENCE, winner)},
            winner=winner,
        )

    def pack(
        self, contract: Contract, extractor: FeatureExtractor, train: Labelled, key_fingerprint: str
    ) -> bytes:
        """Pack the winner into the one file, with a reference claim of the training claims."""
        reference = ReferenceClaim.of(extractor, train.inputs)
        content, rules = self.flatbuffers[self.winner], self.rules[self.winner]
        return pack(Package(content, contract, extractor, rules, reference, key_fingerprint))


@dataclass(frozen=True)
class ProofClaims:
    """Claims that the proofs walk through.

    Attributes
    ----------
    golden, stored
        Some test claims as they were extracted, and the inputs that featurize wrote for them.
    test, calibration
        All claims of both windows.
    """

    golden: Batch
    stored: ModelInputs
    test: Labelled
    calibration: Labelled


def prove(
    contract: Contract,
    extractor: FeatureExtractor,
    converted: Converted,
    packed: Path,
    claims: ProofClaims,
    params: Params,
) -> VerifyMetrics:
    """Prove that one path leads from a claim to its decision.

    Raises
    ------
    GateError
        At the first proof that fails.
    """
    winner, limits = converted.winner, params.verify
    flatbuffers, rules = converted.flatbuffers, converted.rules
    content, golden, stored, test = flatbuffers[winner], claims.golden, claims.stored, claims.test
    expected = Expected.of(content, rules[winner], stored, test.amount[golden_rows(test)])
    network, float32 = predict_outputs(converted.keras, test.inputs), flatbuffers[REFERENCE]
    return VerifyMetrics(
        variant=winner,
        one_by_one=check_one_by_one(contract, extractor, golden, stored),
        float32=check_float32(network, float32, rules[REFERENCE], test, limits),
        variants=check_variants(predict_outputs(converted.keras, stored), flatbuffers, stored, limits),
        interpreters=check_interpreters(content, test.inputs, limits),
        packed=check_packed(packed, golden, expected),
        score_command=check_score_command(packed, golden, expected),
        fairness=check_fairness(contract, content, rules[winner], claims.calibration, params.fairness),
    )


def check_fairness(
    contract: Contract, content: bytes, rules: DecisionRules, calibration: Labelled, limits: Fairness
) -> FairnessProof:
    """Prove that what ships rejects no protected group wrongly much more often than others."""
    outputs = TFLiteModel(content).outputs(calibration.inputs)
    scores = rules.calibration.scores(outputs.logit)
    groups = {name: calibration.slices[name] for name in contract.protected_groups}
    decisions = rules.decide(scores, rules.anomaly_scores(outputs), calibration.amount)
    return check_gap(
        measure_fairness(groups, scores, decisions, calibration.outcome, limits.min_rows), limits
    )
