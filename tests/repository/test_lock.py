"""What a dvc.lock says of the order of its stages."""

from pathlib import Path

from claims.repository.lock import Lock
from lock_parts import write_lock
from workspaces import ROOT


def test_stages_come_in_the_order_in_which_they_run(tmp_path: Path) -> None:
    lock = write_lock(tmp_path / "dvc.lock")
    assert list(lock.outputs) == ["extract", "train", "evaluate"]
    assert lock.before("evaluate") == {"train", "extract"}


def test_in_this_repository_no_stage_comes_before_what_it_reads() -> None:
    lock = Lock.read(ROOT / "dvc.lock")
    order = list(lock.outputs)
    for stage in order:
        assert all(order.index(producer) < order.index(stage) for producer in lock.producers[stage])
    assert lock.before("validate") == {"extract", "simulate"}
    assert lock.before("report") >= {"judge", "verify", "quantize@int8", "tune"}


def test_the_first_of_some_stages_is_the_one_that_runs_first(tmp_path: Path) -> None:
    lock = write_lock(tmp_path / "dvc.lock")
    assert lock.first_of(["evaluate", "train"]) == "train"
    assert lock.first_of({"extract": [], "evaluate": []}) == "extract"
    assert lock.first_of(["train", "new"]) == "new"
