"""featurize: the feature path fitted on training rows, and every split's model inputs."""

import numpy as np

from claims.base.stage import In, Out, run
from claims.config.params import load_params
from claims.contract import load_contract
from claims.data.outcomes import APPROVED, outcomes
from claims.data.storage import encode_texts
from claims.data.tables import read_batch, read_table
from claims.data.windows import IMMATURE, SPLITS
from claims.features.encoders.encoder import Resolution
from claims.features.fit import fit
from claims.features.labels import label_splits
from claims.features.matrices import Labelled, write_labelled
from claims.features.staleness import measure_staleness
from claims.features.summary import summarise
from claims.results.files import write_metrics


def featurize(contract_file: In, valid: In, assignment: In, features: Out, metrics: Out) -> None:
    """Write ``encoder.json`` and one Parquet of inputs a split."""
    params, contract = load_params(), load_contract(contract_file)
    batch = read_batch(contract, valid)
    outcome = (outcomes(read_table(valid / "claims.parquet")) == APPROVED).astype(np.float64)
    split = encode_texts(read_table(assignment)["split"]).texts()
    rows = {name: np.flatnonzero(split == name) for name in (*SPLITS, IMMATURE)}
    labels = label_splits(contract, batch.claims, rows)
    train = rows["train"]
    resolution = Resolution(**params.featurize.model_dump())
    extractor, out_of_fold = fit(contract, batch.take(train), outcome[train], resolution, params.seed)
    features.mkdir()
    (features / "encoder.json").write_text(extractor.model_dump_json(indent=1) + "\n", encoding="utf-8")
    for name, chosen in rows.items():
        part = batch.take(chosen)
        inputs = out_of_fold if name == "train" else extractor.transform(part)
        labelled = Labelled.of(contract, part, inputs, outcome[chosen], labels.get(name))
        write_labelled(features / f"{name}.parquet", extractor, labelled)
    history = measure_staleness(contract, extractor, batch, outcome, rows["test"])
    write_metrics(metrics, summarise(extractor, history, labels))
    print(f"featurize: {len(extractor.code_names)} codes, {len(extractor.number_names)} numbers")


if __name__ == "__main__":
    run(featurize)
