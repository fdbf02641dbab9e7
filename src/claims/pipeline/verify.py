"""verify: one path from claim to decision proved end to end, then the winner packed into the one file."""

from claims.config import load_params
from claims.contract import load_contract
from claims.features.extractor import FeatureExtractor
from claims.features.matrices import read_labelled
from claims.model.candidate import load_candidate
from claims.model.network import make_deterministic, predict_logits
from claims.model.package import Package, Rules, pack
from claims.pipeline.parity import check_float32, check_loss, check_one_by_one, check_packed, choose_golden
from claims.pipeline.stage import In, Out, read_json, run, write_json
from claims.pipeline.tables import read_batch, read_table


def verify(
    contract_file: In,
    extracted: In,
    valid: In,
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
    extractor = FeatureExtractor.model_validate_json((features / "encoder.json").read_text(encoding="utf-8"))
    test = read_labelled(features / "test.parquet")
    golden, stored = choose_golden(
        contract, read_batch(contract, valid), read_table(valid / "claims.parquet"), test
    )
    content = (variants / f"{winner}.tflite").read_bytes()
    rules = Rules.model_validate_json((variants / f"{winner}.json").read_text(encoding="utf-8"))
    model = pack(Package(content, contract, extractor, rules, read_json(extracted)["key_fingerprint"]))
    packed.write_bytes(model)
    float32 = (variants / "float32.tflite").read_bytes()
    proofs = {
        "one_by_one": check_one_by_one(contract, extractor, golden, stored),
        "float32": check_float32(
            predict_logits(load_candidate(candidate), test.inputs), float32, test, rules, limits
        ),
        "winner": check_loss(winner, read_json(quantized)[winner], limits),
        "packed": check_packed(packed, golden, stored, content, rules),
    }
    write_json(metrics, proofs)
    print(
        f"verify: {winner} packed, {len(model):,} bytes, {proofs['one_by_one']['claims']} golden claims agree"
    )


if __name__ == "__main__":
    run(verify)
