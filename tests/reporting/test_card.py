"""The model card: what the metrics files say, and no part that there is nothing of."""

import copy
from typing import Any

import pytest

from claims.reporting.card import render_card

ESTIMATE = {"value": 0.8561, "low": 0.8441, "high": 0.8672}
RATE = {
    "value": 0.012,
    "low": 0.006,
    "high": 0.018,
    "of": 500,
    "gap": {"value": 0.001, "low": -0.01, "high": 0.02},
}
ROW = {
    "rows": 1200,
    "roc_auc": 0.8475,
    "average_precision": 0.91,
    "log_loss": 0.41,
    "calibration_error": 0.0136,
    "intervals": {"roc_auc": ESTIMATE, "average_precision": ESTIMATE},
}
ANOMALY = {
    "audited": 102,
    "found": 53,
    "average_precision": 0.7789,
    "roc_auc": 0.7513,
    "precision": 0.8333,
    "recall": 0.283,
    "review_share": 0.0203,
}
PERIOD = {
    "rows": 1200,
    "measured": 1200,
    "decided_share": 0.98,
    "roc_auc": ESTIMATE,
    "average_precision": ESTIMATE,
    "log_loss": ESTIMATE,
    "calibration_error": {"value": 0.01, "band": 0.02},
    "cost_per_claim": ESTIMATE,
}
WINDOW = {"rows": 1200, "first_event": "2026-01-25", "last_event": "2026-03-31", "approved_share": 0.72}
COUNTS = {"received": 1300, "decided_share": 0.98}
NAMES = ("train", "validation", "calibration", "test", "immature")


@pytest.fixture
def found() -> dict[str, Any]:
    """Metrics files of a small run, with what the card reads of them."""
    metrics: dict[str, Any] = {
        "extract": {
            "in_window": 59_983,
            "first_event": "2024-07-01",
            "last_event": "2026-06-30",
            "checksum": "bf8fde",
            "undecided": 2354,
            "decided_by_model_alone": 2434,
        },
        "split": dict.fromkeys(NAMES, WINDOW) | {"gap": {"rows": 0}},
        "maturity": {
            "as_of": "2026-06-30",
            "mature_after_days": 90,
            "test": "mature",
            "splits": dict.fromkeys(NAMES, COUNTS),
        },
        "evaluate": {
            "anomaly": dict.fromkeys(NAMES, ANOMALY) | {"baselines": {"logistic": ANOMALY}},
            "baselines": {"logistic": ROW},
            "best_reachable": ROW | {"roc_auc": 0.8992},
            "decisions": {
                "shares": {"ML_APPROVED": 0.58},
                "outcomes": {"ML_APPROVED": {"approved": 90, "rejected": 7}},
            },
        },
        "slices": {"plan": {"HMO": ROW, "PPO": ROW | {"roc_auc": 0.7001}, "POS": {"rows": 12}}},
        "months": {
            "splits": dict.fromkeys(NAMES, PERIOD),
            "months": {
                "2026-03": PERIOD | {"mature": True},
                "2026-04": PERIOD | {"mature": False, "calibration_error": {"value": 0.05, "band": 0.02}},
                "2026-05": {"measured": 0, "decided_share": 0.0, "mature": False},
            },
        },
        "fairness": {
            "test": {
                "member_sex": {
                    "F": {
                        "rows": 2871,
                        "mean_score": ESTIMATE,
                        "approved_share": RATE,
                        "false_rejection": RATE,
                    },
                    "U": {"rows": 26},
                }
            }
        },
        "judge": {
            "winner": "int8",
            "variants": {
                name: {
                    "size_bytes": size,
                    "test": ROW,
                    "gate": {"overall": {"flips": {"value": flips}}, "refusals": refusals},
                }
                for name, size, flips, refusals in (
                    ("float32", 321_348, 0.0, []),
                    ("int8", 65_680, 0.0065, []),
                    ("qat", 65_700, 0.0165, ["overall: flips 0.0165 (bound 0.0196, limit 0.01)"]),
                )
            },
        },
        "verify": {
            "fairness": {
                "limit": 0.02,
                "groups": 2,
                "not_judged": 1,
                "largest_gap": RATE["gap"] | {"group": "member_sex F"},
            },
        },
    }
    return copy.deepcopy(metrics)


