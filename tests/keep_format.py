"""Keep a small model of today's packed format for ever, with what it decides.

`python tests/keep_format.py 1` writes tests/model/formats/1: to be run once, after a change of what a packed
file holds or how it is read, so that `tests/model/test_formats.py` can tell whether later code still reads it
alike. What was kept before is never written anew. A folder holds

- ``claims_model.tflite``, as packed, and ``released.tflite``, the same with the record of a release;
- ``released.sig`` and ``public_key.pem``, by which that release is confirmed;
- ``claims.jsonl``, demo claims as a caller gives them, some incomplete, odd or unreadable;
- ``answers.json``, what the model says of each.

The model is poor and the record invented: what counts is that they hold all that such files can hold.
"""

import argparse
import json
import shutil
import sqlite3
import subprocess
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from claims.contract import Contract, load_contract
from claims.data.amounts import amounts
from claims.data.anomaly_labels import anomalies
from claims.data.correct import correct
from claims.data.outcomes import APPROVED, outcomes
from claims.data.pseudonyms import PUBLISHED_KEY, fingerprint
from claims.data.storage import load_batch
from claims.decisions.logits import Decision
from claims.features.encoders.encoder import Resolution
from claims.features.extractor import FeatureExtractor
from claims.features.fit import fit
from claims.features.matrices import Labelled
from claims.model.interpreter import TFLiteModel
from claims.model.package import Package, pack, unpack
from claims.model.packed_file import append_record
from claims.model.reasons import ReferenceClaim
from claims.model.signing import public_of, sign
from claims.quantization.variants import solve_variant
from claims.serving.predictor import OptimizedPredictor, Predictions
from claims.serving.score import Chunk, read_chunks, scoring_key
from claims.simulator.generate import simulate
from claims.sources.parts import partition
from claims.sources.snapshot import Bounds, take_snapshot
from model_parts import ANOMALY_REVIEWS, POLICY, TRAIN, Raw, convert_variant, make_candidate, write_json_lines
from release_parts import hashes_of, make_record

ROOT = Path(__file__).parent.parent
FORMATS = ROOT / "tests" / "model" / "formats"
PACKED, CLAIMS, ANSWERS = "claims_model.tflite", "claims.jsonl", "answers.json"
RELEASED, SIGNATURE, KEY = "released.tflite", "released.sig", "public_key.pem"
ROWS, SEED = 1_000, 11
EACH = 10  # claims of each decision
SMALL = TRAIN.model_copy(update={"layers": (16,), "embedding": 2, "anomaly_width": 8, "max_epochs": 12})
COARSE = Resolution(min_frequency=10, bins=8, quantiles=16)
SCARCE = POLICY.model_copy(update={"reviews_a_day": 0.5})  # so that a reviewer's time has a shadow price
MORE_FEATURES = {  # of kinds that the professional contract does not use
    "first_diagnosis": {"kind": "first_item", "of": "diagnosis_codes"},
    "received_year": {"kind": "calendar", "of": "received_date", "part": "year"},
    "received_quarter": {"kind": "calendar", "of": "received_date", "part": "quarter"},
    "received_weekday": {"kind": "calendar", "of": "received_date", "part": "weekday"},
}
Answer = dict[str, Any]


def answers(model: Path, claims: Path) -> list[Answer]:
    """What the code at hand says of each claim by a packed model, as JSON holds it."""
    predictor, package = OptimizedPredictor.load(model), unpack(model)
    contract = predictor.contract
    [chunk] = read_chunks(contract, str(claims), None, scoring_key(predictor))
    corrected, _ = correct(contract.inputs, contract.line_inputs, chunk.batch)
    outputs = TFLiteModel(package.flatbuffer).outputs(package.extractor.transform(corrected))
    predictions = predictor.predict(chunk.batch, reasons=True)
    columns = {"claim_id": chunk.identifiers.to_pylist()}
    columns |= {"logit": outputs.logit.tolist(), "anomaly_logit": outputs.anomaly.tolist()}
    columns |= _said(predictions) | {"ml_reasons": [list(names) for names in predictions.ml_reasons]}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _said(predictions: Predictions) -> dict[str, list[Any]]:
    """Scores, null where a claim was skipped, decisions and routes."""
    names = ("ml_score", "ml_anomaly_score", "ml_derived_decision", "ml_route")
    columns = {name: getattr(predictions, name).tolist() for name in names}
    return {name: [None if value != value else value for value in values] for name, values in columns.items()}


