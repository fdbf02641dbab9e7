"""verify: one path from claim to decision proved end to end, then the winner packed into the one file."""

from claims.base.stage import In, Out, run
from claims.config.params import load_params
from claims.contract import load_contract
from claims.data.tables import read_batch, read_table
from claims.features.extractor import FeatureExtractor
from claims.features.matrices import read_labelled
from claims.results.extract import ExtractMetrics
from claims.results.files import read_metrics, write_metrics
from claims.results.judge import JudgeMetrics
from claims.training.network import make_deterministic
from claims.verification.parity import choose_golden
from claims.verification.proofs import Converted, ProofClaims, prove


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
    converted = Converted.read(candidate, variants, read_metrics(JudgeMetrics, judged))
    extractor = FeatureExtractor.read(features / "encoder.json")
    train, calibration, test = (
        read_labelled(features / f"{name}.parquet") for name in ("train", "calibration", "test")
    )
    key = read_metrics(ExtractMetrics, extracted).key_fingerprint
    model = converted.pack(contract, extractor, train, key)
    packed.write_bytes(model)
    claims = read_table(raw / "claims.parquet")
    golden, stored = choose_golden(contract, read_batch(contract, raw), claims, test)
    walked = ProofClaims(golden, stored, test, calibration)
    write_metrics(metrics, prove(contract, extractor, converted, packed, walked, params))
    print(f"verify: {converted.winner} packed, {len(model):,} bytes, {len(golden)} golden claims agree")


if __name__ == "__main__":
    run(verify)
