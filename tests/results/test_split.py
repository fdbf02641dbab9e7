"""Windows come by name in the order of time, those without claims left out."""

from claims.results.split import EmptyWindow, SplitMetrics
from metrics_parts import WINDOW


def test_windows_without_claims_are_left_out() -> None:
    splits = dict.fromkeys(("train", "validation", "calibration", "test", "immature"), WINDOW)
    metrics = SplitMetrics(**splits, gap=EmptyWindow(rows=0))
    assert list(metrics.windows()) == ["train", "validation", "calibration", "test", "immature"]
    none = metrics.model_copy(update={"immature": EmptyWindow(rows=0)})
    assert list(none.windows())[-1] == "test"
