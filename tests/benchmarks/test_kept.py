"""Results of benchmarks: made once, whole or not at all, and anew where what they depend on changed."""

import json

import numpy as np
import pytest

from kept import Kept, key_of


@pytest.fixture
def kept(tmp_path) -> Kept:
    return Kept("demo", tmp_path, task=None, params=None)


def test_arrays_are_made_once(kept: Kept) -> None:
    made = []

    def make() -> dict:
        made.append(1)
        return {"int8": np.arange(3.0)}

    first, second = (kept.arrays("distilled-1", "key", make) for _ in range(2))
    assert np.array_equal(first["int8"], second["int8"])
    assert made == [1]


def test_another_key_is_another_result(kept: Kept) -> None:
    assert [kept.document("choice", key, lambda key=key: {"of": key})["of"] for key in "ab"] == ["a", "b"]


def test_what_fails_leaves_nothing(kept: Kept) -> None:
    with pytest.raises(ZeroDivisionError):
        kept.arrays("network-1", "key", lambda: {"score": np.array(1 / 0)})
    assert list(kept.folder.iterdir()) == []


def test_a_document_reads_as_it_was_made(kept: Kept) -> None:
    made = {"settings": {"depth": 6}, "loss": 0.5}
    assert kept.document("CatBoost", "key", lambda: made) == made
    (file,) = kept.folder.iterdir()
    assert json.loads(file.read_text()) == made


def test_a_key_changes_with_code_and_settings(tmp_path) -> None:
    code = tmp_path / "code.py"
    code.write_text("1\n")
    before = key_of([code], {"depth": 6})
    assert key_of([code], {"depth": 6}) == before
    assert key_of([code], {"depth": 8}) != before
    code.write_text("2\n")
    assert key_of([code], {"depth": 6}) != before
