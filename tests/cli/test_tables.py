"""Tables at every width: nothing is cut off at 80 columns, nothing fails at 40, a pipe gets plain lines."""

import datetime as dt
from collections.abc import Callable

import click
import pytest

from claims.cli.data import DATASET, DRIFT
from claims.cli.tables import show
from claims.contract import load_contract
from claims.evaluation.drift import Drift
from claims.history.datasets import Dataset
from claims.history.difference import Difference
from claims.history.report import rows_of_datasets, rows_of_drifts
from claims.registry.registry import Registry
from claims.releases.promotion import promote
from claims.results.extract import ExtractedClaims
from cli.terminal import at_width, piped, seen
from release_parts import make_record
from workspaces import ROOT

RECORDED = ExtractedClaims(
    in_window=1_155_195,
    decided=1_000_000,
    approved=723_456,
    first_event=dt.date(2024, 7, 1),
    last_event=dt.date(2026, 3, 31),
    checksum="a" * 64,
    key_fingerprint="f" * 16,
)
VARIANTS = ["float32", "float16", "dynamic", "int8", "qat"]
DATASETS = [
    Dataset("b" * 40, "2026-11-23", "professional", "t" * 32, {}, RECORDED, ["v1.0", "data/2026-11"]),
    Dataset("c" * 40, "2026-10-01", "professional", "u" * 32, {}, None),
]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., list[str]]:
    """A function that shows a table in a terminal of some width and gives its lines."""

    def lines(columns: int, *arguments, **options) -> list[str]:
        for name, value in at_width(columns).items():
            monkeypatch.setenv(name, value)
        show(*arguments, **options)
        return [line.rstrip() for line in click.unstyle(capsys.readouterr().out).splitlines()]

    return lines


@pytest.fixture
def two(registry: Registry, publish, author: None, monkeypatch: pytest.MonkeyPatch) -> Registry:
    """Two releases whose parameters, slices and metrics differ; the command line stands in their checkout."""
    (registry.root / "dvc.yaml").touch()
    slices = {"provider_specialty": {"INTERNAL_MEDICINE": {"average_precision": 0.9123}}}
    metrics = make_record().metrics
    publish(1, metrics=metrics | {"slices": slices})
    slices = {"provider_specialty": {"INTERNAL_MEDICINE": {"average_precision": 0.9187}}}
    publish(2, metrics=metrics | {"slices": slices}, params={"quantize": {"variants": VARIANTS}})
    promote(registry, 2, "staging", "first")
    promote(registry, 2, "production", "first")
    monkeypatch.chdir(registry.root)
    return registry


def widest(lines: list[str]) -> int:
    return max(map(len, lines))


def letters(lines: list[str]) -> str:
    """Lines without what a layout adds."""
    return "".join("".join(lines).split())


def test_releases_fit_80_columns_whole(two: Registry) -> None:
    lines = seen("releases", columns=80)
    assert widest(lines) <= 80
    words = " ".join(lines).split()
    identities = [two.record(number).identity[:12] for number in (1, 2)]
    cells = ["staging,", "production", "Ada", "int8", "0.8700", "1,000", "2025-10-31", *identities]
    assert [cell for cell in cells if cell not in words] == []


def test_differences_of_releases_fit_80_columns_whole(two: Registry) -> None:
    lines = seen("diff", "1", "2", columns=80)
    assert widest(lines) <= 80
    leaf = next(line.split() for line in lines if line.startswith("        average_precision "))
    assert leaf == ["average_precision", "0.9123", "0.9187", "+0.0064"]
    assert two.record(2).code.commit[:12] in " ".join(lines).split()
    assert [name for name in VARIANTS if not any(f"'{name}'" in line for line in lines)] == []


def test_each_part_of_a_name_is_shown_once(two: Registry) -> None:
    lines = seen("diff", "1", "2", columns=80)
    assert [line for line in lines if "slices" in line] == ["  slices"]
    assert [line for line in lines if "INTERNAL_MEDICINE" in line] == ["      INTERNAL_MEDICINE"]


def test_datasets_fit_80_columns_whole(terminal) -> None:
    lines = terminal(80, rows_of_datasets(DATASETS, "t" * 32), DATASET)
    assert widest(lines) <= 80
    words = " ".join(lines).split()
    cells = [
        "bbbbbbb",
        "professional",
        "1,155,195",
        "1,000,000",
        "2024-07-01",
        "72.35%",
        "a" * 12,
        "workspace",
    ]
    assert [cell for cell in cells if cell not in words] == []
    assert "data/2026-11" in letters(lines)


def test_drift_of_every_column_fits_80_columns_whole(terminal) -> None:
    contract = load_contract(ROOT / "contracts" / "professional.yaml")
    names = [*contract.columns, *(f"lines.{name}" for name in contract.line_columns)]
    drifts = {name: Drift("KS", 0.123, 0.012, (0.012, 1.0)) for name in names}
    lines = terminal(80, rows_of_drifts(Difference(*DATASETS, drifts, [], [], [])), DRIFT)
    assert widest(lines) <= 80
    shown = {line.split()[0]: line.split()[1:] for line in lines if line}
    for name in names:
        assert shown[name] == ["KS", "0.123", "0.012", "1.2%", "100.0%"]


def test_a_wide_terminal_gives_each_heading_a_column(terminal) -> None:
    first, *_ = terminal(200, rows_of_datasets(DATASETS, None), DATASET)
    assert first.split() == [word for stack in DATASET for heading in stack for word in heading.split()]


def test_a_terminal_too_narrow_for_the_words_still_shows_every_letter(terminal, two) -> None:
    rows = rows_of_datasets(DATASETS, None)
    lines = terminal(40, rows, DATASET)
    assert widest(lines) <= 40
    assert sorted(letters(lines).replace("─", "")) == sorted(
        letters([*rows[0], *(cell for row in rows for cell in row.values())])
    )
    for command in (("releases",), ("diff", "1", "2")):
        assert widest(seen(*command, columns=40)) <= 40


def test_a_pipe_gets_one_line_a_row_with_full_names(two: Registry) -> None:
    heading, rule, *rows = piped("diff", "1", "2")
    assert heading == "| value | release 1 | release 2 | change |"
    assert rule == "| --- | ---: | ---: | ---: |"
    name = "metrics.slices.provider_specialty.INTERNAL_MEDICINE.average_precision"
    assert f"| {name} | 0.9123 | 0.9187 | +0.0064 |" in rows
    assert len(piped("releases")) == 2 + 2


def test_no_rows_are_said_in_words(two: Registry) -> None:
    assert piped("diff", "1", "1") == seen("diff", "1", "1", columns=80) == ["no difference"]


def test_without_a_release_the_list_says_how_to_make_one(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    (registry.root / "dvc.yaml").touch()
    monkeypatch.chdir(registry.root)
    assert piped("releases") == ["no release yet: `claims release` makes one"]
