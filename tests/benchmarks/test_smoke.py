"""Every benchmark runs, on so few claims that it takes seconds; what takes minutes even then is a drill."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from model_parts import Parts
from workspaces import ROOT

INGREDIENT = "8 members sharing weights"
FIGURES = ("simulate", "score")
Run = Callable[..., str]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where what one benchmark has made ready is found by the next."""
    return tmp_path_factory.mktemp("quality")


@pytest.fixture
def run(cache: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a benchmark in this process, with few boosting rounds; what it prints."""
    import boosters
    import kept

    monkeypatch.setattr(kept, "CACHE", cache)
    monkeypatch.setattr(boosters, "MAX_ROUNDS", 4)
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "src"))

    def run(main: Callable[[], None], *arguments: str) -> str:
        monkeypatch.setattr(sys, "argv", ["benchmark", "--smoke", *arguments])
        main()
        return capsys.readouterr().out

    return run


CONTENDERS = ["logistic", "LightGBM", "CatBoost", "XGBoost", "distilled"]


@pytest.mark.parametrize("contender", [*CONTENDERS, pytest.param("network", marks=pytest.mark.drill)])
def test_a_contender_is_trained_and_scored(run: Run, contender: str) -> None:
    import quality

    booster = quality.BOOSTERS.get(contender)
    if booster is not None:
        pytest.importorskip(booster.package, reason=f"{booster.package} is of the extra peers")
    page = run(quality.main, "--contenders", contender)
    row, *_ = (line for line in page.splitlines() if line.startswith(f"| {contender} |"))
    assert 0.4 < float(row.split("|")[2].split("±")[0]) < 1


def test_the_shipped_model_is_compared_with_the_best_boosting(run: Run) -> None:
    import quality

    page = run(quality.main, "--contenders", "LightGBM", "distilled")
    (row,) = [line for line in page.splitlines() if line.startswith("| demo |")]
    assert "LightGBM" in row


@pytest.mark.drill
def test_an_ingredient_is_measured_beside_what_ships(run: Run) -> None:
    import ingredients

    page = run(ingredients.main, "--ingredients", INGREDIENT)
    rows = [line.split(" | ")[0] for line in page.splitlines() if line.startswith("| ")]
    assert rows == ["| network", "| as it ships", f"| {INGREDIENT}"] * 2


def test_figures_are_measured_and_stand_in_their_table(run: Run, parts: Parts, monkeypatch) -> None:
    import figures

    monkeypatch.setenv("ML_MODEL_PATH", str(parts.packed))
    page = run(figures.main, *FIGURES)
    assert "| `claims score`, 100,000 claims with lines, Parquet |" in page
    assert "| 60,000 demo claims |" in page


def test_variants_are_timed_beside_float32(reproduced) -> None:
    from variants import measure_variants

    timed = measure_variants(reproduced.workspace.root, rounds=1)
    assert timed["variants"]["float32"]["speed_1024"] == 1
    assert timed["variants"].keys() > {"float32", "int8", "int8, uint8 in and out"}


def test_the_page_of_figures_holds_what_was_measured() -> None:
    import figures
    from figures_report import render

    page = figures.PAGE.read_text(encoding="utf-8")
    assert figures.between(page, render(json.loads(figures.RESULTS.read_text(encoding="utf-8")))) == page


@pytest.mark.drill
@pytest.mark.parametrize("name", ["repro", "identity", "releases"])
def test_a_figure_is_measured_in_clones(run: Run, name: str) -> None:
    import figures

    assert "measured" in run(figures.main, name)


@pytest.mark.drill
def test_every_ingredient_is_measured(run: Run) -> None:
    import ingredients

    page = run(ingredients.main)
    assert all(f"| {name} |" in page for name in ingredients.RECIPES)


def test_a_missing_library_is_said_in_one_line_with_its_extra(run: Run, monkeypatch) -> None:
    import extras
    import quality

    monkeypatch.setattr(extras, "find_spec", lambda name: None if name == "catboost" else extras)
    with pytest.raises(SystemExit) as ended:
        run(quality.main)
    remedy = "Install the extra peers: `uv pip install -e '.[peers]'`."
    assert ended.value.code == f"benchmark: catboost: not installed. {remedy}"
