"""The table of stages says of each what dvc.yaml says: parameters, data in, data and models out."""

import re
from typing import Any

import pytest
import yaml

from workspaces import ROOT

STAGES: dict[str, Any] = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
PAGE = (ROOT / "docs" / "pipeline.md").read_text(encoding="utf-8")
TABLE = PAGE.partition("## The stages")[2].partition("\n## ")[0]
ROWS = {
    cells[0].strip("` ").partition("@")[0]: cells[1:]
    for cells in ([cell.strip() for cell in line.strip("|").split("|")] for line in TABLE.splitlines())
    if len(cells) == 5 and cells[0].startswith("`")
}


def named(cell: str) -> set[str]:
    return set(re.findall(r"`([^`]+)`", cell))


def paths(stage: str, *kinds: str) -> set[str]:
    keys = STAGES[stage].get("do", STAGES[stage])
    entries = [entry for kind in kinds for entry in keys.get(kind, ())]
    return {next(iter(entry)) if isinstance(entry, dict) else entry for entry in entries}


def test_the_table_has_the_stages_in_their_order() -> None:
    assert list(ROWS) == list(STAGES)


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_depends_on_the_parameters_that_are_shown(stage: str) -> None:
    declared = STAGES[stage].get("params", [])
    shown = ROWS[stage][3]
    if shown in ("all", "–"):
        assert (declared == [{"params.yaml": None}], declared == []) == (shown == "all", shown == "–")
    else:
        assert named(shown) == set(declared)


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_writes_the_data_and_models_that_are_shown(stage: str) -> None:
    made = {path for path in paths(stage, "outs") if path.startswith(("data/", "models/"))}
    shown = {path for path in named(ROWS[stage][2]) if path.startswith(("data/", "models/"))}
    if stage == "quantize":
        assert {path.partition("$")[0] for path in made} == {"models/variants/"}
        assert shown == {"models/variants/NAME.*"}
    else:
        assert shown == made


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_reads_the_data_and_models_that_are_shown(stage: str) -> None:
    deps = {path for path in paths(stage, "deps") if path.startswith(("data/", "models/"))}
    shown = {path for path in named(ROWS[stage][0]) if path.startswith(("data/", "models/"))}
    assert shown == deps
