"""verify: one path from claim to decision proved end to end, then the winner packed into the one file."""

from pathlib import Path

from claims.config import load_params
from claims.contract import load_contract
from claims.features.extractor import FeatureExtractor
from claims.features.matrices import read_labelled
from claims.model.candidate import load_candidate
from claims.model.network import make_deterministic, predict_outputs
from claims.model.package import Package, Rules, pack
from claims.pipeline.parity import check_float32, check_loss, check_one_by_one, check_packed, choose_golden
from claims.pipeline.stage import In, Out, read_json, run, write_json
from claims.pipeline.tables import read_batch, read_table


def verify(
    contract_file: In,
    extracted: In,
    raw: In,
    features: In,
    candidate: In,
    variants: In,
    quantized: In,
    packed: Out,
    metrics: Out,
) -> None:
    """Write the packed model and the proofs; a broken one stops the run."""
    params, contract = load_params(), load_contract(contract_file)
    make_deterministic(params.seed)
    limits, winner = params.verify, params.quantize.winner
    extractor = FeatureExtractor.read(features / "encoder.json")
    test = read_labelled(features / "test.parquet")
    extracted_claims = read_table(raw / "claims.parquet")
    golden, stored = choose_golden(contract, read_batch(contract, raw), extracted_claims, test)
    content, rules = _read_variant(variants, winner)
    model = pack(Package(content, contract, extractor, rules, read_json(extracted)["key_fingerprint"]))
    packed.write_bytes(model)
    keras = predict_outputs(load_candidate(candidate), test.inputs)
    proofs = {
        "one_by_one": check_one_by_one(contract, extractor, golden, stored),
        "float32": check_float32(keras, *_read_variant(variants, "float32"), test, limits),
        "winner": check_loss(winner, read_json(quantized)[winner], limits),
        "packed": check_packed(packed, golden, stored, content, rules),
    }
    write_json(metrics, proofs)
    print(f"verify: {winner} packed, {len(model):,} bytes, {len(golden)} golden claims agree")


def _read_variant(variants: Path, name: str) -> tuple[bytes, Rules]:
    """A variant's flatbuffer, and the rules that were solved for it."""
    rules = (variants / f"{name}.json").read_text(encoding="utf-8")
    return (variants / f"{name}.tflite").read_bytes(), Rules.model_validate_json(rules)


if __name__ == "__main__":
    run(verify)
