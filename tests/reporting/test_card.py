"""The model card: what the metrics files say, and no part that has no content."""

from dataclasses import replace
from typing import Any

import pytest

from claims.reporting.card.metrics import CardMetrics
from claims.reporting.card.render import render_card
from claims.results.fairness import FairnessMetrics
from claims.results.scores import AnomalyMetrics
from claims.results.slices import SliceMetrics
from claims.results.split import EmptyWindow
from metrics_parts import card_metrics, write_all


@pytest.fixture
def metrics() -> CardMetrics:
    return card_metrics()


def updated(metrics: CardMetrics, name: str, **changes: Any) -> CardMetrics:
    """The same files with other parts in one of them."""
    return replace(metrics, **{name: getattr(metrics, name).model_copy(update=changes)})


def titles(card: str) -> list[str]:
    return [line.removeprefix("## ") for line in card.splitlines() if line.startswith("## ")]


def test_every_part_is_there(contract, metrics) -> None:
    assert titles(render_card(contract, metrics)) == [
        "Claims",
        "Metrics",
        "Months of the test window",
        "Decisions",
        "Anomalies",
        "Protected groups",
        "Slices, worst ranking first",
        "Variants",
        "Limits",
    ]


def test_it_reads_the_files_that_stages_write(metrics, tmp_path) -> None:
    write_all(tmp_path)
    assert CardMetrics.read(tmp_path) == metrics


@pytest.mark.parametrize(
    "said",
    [
        "# Model card: professional",
        "59,983 claims received from 2024-07-01 to 2026-06-30, with outcomes as of 2026-06-30.",
        "An outcome is mature 90 days after its claim was received.",
        "| test | 2026-01-25 to 2026-03-31 | 1,300 | 98.0% | 1,200 | 72.0% |",
        f"| test | 1,200 |{' 0.8561 (0.8441–0.8672) |' * 3} 0.0100 (0.0200) |",
        "| test | 102 | 53 | 0.7789 | 0.7513 | 83.3% | 28.3% | 2.0% |",
        "| plan HMO | 1,200 | 0.8561 (0.8441–0.8672) |",
        "| best reachable, on test | 1,200 | 0.8992 |",
        "| 2026-04 | **no** | 98.0% | 1,200 |",
        "| 2026-05 | **no** | 0.0% | 0 |  |  |  |  |",
        "| `ML_APPROVED` | 58.0% | 90 | 7 |",
        "| member_sex F | 2,871 | 1.2% (0.6% to 1.8%) |",
        "exceeds 2.0% beyond doubt; the largest is 0.1% (-1.0% to 2.0%), member_sex F.",
        "Features that read a protected column: member_age.",
        "| **int8** | 65,680 | 0.8475 |",
        "| qat | 65,700 | 0.8475 |",
        "| 1.65% | overall: flips 0.0165 (bound 0.0196, limit 0.01) |",
        "- Months whose calibration error lies above the band: 2026-04.",
        "- Groups too small to compare: member_sex U (26).",
        "- Claims received but not decided yet: 2.0% of test, 2.0% of immature.",
    ],
)
def test_it_says_what_was_measured(contract, metrics, said: str) -> None:
    assert said in render_card(contract, metrics)


def test_the_worst_slice_comes_first_and_small_ones_are_left_out(contract, metrics) -> None:
    card = render_card(contract, metrics)
    assert card.index("plan PPO") < card.index("plan HMO")
    assert "plan POS" not in card


def test_tables_are_whole_and_paragraphs_apart(contract, metrics) -> None:
    card = render_card(contract, metrics)
    tables = [block.splitlines() for block in card.split("\n\n") if block.startswith("|")]
    assert len(tables) == 8
    for lines in tables:
        assert len({line.count(" | ") for line in lines}) == 1
    assert "\n\n\n" not in card
    assert card.endswith("\n")
    assert not card.endswith("\n\n")


def test_nothing_is_escaped(contract, metrics) -> None:
    named = contract.model_copy(update={"description": "Claims of 2025 & <later>"})
    assert "Claims of 2025 & <later> (version" in render_card(named, metrics)


def test_without_protected_columns_no_part_speaks_of_them(contract, metrics) -> None:
    columns = {
        name: column.model_copy(update={"protected": False}) for name, column in contract.columns.items()
    }
    without = replace(metrics, fairness=FairnessMetrics(calibration={}, test={}))
    card = render_card(contract.model_copy(update={"columns": columns}), without)
    assert "Protected groups" not in titles(card)
    assert "too small" not in card
    assert "- The contract protects no column: no groups were compared." in card


def test_without_an_anomaly_outcome_no_part_speaks_of_it(contract, metrics) -> None:
    assert "nomal" not in render_card(contract, updated(metrics, "evaluate", anomaly=None))


def test_a_window_without_findings_has_its_counts_alone(contract, metrics) -> None:
    counts = AnomalyMetrics(rows=1200, audited=40, found=0, review_share=0.02)
    report = metrics.evaluate.anomaly.model_copy(update={"test": counts})
    card = render_card(contract, updated(metrics, "evaluate", anomaly=report))
    assert "| test | 40 | 0 |  |  |  |  | 2.0% |" in card


def test_without_slices_or_best_reachable_they_are_left_out(contract, metrics) -> None:
    without = replace(updated(metrics, "evaluate", best_reachable=None), slices=SliceMetrics({}))
    card = render_card(contract, without)
    assert "Slices" not in card
    assert "best reachable" not in card


@pytest.mark.parametrize(
    ("state", "said"),
    [("unknown", "states no maturity"), ("immature", "**No month of the test window is mature")],
)
def test_it_says_at_which_maturity_test_is_stated(contract, metrics, state: str, said: str) -> None:
    days = None if state == "unknown" else 90
    splits = {name: counts for name, counts in metrics.maturity.splits.items() if name != "immature"}
    months = {name: split for name, split in metrics.months.splits.items() if name != "immature"}
    other = updated(metrics, "maturity", test=state, mature_after_days=days, splits=splits)
    other = updated(updated(other, "months", splits=months), "split", immature=EmptyWindow(rows=0))
    card = render_card(contract, other)
    assert said in card
    assert "| immature |" not in card
    assert ("is mature 90 days" in card) == (state != "unknown")


def test_a_protected_column_without_groups_is_a_limit(contract, metrics) -> None:
    charge = contract.columns["total_charge"].model_copy(update={"protected": True})
    guarded = contract.model_copy(update={"columns": contract.columns | {"total_charge": charge}})
    assert "- Protected columns without groups to compare: total_charge." in render_card(guarded, metrics)
