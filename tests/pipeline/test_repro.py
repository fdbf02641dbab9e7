"""`dvc repro` on a small set: what it makes, that it adds up, and that it rebuilds only what changed."""

import json
import runpy
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import yaml

from claims.config.params import load_params
from claims.features.extractor import FeatureExtractor
from claims.features.matrices import read_labelled
from claims.model.package import unpack
from claims.quantization.conversion import convert
from claims.quantization.variants import solve_variant
from claims.training.candidate import SAVED_MODEL
from pipeline_parts import POINTER, POINTERS, SMALL_VARIANTS, STAGES, Widened
from workspaces import ROOT, SMALL, VARIANTS, set_params


def metrics_of(root: Path, stage: str) -> dict:
    return json.loads((root / "metrics" / f"{stage}.json").read_text())


def test_every_stage_runs_once_in_order(reproduced) -> None:
    assert reproduced.workspace.ran(reproduced.output) == STAGES


def test_a_clone_without_git_lfs_runs_all_of_it(reproduced) -> None:
    assert reproduced.pointers == dict.fromkeys(POINTERS, POINTER)
    assert reproduced.workspace.ran(reproduced.output)[-1] == STAGES[-1]


def test_nothing_is_left_in_the_home_folder(reproduced) -> None:
    assert list(reproduced.home.rglob("*")) == []


def test_a_second_run_has_nothing_to_do(reproduced) -> None:
    done = reproduced.workspace.run("dvc", "repro")
    assert reproduced.workspace.ran(done.stdout) == []
    assert "up to date" in done.stdout


def test_no_row_is_lost_between_source_and_splits(reproduced) -> None:
    root = reproduced.workspace.root
    extract, validate, split = (metrics_of(root, stage) for stage in ("extract", "validate", "split"))
    assert extract["source_rows"] == 2400
    assert (
        extract["source_rows"]
        == extract["in_window"]
        + extract["outside_window"]
        + extract["without_event_time"]
        + extract["forgotten"]
    )
    assert (
        extract["in_window"] == extract["decided"] + extract["undecided"] + extract["decided_by_model_alone"]
    )
    assert validate["rows"] == extract["decided"] == validate["valid"] + validate["quarantined"]
    quarantine = pq.read_table(root / "data/valid/quarantine.parquet")
    assert quarantine.num_rows == validate["quarantined"] + extract["without_event_time"]
    assert all(quarantine["_reason"].to_pylist())
    assert sum(part["rows"] for part in split.values()) == validate["valid"]


def test_splits_follow_each_other_in_time(reproduced) -> None:
    features = reproduced.workspace.path("data/features")
    names = ("train", "validation", "calibration", "test", "immature")
    days = [read_labelled(features / f"{name}.parquet").day for name in names]
    for earlier, later in pairwise(days):
        assert earlier.max() < later.min()


def test_training_rows_alone_decide_the_encoder(reproduced) -> None:
    root = reproduced.workspace.root
    extractor = FeatureExtractor.model_validate_json((root / "data/features/encoder.json").read_text())
    assignment = pq.read_table(root / "data/split.parquet")
    claims = pq.read_table(root / "data/valid/claims.parquet")
    train = np.array(assignment["split"].to_pylist()) == "train"
    facilities = np.array(claims["facility_id"].to_pylist(), dtype=object)[train]
    values, counts = np.unique([value for value in facilities if value], return_counts=True)
    assert set(extractor.encoders["facility_id"].levels) == set(values[counts >= 20])


def test_the_report_holds_every_metric_of_every_split_and_baseline(reproduced) -> None:
    report = metrics_of(reproduced.workspace.root, "evaluate")
    named = {
        "roc_auc",
        "average_precision",
        "log_loss",
        "brier",
        "calibration_error",
        "accuracy",
        "precision",
        "recall",
        "confusion",
        "f1",
    }
    for part in (
        *(report[s] for s in ("train", "validation", "calibration", "test", "immature")),
        *report["baselines"].values(),
    ):
        assert named <= part.keys()
    assert report["baselines"]["majority"]["roc_auc"] == 0.5
    assert report["best_reachable"]["roc_auc"] > report["test"]["roc_auc"]


def test_the_second_output_is_reported_beside_the_first(reproduced) -> None:
    root = reproduced.workspace.root
    report = metrics_of(root, "evaluate")["anomaly"]
    for name in ("train", "validation", "calibration"):
        labels = metrics_of(root, "featurize")["anomaly"][name]
        assert report[name]["found"] == labels["found"] > 0
        assert report[name]["audited"] == labels["found"] + labels["clean"]
        assert {"average_precision", "roc_auc", "recall", "calibration_error"} <= report[name].keys()
    assert set(report["baselines"]) == {"logistic", "prevalence"}
    assert report["calibration"]["review_share"] <= 0.02


