"""A small trained model and the demo's claims in all their forms, built once for all tests that need them."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import csv

from claims.config.params import Boosting, Distill, Policy, Train
from claims.contract import Contract
from claims.data.anomaly_labels import anomalies
from claims.data.batch import Batch
from claims.data.pseudonyms import PUBLISHED_KEY, fingerprint
from claims.decisions.conformal import PredictionSets
from claims.decisions.fit_policy import costs_of
from claims.decisions.policy import DecisionPolicy
from claims.features.extractor import FeatureExtractor, ModelInputs
from claims.features.matrices import Labelled, audited
from claims.model.package import Package, pack
from claims.sources.parts import partition

if TYPE_CHECKING:  # serving's own tests run without TensorFlow until they need a model
    import keras

SEED = 7
FEW_GOLDEN = 20  # golden claims, where all would take long
TRAIN = Train(
    learning_rate=0.005,
    batch_size=256,
    layers=(128, 64),
    embedding=4,
    dropout=0.4,
    weight_decay=0.0001,
    max_epochs=2,
    patience=1,
    refit=True,
    class_weight=False,
    anomaly_width=32,
    anomaly_epochs=4,
)
BOOSTING = Boosting(
    learning_rate=0.1,
    leaves=7,
    min_leaf=20,
    feature_fraction=0.5,
    bagging_fraction=0.8,
    l2=1.0,
    max_rounds=40,
    patience=5,
)
DISTILL = Distill(folds=3, copies=1, exchange=0.2)
POLICY = Policy(
    wrong_approval_share=0.5,
    wrong_approval=100,
    wrong_rejection=40,
    review=10,
    reviews_a_day=None,
    coverage=0.9,
    auto_reject=False,
)
TERMS: dict[str, Any] = {"costs": costs_of(POLICY), "reviews_a_day": None, "auto_reject": False}
ANOMALY_REVIEWS = 0.02
VARIANTS = ("float32", "float16", "dynamic", "int8")  # that no training makes


@dataclass(frozen=True)
class Parts:
    """The candidate on disk and in memory, its variants, and the packed int8 model.

    Whether it scores anomalies depends on the rows: `parts` does, `plain_parts` does not.
    """

    rows: Labelled
    candidate: Path
    keras: "keras.Model"
    variants: dict[str, bytes]
    package: Package
    packed: Path


@pytest.fixture(scope="session")
def deterministic() -> None:
    """TensorFlow as the stages set it up, which has to be before its first use."""
    from claims.training.network import make_deterministic

    make_deterministic(SEED)


def make_policy(sets: PredictionSets, shadow_price: float | None = None, **changes: Any) -> DecisionPolicy:
    """Return a policy of the terms of `POLICY` that was solved elsewhere."""
    return DecisionPolicy(**TERMS | changes, sets=sets, shadow_price=shadow_price)


def first_rows(inputs: ModelInputs, rows: Any) -> ModelInputs:
    return ModelInputs(inputs.codes[rows], inputs.numbers[rows])


def make_candidate(extractor: FeatureExtractor, rows: Labelled, folder: Path, train: Train = TRAIN) -> None:
    """Train for a few epochs and save, as the stage `train` does."""
    from claims.training.anomaly_head import refit_anomaly
    from claims.training.candidate import Recipe, save_candidate
    from claims.training.fit import refit
    from claims.training.network import Shape, make_deterministic

    make_deterministic(SEED)
    model = refit(extractor, train, SEED, (rows.inputs, rows.outcome), train.max_epochs)
    second = rows.anomaly is not None
    if second:
        model = refit_anomaly(model, train, SEED, audited(rows), train.anomaly_epochs)
    shape = Shape.of(extractor, train, anomaly=second)
    recipe = Recipe(shape=shape, epochs=train.max_epochs, refit=True)
    save_candidate(folder, model, recipe)


def convert_variant(candidate: Path, rows: Labelled, variant: str, io: str = "float32") -> bytes:
    """Convert as the stage `quantize` does."""
    from claims.quantization.conversion import convert
    from claims.quantization.representative import choose_representative
    from claims.training.candidate import SAVED_MODEL

    sample = choose_representative(rows, 300, SEED)
    return convert(candidate / SAVED_MODEL, variant, first_rows(rows.inputs, sample), io)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture(scope="session")
def labelled(contract, batch, outcome, fitted) -> Labelled:
    return Labelled.of(contract, batch, fitted.inputs, outcome, anomalies(contract, batch.claims))


@pytest.fixture(scope="session")
def parts(contract, fitted, labelled, tmp_path_factory) -> Parts:
    """A model of both outcomes."""
    return make_parts(contract, fitted.extractor, labelled, tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="session")
def plain_contract(contract) -> Contract:
    """The same claims in a firm that audits none."""
    outcome = contract.outcome.model_copy(update={"anomaly": None})
    return contract.model_copy(update={"outcome": outcome})


@pytest.fixture(scope="session")
def plain_parts(plain_contract, fitted, labelled, tmp_path_factory) -> Parts:
    """A model of approval alone."""
    rows = replace(labelled, anomaly=None)
    return make_parts(plain_contract, fitted.extractor, rows, tmp_path_factory.mktemp("plain"))


def make_parts(contract: Contract, extractor: FeatureExtractor, labelled: Labelled, folder: Path) -> Parts:
    """Train, convert, judge and pack, as the stages do."""
    from claims.model.reasons import ReferenceClaim
    from claims.quantization.variants import solve_variant
    from claims.training.candidate import load_candidate

    make_candidate(extractor, labelled, folder / "candidate")
    variants = {name: convert_variant(folder / "candidate", labelled, name) for name in VARIANTS}
    windows = {"calibration": labelled, "test": labelled}
    rules = solve_variant("int8", variants["int8"], windows, POLICY, ANOMALY_REVIEWS).rules
    reference_claim = ReferenceClaim.of(extractor, labelled.inputs)
    key = fingerprint(PUBLISHED_KEY)
    package = Package(variants["int8"], contract, extractor, rules, reference_claim, key)
    packed = folder / "claims_model.tflite"
    packed.write_bytes(pack(package))
    return Parts(
        labelled, folder / "candidate", load_candidate(folder / "candidate"), variants, package, packed
    )


@pytest.fixture(scope="session")
def test(contract, batch, outcome, fitted) -> Labelled:
    """All demo claims with the inputs that serving gives them."""
    labels = anomalies(contract, batch.claims)
    return Labelled.of(contract, batch, fitted.extractor.transform(batch), outcome, labels)


@pytest.fixture(scope="session")
def golden(contract, batch, snapshot, test) -> tuple[Batch, ModelInputs]:
    from claims.verification.parity import choose_golden

    return choose_golden(contract, batch, partition(contract, snapshot)["claims"], test)


@pytest.fixture(scope="session")
def few(golden) -> tuple[Batch, ModelInputs]:
    """The first golden claims."""
    claims, stored = golden
    return claims.take(np.arange(FEW_GOLDEN)), first_rows(stored, slice(0, FEW_GOLDEN))


FORMS = ("csv", "parquet", "jsonl", "sqlite")
Sources = dict[str, tuple[str, str | None]]


@dataclass(frozen=True)
class Raw:
    """Claims and their service lines as the demo's database holds them."""

    claims: pa.Table
    lines: pa.Table

    def records(self) -> list[dict[str, Any]]:
        """The claims as JSON objects with nested lines."""
        nested: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for line in self.lines.to_pylist():
            nested[line["claim_id"]].append(line)
        return [claim | {"lines": nested[claim["claim_id"]]} for claim in self.claims.to_pylist()]

    def write(self, folder: Path) -> Sources:
        """Write the claims in every form; returns the source of each, and its lines where they lie apart."""
        write_json_lines(folder / "claims.jsonl", self.records())
        with closing(sqlite3.connect(folder / "claims.db")) as connection:
            for name, table in (("claims_production", self.claims), ("claim_line_items", self.lines)):
                table.to_pandas().to_sql(name, connection, index=False)
        for name, table in (("claims", self.claims), ("lines", self.lines)):
            csv.write_csv(table, folder / f"{name}.csv")
            pq.write_table(table, folder / f"{name}.parquet")
        return {
            "csv": (str(folder / "claims.csv"), str(folder / "lines.csv")),
            "parquet": (str(folder / "claims.parquet"), str(folder / "lines.parquet")),
            "jsonl": (str(folder / "claims.jsonl"), None),
            "sqlite": (f"sqlite:///{folder / 'claims.db'}", None),
        }


def write_json_lines(path: Path, records: Iterable[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def raw(demo) -> Raw:
    with closing(sqlite3.connect(demo.database)) as connection:
        names = ("claims_production", "claim_line_items")
        claims, lines = (pd.read_sql(f"SELECT * FROM {name}", connection) for name in names)
    return Raw(*(pa.Table.from_pandas(frame, preserve_index=False) for frame in (claims, lines)))


@pytest.fixture(scope="session")
def sources(raw: Raw, tmp_path_factory) -> Sources:
    """All demo claims in every form."""
    return raw.write(tmp_path_factory.mktemp("sources"))
