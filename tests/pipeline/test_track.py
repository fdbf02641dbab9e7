"""The stage `track`: it depends on all that it logs, and runs when results changed."""

import json

import pytest
import yaml

from workspaces import ROOT

STAGES = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]


def written(stage: str) -> set[str]:
    """Files and folders below metrics/ that a stage writes; what a variant writes, `judge` repeats."""
    outs = [out for kind in ("outs", "metrics", "plots") for out in STAGES[stage].get(kind, [])]
    names = {out if isinstance(out, str) else next(iter(out)) for out in outs}
    return {name for name in names if name.startswith("metrics/") and "${item" not in name}


@pytest.mark.parametrize("stage", [name for name in STAGES if name != "track"])
def test_the_stage_depends_on_every_metric_of(stage: str) -> None:
    assert written(stage) <= set(STAGES["track"]["deps"])


def test_only_summaries_are_columns_of_dvc_exp_show() -> None:
    declared = [metric for stage in STAGES.values() for metric in stage.get("metrics", [])]
    assert [next(iter(metric)) for metric in declared] == [
        "metrics/summary.json",
        "metrics/shipped.json",
    ]


def test_the_summary_repeats_what_the_stages_measured(reproduced) -> None:
    def read(name: str) -> dict:
        return json.loads(reproduced.workspace.path(f"metrics/{name}.json").read_text())

    summary, report, int8 = read("summary"), read("evaluate"), read("judge")["variants"]["int8"]
    assert summary["test"].pop("cost_per_claim") == report["decisions"]["cost_per_claim"]
    for split in ("train", "validation", "test"):
        assert {name: report[split][name] for name in summary[split]} == summary[split]
    shipped = read("shipped")["shipped"]
    assert shipped["roc_auc"] == int8["test"]["roc_auc"]
    assert shipped["cost_per_claim"] == int8["decisions"]["cost_per_claim"]
    assert shipped["bytes"] == len(reproduced.made["models/claims_model.tflite"])
