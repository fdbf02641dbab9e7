"""verify: one path from claim to decision proved end to end, then the winner packed into the one file."""

from typing import Any

from claims.base.stage import In, Out, read_json, run, write_json
from claims.config.params import REFERENCE, Fairness, load_params
from claims.contract import Contract, load_contract
from claims.data.tables import read_batch, read_table
from claims.decisions.rules import DecisionRules, read_rules
from claims.evaluation.fairness import check_gap, measure_fairness
from claims.features.extractor import FeatureExtractor
from claims.features.matrices import Labelled, read_labelled
from claims.model.interpreter import TFLiteModel
from claims.model.package import Package, pack
from claims.model.reasons import ReferenceClaim
from claims.training.candidate import load_candidate
from claims.training.network import make_deterministic, predict_outputs
from claims.verification.parity import (
    check_float32,
    check_interpreters,
    check_one_by_one,
    check_variants,
    choose_golden,
    golden_rows,
)
from claims.verification.served import Expected, check_packed, check_score_command


def verify(
    contract_file: In,
    extracted: In,
    raw: In,
    features: In,
    candidate: In,
    variants: In,
    judged: In,
    packed: Out,
    metrics: Out,
) -> None:
    """Write the packed model and the proofs; a broken one stops the run."""
    params, contract = load_params(), load_contract(contract_file)
    make_deterministic(params.seed)
    limits, verdicts = params.verify, read_json(judged)
    winner = verdicts["winner"]
    extractor = FeatureExtractor.read(features / "encoder.json")
    test, calibration = (read_labelled(features / f"{name}.parquet") for name in ("test", "calibration"))
    extracted_claims = read_table(raw / "claims.parquet")
    golden, stored = choose_golden(contract, read_batch(contract, raw), extracted_claims, test)
    flatbuffers = {name: (variants / f"{name}.tflite").read_bytes() for name in verdicts["variants"]}
    rules = {name: read_rules(variants / f"{name}.json") for name in (REFERENCE, winner)}
    content = flatbuffers[winner]
    reference_claim = ReferenceClaim.of(extractor, read_labelled(features / "train.parquet").inputs)
    key = read_json(extracted)["key_fingerprint"]
    model = pack(Package(content, contract, extractor, rules[winner], reference_claim, key))
    packed.write_bytes(model)
    keras = load_candidate(candidate)
    expected = Expected.of(content, rules[winner], stored, test.amount[golden_rows(test)])
    proofs = {
        "one_by_one": check_one_by_one(contract, extractor, golden, stored),
        "float32": check_float32(
            predict_outputs(keras, test.inputs), flatbuffers[REFERENCE], rules[REFERENCE], test, limits
        ),
        "variants": check_variants(predict_outputs(keras, stored), flatbuffers, stored, limits),
        "interpreters": check_interpreters(content, test.inputs, limits),
        "packed": check_packed(packed, golden, expected),
        "score_command": check_score_command(packed, golden, expected),
        "fairness": check_fairness(contract, content, rules[winner], calibration, params.fairness),
    }
    write_json(metrics, proofs | {"variant": winner})
    print(f"verify: {winner} packed, {len(model):,} bytes, {len(golden)} golden claims agree")


def check_fairness(
    contract: Contract, content: bytes, rules: DecisionRules, calibration: Labelled, limits: Fairness
) -> dict[str, Any]:
    """What ships rejects no protected group wrongly much more often than others, on calibration claims."""
    outputs = TFLiteModel(content).outputs(calibration.inputs)
    scores = rules.calibration.scores(outputs.logit)
    groups = {name: calibration.slices[name] for name in contract.protected_groups}
    decisions = rules.decide(scores, rules.anomaly_scores(outputs), calibration.amount)
    return check_gap(
        measure_fairness(groups, scores, decisions, calibration.outcome, limits.min_rows), limits
    )


if __name__ == "__main__":
    run(verify)