def test_the_report_says_what_decisions_cost_and_what_they_promise(reproduced) -> None:
    decisions = metrics_of(reproduced.workspace.root, "evaluate")["decisions"]
    assert sum(decisions["shares"].values()) == pytest.approx(1, abs=1e-5)
    assert decisions["cost_per_claim"] - decisions["regret"]["best_cost_per_claim"] == pytest.approx(
        decisions["regret"]["per_claim"], abs=1e-5
    )
    assert decisions["regret"]["per_claim"] >= 0
    assert decisions["workload"]["calibration"]["mean"] <= decisions["workload"]["capacity"]
    sets = decisions["prediction_sets"]
    assert sets["nominal"] == 0.9
    assert sets["all"]["low"] <= sets["all"]["coverage"] <= sets["all"]["high"]


def test_slices_hold_the_protected_attributes(reproduced) -> None:
    slices = metrics_of(reproduced.workspace.root, "slices")
    assert {"member_sex", "member_birth_date"} <= slices.keys()
    assert "roc_auc" in slices["member_sex"]["F"]
    assert 0 < slices["member_sex"]["F"]["prediction_sets"]["coverage"] <= 1


def test_test_metrics_count_mature_months_alone(reproduced) -> None:
    root = reproduced.workspace.root
    report, months, maturity = (metrics_of(root, name) for name in ("evaluate", "months", "maturity"))
    assert report["maturity"] == {"as_of": maturity["as_of"], "mature_after_days": 90, "test": "mature"}
    rows = {True: 0, False: 0}
    for month in months["months"].values():
        rows[month["mature"]] += month["measured"]
    variants = metrics_of(root, "judge")["variants"]
    assert report["test"]["rows"] == rows[True] == variants["int8"]["test"]["rows"] > 0
    assert report["immature"]["rows"] == rows[False] > 0


def test_every_claim_extracted_is_in_a_window_of_maturity(reproduced) -> None:
    root = reproduced.workspace.root
    extract, splits = metrics_of(root, "extract"), metrics_of(root, "maturity")["splits"]
    assert sum(split["received"] for split in splits.values()) == extract["in_window"]
    assert sum(split["undecided"] for split in splits.values()) == extract["undecided"]
    for name, rows in metrics_of(root, "split").items():
        assert splits.get(name, {"measured": 0})["measured"] == rows["rows"]


def test_the_gate_judged_what_ships_by_protected_group(reproduced) -> None:
    root = reproduced.workspace.root
    proof = metrics_of(root, "verify")["fairness"]
    assert proof["groups"] >= 2
    assert proof["largest_gap"]["group"].startswith("member_")
    assert metrics_of(root, "fairness")["test"]["member_sex"]["F"]["false_rejection"]["of"] > 0


def test_the_card_is_made_of_the_metrics(reproduced) -> None:
    card = reproduced.workspace.path("metrics/model_card.md").read_text()
    test = metrics_of(reproduced.workspace.root, "months")["splits"]["test"]["roc_auc"]
    assert f"{test['value']:.4f} ({test['low']:.4f}–{test['high']:.4f})" in card
    assert "member_sex F" in card


def test_the_packed_model_is_the_winning_variant(reproduced) -> None:
    root = reproduced.workspace.root
    package = unpack(root / "models/claims_model.tflite")
    assert package.flatbuffer == (root / "models/variants/int8.tflite").read_bytes()
    assert package.rules.variant == "int8"


def test_other_variants_are_made_without_making_those_that_are_there_again(widened: Widened) -> None:
    made = [f"quantize@{name}" for name in VARIANTS if name not in SMALL["quantize.variants"]]
    assert widened.ran == [*made, "judge", "verify", "report", "track"]


def test_every_variant_is_judged_and_the_preferred_one_that_passes_ships(widened: Widened) -> None:
    root = widened.workspace.root
    judged = metrics_of(root, "judge")
    assert sorted(judged["variants"]) == sorted(VARIANTS)
    assert judged["winner"] == "int8"
    assert judged["variants"]["int8"]["gate"]["refusals"] == []
    assert all(loss["passes"] for loss in judged["test"].values())
    assert metrics_of(root, "variants/int8")["graph"]["tensors"]["INT8"] > 10


def test_every_variant_is_judged_by_its_anomaly_scores_too(widened: Widened) -> None:
    for judged in metrics_of(widened.workspace.root, "judge")["variants"].values():
        assert judged["anomaly"]["test"]["audited"] > 0
        assert "anomaly_average_precision" in judged["gate"]["overall"]


