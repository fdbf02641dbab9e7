"""The course of training in files, which neither change a weight nor stop a run."""

import json
from pathlib import Path

import numpy as np
import pytest

from claims.features.extractor import ModelInputs
from claims.training.fit import Selected, select
from claims.training.live_curves import LiveCurves
from claims.training.network import make_deterministic
from model_parts import TRAIN, first_rows


@pytest.fixture(scope="module")
def train_with(fitted, labelled):
    """A function that selects with some callbacks."""
    make_deterministic(1)
    parts: list[tuple[ModelInputs, np.ndarray]] = [
        (first_rows(labelled.inputs, rows), labelled.outcome[rows])
        for rows in (slice(0, 600), slice(600, 900))
    ]
    return lambda *callbacks: select(fitted.extractor, TRAIN, 1, *parts, callbacks)


def same_weights(one: Selected, other: Selected) -> bool:
    pairs = zip(one.model.get_weights(), other.model.get_weights(), strict=True)
    return all(np.array_equal(a, b) for a, b in pairs)


@pytest.fixture(scope="module")
def undisturbed(train_with) -> Selected:
    return train_with()


def test_the_files_follow_training_and_leave_the_weights_alone(train_with, undisturbed, tmp_path) -> None:
    folder = tmp_path / "dvclive"
    selected = train_with(LiveCurves(folder))
    last = json.loads((folder / "metrics.json").read_text())
    for name, values in selected.history.items():
        curve = (folder / "plots" / "metrics" / f"{name}.tsv").read_text().splitlines()
        assert len(curve) == 1 + len(values)
        assert last[name] == pytest.approx(values[-1], abs=1e-6)
    assert same_weights(selected, undisturbed)


def test_a_folder_that_cannot_be_written_is_said_and_training_goes_on(
    train_with, undisturbed, tmp_path: Path, capsys
) -> None:
    (tmp_path / "file").touch()
    selected = train_with(LiveCurves(tmp_path / "file" / "dvclive"))
    assert "no live curves" in capsys.readouterr().out
    assert same_weights(selected, undisturbed)


def test_a_folder_lost_on_the_way_is_said_and_training_goes_on(
    train_with, undisturbed, tmp_path: Path, capsys
) -> None:
    class Lost(LiveCurves):
        def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
            if epoch == 1:
                (folder / "metrics.json").unlink()
                (folder / "metrics.json").mkdir()

    folder = tmp_path / "dvclive"
    selected = train_with(Lost(folder))
    assert "metrics.json" in capsys.readouterr().out
    assert same_weights(selected, undisturbed)
