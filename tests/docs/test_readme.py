"""The front page: short, true, and enough to find the room of a line."""

import contextlib
import io
import json
import re
import shutil
import tomllib
from pathlib import Path

import pytest

from docs.pages import blocks
from docs.quoted import said_by
from model_parts import Parts, Raw, write_json_lines
from workspaces import ROOT

README = ROOT / "README.md"
TEXT = README.read_text(encoding="utf-8")
TREE = next(block for block in blocks(README) if "src/claims/" in block)


def test_the_readme_has_at_most_900_words() -> None:
    assert len(TEXT.split()) <= 900


def test_the_tree_has_every_room_once_in_the_order_of_its_imports() -> None:
    rooms = re.findall(r"^  (\w+)/ +\S", TREE, re.M)
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    layers = next(rule["layers"] for rule in rules["contracts"] if rule["type"] == "layers")
    assert rooms == [room.strip(" ()") for room in reversed(layers)]
    packages = {path.name for path in (ROOT / "src" / "claims").iterdir() if (path / "__init__.py").exists()}
    assert set(rooms) == packages


def test_every_folder_and_file_of_the_tree_is_there() -> None:
    names = [name for line in re.findall(r"^(\w[\w./, ]+?)  +\S", TREE, re.M) for name in line.split(", ")]
    assert {"src/claims/", "params.yaml", "models/"} <= set(names)
    assert [name for name in names if not (ROOT / name).exists()] == []


def test_it_answers_where_a_feature_kind_goes_what_decides_and_what_serving_may_not_import() -> None:
    rows = {line.split()[0]: line for line in TREE.splitlines()}
    assert "kinds/" in rows["features/"]
    assert (ROOT / "src/claims/features/kinds").is_dir()
    assert "decision" in rows["decisions/"]
    assert re.search(r"never reaches .*training.*TensorFlow.*Keras", rows["serving/"])


def test_its_numbers_of_the_network_are_those_of_the_last_results() -> None:
    """What surrounds them is held by tests/pipeline/test_quoted.py; new results ask for a new quotation."""
    test = json.loads((ROOT / "metrics" / "summary.json").read_text(encoding="utf-8"))["test"]
    (quoted,) = [block for block in blocks(README, "console") if "make repro" in block]
    row = next(line for line in quoted.splitlines() if line.startswith("network (Keras)"))
    expected = [f"{test[name]:.4f}" for name in ("roc_auc", "average_precision", "log_loss")]
    assert row.split()[2:] == expected
    assert f"decisions cost ${test['cost_per_claim']:.2f} a claim" in quoted


def test_a_scored_claim_has_the_fields_that_are_shown(parts: Parts, raw: Raw, tmp_path: Path) -> None:
    lines = [line for block in blocks(README, "console") for line in block.splitlines()]
    quoted = next(line for line in lines if line.startswith("{"))
    source = write_json_lines(tmp_path / "claims.jsonl", raw.records()[:1])
    line = said_by("-m", "claims.cli", "score", "--model", str(parts.packed), "--input", str(source))
    shown = re.findall(r'"(\w+)":', quoted)
    assert shown == [*json.loads(line)][: len(shown)]


def test_the_five_lines_of_python_run(
    parts: Parts, raw: Raw, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (code,) = blocks(README, "python")
    assert len(code.splitlines()) == 5
    write_json_lines(tmp_path / "claims.jsonl", raw.records()[:3])
    (tmp_path / "models").mkdir()
    shutil.copy(parts.packed, tmp_path / "models" / "claims_model.tflite")
    monkeypatch.chdir(tmp_path)
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(compile(code, "README.md", "exec"), {})
    assert len(re.findall(r"ML_[A-Z]+", out.getvalue())) == 3


def test_its_figures_are_those_of_the_page_of_figures() -> None:
    rows = TEXT.partition("## Figures")[2].partition("\n## ")[0]
    figures = (ROOT / "docs" / "figures.md").read_text(encoding="utf-8")
    cells = [line.split("|")[2] for line in rows.splitlines() if line.startswith("|")][2:]
    numbers = [number for cell in cells for number in re.findall(r"\d+(?:\.\d+)?", cell)]
    assert len(cells) == 4
    assert [number for number in numbers if number not in figures] == []
