"""A search's folder: named by all that results depend on; no finished trial is run twice."""

import json
import os

import pytest

from claims.base.errors import DataError
from claims.tuning.folder import Memory, TrialError, forget_old, search_key
from claims.tuning.trials import Result
from tuning.conftest import bowl

VALUES = {"learning_rate": 0.01, "layers": (64, 32)}


class Counting:
    """An objective that says how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, values, max_epochs: int, seed: int) -> Result:
        self.asked += 1
        return bowl(values, max_epochs, seed)


def test_a_finished_trial_is_not_run_again(tmp_path) -> None:
    first, second = Counting(), Counting()
    expected = Memory(tmp_path, first)(VALUES, 3, 7)
    assert Memory(tmp_path, second)(VALUES, 3, 7) == expected == bowl(VALUES, 3)
    assert (first.asked, second.asked) == (1, 0)


@pytest.mark.parametrize(
    ("values", "epochs", "seed"), [(VALUES | {"learning_rate": 0.02}, 3, 7), (VALUES, 4, 7), (VALUES, 3, 8)]
)
def test_other_values_epochs_or_seeds_are_another_trial(tmp_path, values, epochs: int, seed: int) -> None:
    counting = Counting()
    memory = Memory(tmp_path, counting)
    memory(VALUES, 3, 7)
    memory(values, epochs, seed)
    assert counting.asked == 2


def test_seconds_are_kept_with_the_answer_and_stay_out_of_the_result(tmp_path) -> None:
    memory = Memory(tmp_path, bowl)
    memory(VALUES, 3, 7)
    again = Memory(tmp_path, bowl)
    again(VALUES, 3, 7)
    assert again.seconds == memory.seconds
    assert "seconds" not in Result.model_fields


def test_half_an_answer_is_no_answer(tmp_path) -> None:
    Memory(tmp_path, bowl)(VALUES, 3, 7)
    (answer,) = tmp_path.glob("*.json")
    answer.rename(answer.with_name(answer.name + ".partial"))
    counting = Counting()
    Memory(tmp_path, counting)(VALUES, 3, 7)
    assert counting.asked == 1


def test_a_trial_that_failed_tells_its_error_and_leaves_nothing(tmp_path) -> None:
    def fail(values, max_epochs, seed):
        raise ValueError("shapes\ndo not match")

    with pytest.raises(TrialError, match="ValueError: shapes do not match"):
        Memory(tmp_path, fail)(VALUES, 3, 7)
    assert list(tmp_path.iterdir()) == []


def test_what_a_person_must_mend_is_not_blamed_on_the_trial(tmp_path) -> None:
    def fail(values, max_epochs, seed):
        raise DataError("claims", "are gone", "Bring them back.")

    with pytest.raises(DataError):
        Memory(tmp_path, fail)(VALUES, 3, 7)


def test_the_name_changes_with_settings_bytes_and_names(tmp_path) -> None:
    data, code = tmp_path / "train.parquet", tmp_path / "model.py"
    data.write_bytes(b"rows")
    code.write_bytes(b"rows")
    first = search_key({"seed": 7}, [data, code])
    others = [search_key({"seed": 8}, [data, code]), search_key({"seed": 7}, [data])]
    code.write_bytes(b"other")
    others.append(search_key({"seed": 7}, [data, code]))
    assert len({first, *others}) == 4
    code.write_bytes(b"rows")
    assert search_key(json.loads('{"seed": 7}'), [code, data]) == first


def test_the_searches_used_last_are_kept(tmp_path) -> None:
    for age, name in enumerate("abcdef"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "answer.json").touch()
        os.utime(tmp_path / name, (1000 - age, 1000 - age))
    forget_old(tmp_path, keep=2)
    assert sorted(folder.name for folder in tmp_path.iterdir()) == ["a", "b"]