def titles(card: str) -> list[str]:
    return [line.removeprefix("## ") for line in card.splitlines() if line.startswith("## ")]


def test_every_part_is_there(contract, found) -> None:
    assert titles(render_card(contract, found)) == [
        "Claims",
        "Metrics",
        "Months of the test window",
        "Decisions",
        "Anomalies",
        "Protected groups",
        "Slices, the worst ranked first",
        "Variants",
        "Limits",
    ]


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
        "| 2026-05 | **no** | 0.0% | 0 |",
        "| `ML_APPROVED` | 58.0% | 90 | 7 |",
        "| member_sex F | 2,871 | 1.2% (0.6% to 1.8%) |",
        "exceeds 2.0% beyond doubt; the largest is 0.1% (-1.0% to 2.0%), member_sex F.",
        "Features that read a protected column: member_age.",
        "| **int8** | 65,680 | 0.8475 |",
        "| qat | 65,700 | 0.8475 |",
        "| 1.65% | overall: flips 0.0165 (bound 0.0196, limit 0.01) |",
        "- Months whose calibration error lies above the band: 2026-04.",
        "- Groups too small to be judged: member_sex U (26).",
        "- Not decided yet, of the claims received: 2.0% of test, 2.0% of immature.",
    ],
)
def test_it_says_what_was_measured(contract, found, said: str) -> None:
    assert said in render_card(contract, found)


def test_the_worst_slice_comes_first_and_small_ones_are_left_out(contract, found) -> None:
    card = render_card(contract, found)
    assert card.index("plan PPO") < card.index("plan HMO")
    assert "plan POS" not in card


def test_tables_are_whole(contract, found) -> None:
    blocks = render_card(contract, found).split("\n\n")
    tables = [block.splitlines() for block in blocks if block.startswith("|")]
    assert len(tables) == 8
    for lines in tables:
        assert len({line.count(" | ") for line in lines}) == 1


def test_without_protected_columns_no_part_speaks_of_them(contract, found) -> None:
    found["fairness"]["test"] = {}
    columns = {
        name: column.model_copy(update={"protected": False}) for name, column in contract.columns.items()
    }
    card = render_card(contract.model_copy(update={"columns": columns}), found)
    assert "Protected groups" not in titles(card)
    assert "too small" not in card
    assert "- The contract protects no column: no groups were compared." in card


def test_without_an_anomaly_outcome_no_part_speaks_of_it(contract, found) -> None:
    del found["evaluate"]["anomaly"]
    assert "nomal" not in render_card(contract, found)


def test_a_window_without_findings_has_its_counts_alone(contract, found) -> None:
    found["evaluate"]["anomaly"]["test"] = {"audited": 40, "found": 0}
    assert "| test | 40 | 0 |  |  |  |  |  |" in render_card(contract, found)


def test_without_slices_or_best_reachable_they_are_left_out(contract, found) -> None:
    found["slices"] = {}
    del found["evaluate"]["best_reachable"]
    card = render_card(contract, found)
    assert "Slices" not in card
    assert "best reachable" not in card


@pytest.mark.parametrize(
    ("state", "said"),
    [("unknown", "states no maturity"), ("immature", "**No month of the test window is mature")],
)
def test_it_says_at_which_maturity_test_is_stated(contract, found, state: str, said: str) -> None:
    found["maturity"] |= {"test": state, "mature_after_days": None if state == "unknown" else 90}
    for part in ("split", "maturity", "months"):
        found[part].get("splits", found[part]).pop("immature")
    card = render_card(contract, found)
    assert said in card
    assert "| immature |" not in card
    assert ("is mature 90 days" in card) == (state != "unknown")


def test_a_protected_column_without_groups_is_a_limit(contract, found) -> None:
    charge = contract.columns["total_charge"].model_copy(update={"protected": True})
    guarded = contract.model_copy(update={"columns": contract.columns | {"total_charge": charge}})
    assert "- Protected columns without groups to compare: total_charge." in render_card(guarded, found)