def main() -> None:
    """Write the folder of a format."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("number", type=int, help="of the format: the first one is 0")
    folder = FORMATS / str(parser.parse_args().number)
    if folder.exists():
        parser.error(f"format {folder.name} was kept already")
    with TemporaryDirectory() as aside:
        shutil.move(keep(Path(aside)), folder)


def keep(aside: Path) -> Path:
    """Make everything below a folder; returns the one of what is kept."""
    folder, raw = aside / "kept", draw(aside)
    folder.mkdir()
    keep_model(folder, aside)
    write_json_lines(folder / CLAIMS, choose(folder / PACKED, raw, aside))
    lines = ",\n".join(json.dumps(answer) for answer in answers(folder / PACKED, folder / CLAIMS))
    (folder / ANSWERS).write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    return folder


def draw(folder: Path) -> Raw:
    """Simulate claims into a database of the folder; returns them as it holds them."""
    simulate(folder / "claims.db", folder / "truth.parquet", rows=ROWS, seed=SEED, chunk=ROWS)
    with closing(sqlite3.connect(folder / "claims.db")) as connection:
        names = ("claims_production", "claim_line_items")
        claims, lines = (pd.read_sql(f"SELECT * FROM {name}", connection) for name in names)
    return Raw(*(pa.Table.from_pandas(frame, preserve_index=False) for frame in (claims, lines)))


def keep_model(folder: Path, aside: Path) -> None:
    """Write the packed model, and the same released and signed."""
    contract = every_kind(load_contract(ROOT / "contracts" / "professional.yaml"))
    extractor, rows = learn(contract, f"sqlite:///{aside / 'claims.db'}")
    make_candidate(extractor, rows, aside / "candidate", SMALL)
    content = convert_variant(aside / "candidate", rows, "int8")
    windows = {"calibration": rows, "test": rows}
    rules = solve_variant("int8", content, windows, SCARCE, ANOMALY_REVIEWS).rules
    reference_claim, key = ReferenceClaim.of(extractor, rows.inputs), fingerprint(PUBLISHED_KEY)
    packed = pack(Package(content, contract, extractor, rules, reference_claim, key))
    (folder / PACKED).write_bytes(packed)
    release(folder, packed, aside / "private_key.pem")


def every_kind(contract: Contract) -> Contract:
    """The contract with a feature of each kind."""
    fields = contract.model_dump(mode="json")
    return Contract.model_validate_json(json.dumps(fields | {"features": fields["features"] | MORE_FEATURES}))


def learn(contract: Contract, url: str) -> tuple[FeatureExtractor, Labelled]:
    """The fitted feature path and its training rows."""
    snapshot = take_snapshot(contract, url, None, Bounds(), PUBLISHED_KEY)
    decided = partition(contract, snapshot)["claims"]
    batch, _ = correct(contract.kept, contract.kept_lines, load_batch(contract, decided, snapshot.lines))
    outcome = (outcomes(decided) == APPROVED).astype(np.float64)
    extractor, inputs = fit(contract, batch, outcome, COARSE, SEED)
    return extractor, Labelled.of(contract, batch, inputs, outcome, anomalies(contract, batch.claims))


def release(folder: Path, packed: bytes, private: Path) -> None:
    """Write the file as a release has it, signed with a key that nobody keeps."""
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", str(private)], check=True)
    record = make_record(candidate=hashes_of(packed))
    (folder / RELEASED).write_bytes(append_record(packed, record))
    (folder / SIGNATURE).write_bytes(sign(record, private))
    (folder / KEY).write_bytes(public_of(private))


def choose(model: Path, raw: Raw, aside: Path) -> list[Answer]:
    """Claims of every decision from low scores to high, and odd ones."""
    predictor, records = OptimizedPredictor.load(model), raw.records()
    key = scoring_key(predictor)
    source = write_json_lines(aside / "all.jsonl", records)
    [chunk] = read_chunks(predictor.contract, str(source), None, key)
    chosen = [asked(predictor.contract, records[row]) for row in spread(predictor, chunk)]
    return [*chosen, *odd(chosen[EACH + EACH // 2])]


def asked(contract: Contract, record: Answer) -> Answer:
    """The fields that a caller has to give: no outcome."""
    assert contract.lines is not None
    lines = [{name: line[name] for name in contract.ordered_line_inputs} for line in record["lines"]]
    fields = {name: record[name] for name in (contract.claims.identifier, *contract.inputs)}
    return fields | {contract.lines.field: lines}


def spread(predictor: OptimizedPredictor, chunk: Chunk) -> Iterable[int]:
    """Rows of some claims of each decision, spread over its scores.

    None stands at the very edge of a decision, where the last bit of an exponential decides, which is not
    the same on all processors.
    """
    predictions, policy = predictor.predict(chunk.batch), predictor.rules.policy
    gain = policy.triage(predictions.ml_score, amounts(predictor.contract, chunk.batch.claims)).review_gain
    edge = np.isin(predictions.ml_score, [policy.sets.approved_from, policy.sets.rejected_to])
    edge |= gain == policy.shadow_price
    for decision in (Decision.APPROVED, Decision.REVIEW, Decision.REJECTED):
        rows = np.flatnonzero((predictions.ml_derived_decision == decision.value) & ~edge)
        ranked = rows[np.argsort(predictions.ml_score[rows], kind="stable")]
        yield from ranked[np.linspace(0, len(ranked) - 1, EACH).astype(int)].tolist()


def odd(record: Answer) -> list[Answer]:
    """The claim as no claim should be; the last three cannot be read."""
    line = record["lines"][0]
    unknown = {name: None for name in record if name not in ("claim_id", "lines")}
    changes: dict[str, Answer] = {
        "nothing-known": unknown,
        "nothing-known-of-lines": {"lines": [dict.fromkeys(line)]},
        "no-lines": {"lines": []},
        "no-amount": {"total_charge": None},
        "large-amount": {"total_charge": 999_999.99},
        "texts": {
            "total_charge": " 120.50 ",
            "place_of_service": 11,
            "diagnosis_codes": ["j06.9", "", "R05"],
        },
        "unseen": dict.fromkeys(("payer_id", "facility_id", "member_id", "diagnosis_primary"), "Z"),
        "later": {"service_date": "2031-02-27", "received_date": "2031-03-01"},
        "before": {"service_date": "2001-02-27", "received_date": "2001-03-01"},
        "outside-ranges": {"prior_same_service_count": -1, "member_birth_date": "1800-01-01"},
        "unreadable-amount": {"total_charge": "n/a"},
        "unreadable-date": {"received_date": "20250131"},
        "unreadable-line": {"lines": [line | {"units": "many"}]},
    }
    return [record | {"claim_id": name} | change for name, change in changes.items()]


if __name__ == "__main__":
    main()