@pytest.fixture(scope="module")
def damaged(widened: Widened, deterministic, tmp_path_factory) -> Path:
    """The variants, int8 converted with ranges that one unscaled column sets, in a folder of their own."""
    root, folder = widened.workspace.root, tmp_path_factory.mktemp("damaged")
    shutil.copytree(root / "models/variants", folder / "variants")
    shutil.copytree(root / "metrics/variants", folder / "metrics")
    shutil.copy(root / "params.yaml", folder)
    sample = read_labelled(root / "data/representative.parquet").inputs
    sample.numbers[:] *= 1e6
    content = convert(root / "models/candidate" / SAVED_MODEL, "int8", sample, "float32")
    rows = {name: read_labelled(root / f"data/features/{name}.parquet") for name in ("calibration", "test")}
    settings = load_params(folder / "params.yaml")
    solved = solve_variant("int8", content, rows, settings.policy, settings.evaluate.anomaly_reviews)
    (folder / "variants/int8.tflite").write_bytes(content)
    (folder / "variants/int8.json").write_text(solved.rules.to_json() + "\n")
    return folder


def run_judge(reproduced, folder: Path, name: str) -> subprocess.CompletedProcess[str]:
    command = ["python", "-m", "claims.pipeline.judge", str(reproduced.workspace.path("data/features"))]
    command += ["variants", "metrics", f"{name}.json", name]
    variables = reproduced.workspace.variables()
    return subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, check=False)


def test_a_variant_that_loses_is_refused_and_the_next_ships(reproduced, damaged: Path) -> None:
    done = run_judge(reproduced, damaged, "both")
    assert done.returncode == 0, done.stderr
    assert "judge: int8 refused: overall: " in done.stdout
    report = json.loads((damaged / "both.json").read_text())
    assert report["winner"] == "dynamic"
    assert {name for name, variant in report["variants"].items() if variant["gate"]["refusals"]} == {"int8"}
    assert any(report["variants"]["dynamic"]["gate"]["slices"].values())


def test_the_run_stops_where_none_passes(reproduced, damaged: Path) -> None:
    set_params(damaged / "params.yaml", {"judge.prefer": ["int8"]})
    done = run_judge(reproduced, damaged, "none")
    assert done.returncode == 1
    assert "judge: variants: none passes: int8 (overall: " in done.stderr
    assert not (damaged / "none.json").exists()


def test_pictures_are_png_files_without_links(reproduced) -> None:
    plots = sorted(reproduced.workspace.path("metrics/plots/test").glob("*.png"))
    assert [plot.stem for plot in plots if "anomaly" not in plot.stem] == [
        "calibration",
        "confusion",
        "cost",
        "coverage",
        "fairness",
        "months",
        "precision_recall",
        "roc",
        "scores",
    ]
    assert all(plot.read_bytes().startswith(b"\x89PNG") for plot in plots)


@pytest.mark.parametrize(
    ("module", "stages"),
    [
        ("src/claims/simulator/payers.py", {"simulate"}),
        ("src/claims/validation/schema.py", {"validate"}),
        ("src/claims/reporting/candidate_plots.py", {"evaluate"}),
        ("src/claims/reporting/markdown.py", {"report"}),
        ("src/claims/serving/predictor.py", {"verify"}),
        ("src/claims/quantization/conversion.py", {*SMALL_VARIANTS}),
        ("src/claims/quantization/gate.py", {"judge"}),
    ],
)
def test_a_change_of_a_module_concerns_the_stages_that_import_it(
    reproduced, module: str, stages: set[str]
) -> None:
    workspace = reproduced.workspace
    before = workspace.path(module).read_text()
    workspace.path(module).write_text(before + "\n# changed\n")
    try:
        status = json.loads(workspace.run("dvc", "status", "--json").stdout)
        assert {name for name, changes in status.items() if "src/claims/" in json.dumps(changes)} == stages
    finally:
        workspace.path(module).write_text(before)


def test_the_entry_that_people_know_runs_the_stage_with_its_paths() -> None:
    stage = yaml.safe_load((ROOT / "dvc.lock").read_text())["stages"]["train"]
    entry = runpy.run_path(str(ROOT / "models/training_scripts/train_model.py"))
    assert stage["cmd"].split() == ["PYTHONPATH=src", "python", "-m", entry["STAGE"], *entry["PATHS"]]


@pytest.mark.drill
def test_the_entry_that_people_know_trains_the_same_network(reproduced) -> None:
    outputs = ["again/candidate", "again/training.csv", "again/train.json"]
    reproduced.workspace.run(
        "python", "models/training_scripts/train_model.py", "data/features", "models/tuned.json", *outputs
    )
    weights = "candidate/claims.weights.h5"
    assert reproduced.workspace.path(f"again/{weights}").read_bytes() == reproduced.made[f"models/{weights}"]
