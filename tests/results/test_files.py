"""Metrics files are the same bytes for the same figures, and of the shape that their stage writes."""

import json
from pathlib import Path

import numpy as np
import pytest

from claims.base.errors import ResultsError
from claims.base.strict import Strict
from claims.results.files import Figure, parse_metrics, read_metrics, write_metrics
from claims.results.slices import MeasuredSlice, SliceCount, SliceMetrics


class Part(Strict):
    rows: int


class Example(Strict):
    share: Figure
    ranked: Figure | None
    parts: dict[str, Part]
    audited: Part | None = None
    held_back: bool = False


EXAMPLE = Example(share=0.12345678, ranked=None, parts={"b": Part(rows=1), "a": Part(rows=2)})


def written(path: Path, metrics: Example) -> str:
    write_metrics(path, metrics)
    return path.read_text()


def test_keys_are_sorted_figures_have_six_digits_and_absent_parts_are_left_out(tmp_path: Path) -> None:
    assert written(tmp_path / "m.json", EXAMPLE) == (
        '{\n  "parts": {\n    "a": {\n      "rows": 2\n    },\n    "b": {\n      "rows": 1\n    }\n  },\n'
        '  "ranked": null,\n  "share": 0.123457\n}\n'
    )


def test_optional_parts_that_are_there_are_written(tmp_path: Path) -> None:
    text = written(
        tmp_path / "m.json", EXAMPLE.model_copy(update={"audited": Part(rows=3), "held_back": True})
    )
    assert json.loads(text)["audited"] == {"rows": 3}
    assert json.loads(text)["held_back"] is True


def test_what_is_read_is_written_again_to_the_byte(tmp_path: Path) -> None:
    text = written(tmp_path / "m.json", EXAMPLE)
    again = read_metrics(Example, tmp_path / "m.json")
    assert written(tmp_path / "again.json", again) == text


@pytest.mark.parametrize("number", [np.float32(0.5), np.float64(0.5), 0.5])
def test_figures_of_numpy_become_pythons(number: float) -> None:
    figure = Example(share=number, ranked=number, parts={}).share
    assert type(figure) is float
    assert figure == 0.5


def test_nan_is_no_figure(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_metrics(tmp_path / "m.json", EXAMPLE.model_copy(update={"share": float("nan")}))


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b'{"ranked": null, "parts": {}}', "share: field required"),
        (b'{"share": "a lot", "ranked": null, "parts": {}}', "share: input should be a valid number"),
        (b'{"share": 1, "ranked": null, "parts": {"a": {}}}', r"parts\.a\.rows: field required"),
        (b'{"share": 1, "ranked": null, "parts": {}, "more": 1}', "more: extra inputs are not permitted"),
        (b"{", "not JSON"),
    ],
)
def test_another_shape_is_named_by_file_field_and_remedy(content: bytes, fault: str) -> None:
    with pytest.raises(ResultsError, match=rf"^metrics/m\.json: {fault}.*Run `dvc repro`"):
        parse_metrics(Example, content, "metrics/m.json")


def test_a_missing_file_is_named_with_what_makes_it(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match=r"m\.json: no such file\. Run `dvc repro`"):
        read_metrics(Example, tmp_path / "m.json")


def test_values_of_slices_are_told_apart_by_what_was_measured() -> None:
    scores = dict.fromkeys(("approved_share", "log_loss", "brier", "calibration_error", "accuracy"), 0.5)
    scores |= dict.fromkeys(("precision", "recall", "f1", "roc_auc", "average_precision"), 0.5)
    shares = dict.fromkeys(("ML_APPROVED_share", "ML_REVIEW_share", "ML_REJECTED_share"), 0.25)
    confusion = dict.fromkeys(("true_rejected", "false_approved", "false_rejected", "true_approved"), 1)
    sets = {"rows": 4, "coverage": 0.5, "low": 0.1, "high": 0.9}
    large = scores | shares | {"rows": 4, "confusion": confusion, "intervals": {}, "prediction_sets": sets}
    content = json.dumps({"payer_id": {"P01": large, "P02": {"rows": 3}}}).encode()
    values = parse_metrics(SliceMetrics, content, "slices.json").root["payer_id"]
    assert isinstance(values["P01"], MeasuredSlice)
    assert values["P02"] == SliceCount(rows=3)
