"""Which variant ships, and why others do not."""

import pytest

from claims.base.errors import GateError
from claims.config.params import Judge, Limits
from claims.quantization.choice import choose_winner
from claims.results.judge import Verdict
from metrics_parts import judged_variant

LIMITS = Limits(average_precision=0.01, recall=0.05, calibration_error=0.02, flips=0.05, swaps=0.02)
SETTINGS = Judge(
    prefer=None, overall=LIMITS, slices=LIMITS, anomaly_average_precision=0.1, min_rows=500, min_class=100
)
SIZES = {"float32": 320, "dynamic": 90, "int8": 94}


def verdicts(**refusals: list[str]) -> dict[str, Verdict]:
    return {name: judged_variant(0, 0.0, refusals.get(name, [])).gate for name in SIZES}


def preferring(*names: str) -> Judge:
    return SETTINGS.model_copy(update={"prefer": names})


def test_the_smallest_that_passes_ships() -> None:
    assert choose_winner(verdicts(), SIZES, SETTINGS) == "dynamic"
    assert choose_winner(verdicts(dynamic=["overall: flips"]), SIZES, SETTINGS) == "int8"


def test_a_person_may_prefer_another() -> None:
    assert choose_winner(verdicts(), SIZES, preferring("int8", "dynamic")) == "int8"
    assert choose_winner(verdicts(int8=["overall: flips"]), SIZES, preferring("int8", "float32")) == "float32"


def test_float32_ships_only_where_a_person_names_it() -> None:
    refused = verdicts(int8=["overall: flips 0.02"], dynamic=["payer_id P01: recall 0.3"])
    message = r"variants: none passes: dynamic \(payer_id P01: recall 0.3\), int8 \(overall: flips 0.02\)\."
    with pytest.raises(GateError, match=message):
        choose_winner(refused, SIZES, SETTINGS)


@pytest.mark.parametrize("prefer", [None, ("int8", "qat")])
def test_an_order_that_names_no_variant_is_said(prefer) -> None:
    settings = SETTINGS.model_copy(update={"prefer": prefer})
    with pytest.raises(GateError, match=r"judge\.prefer: names none of float32\. Name one"):
        choose_winner({"float32": verdicts()["float32"]}, {"float32": 320}, settings)
