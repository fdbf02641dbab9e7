"""The record inside the model: its last member, and only of the members that it names."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from claims.base.errors import ModelError, ReleaseError
from claims.model.container import append_members, take_apart
from claims.model.released import RECORD, append_record, hash_members, packed_record
from claims.serving.predictor import OptimizedPredictor
from model_parts import Parts
from release_parts import CANDIDATE, make_record


@pytest.fixture
def released(tmp_path: Path) -> Path:
    path = tmp_path / "1.tflite"
    path.write_bytes(append_record(CANDIDATE, make_record()))
    return path


def test_the_record_is_the_last_member_and_comes_back(released: Path) -> None:
    with zipfile.ZipFile(released) as archive:
        assert archive.namelist() == ["rules.json", "seal.json", RECORD]
        assert archive.infolist()[-1].date_time == (1980, 1, 1, 0, 0, 0)
    assert packed_record(released) == make_record()


def test_the_same_record_gives_the_same_bytes(released: Path) -> None:
    assert append_record(CANDIDATE, make_record()) == released.read_bytes()


def test_the_record_leaves_the_hashes_of_the_members_as_they_are(released: Path) -> None:
    assert hash_members(released.read_bytes()) == hash_members(CANDIDATE)
    assert hash_members(CANDIDATE).keys() == {"flatbuffer", "rules.json", "seal.json"}


def test_a_released_model_scores_as_the_one_that_was_verified(parts: Parts, batch, tmp_path: Path) -> None:
    content = parts.packed.read_bytes()
    released = tmp_path / "1.tflite"
    released.write_bytes(append_record(content, make_record(candidate=hash_members(content))))
    mine, theirs = (OptimizedPredictor.load(path).predict(batch) for path in (released, parts.packed))
    np.testing.assert_array_equal(mine.ml_score, theirs.ml_score)
    np.testing.assert_array_equal(mine.ml_derived_decision, theirs.ml_derived_decision)


def test_an_unreleased_model_is_refused(released: Path) -> None:
    released.write_bytes(CANDIDATE)
    with pytest.raises(ReleaseError, match="not a released model"):
        packed_record(released)


def altered(**members: str) -> bytes:
    """The released model with other members."""
    flatbuffer, found = take_apart(append_record(CANDIDATE, make_record()))
    return append_members(flatbuffer, found | {f"{name}.json": text for name, text in members.items()})


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (altered(rules='{"approve": 0}'), "rules.json"),
        (altered(more="{}"), "more.json"),
        (append_record(CANDIDATE.replace(b"weights", b"WEIGHTS"), make_record()), "flatbuffer"),
        (
            append_record(append_members(b"\0\0\0\0TFL3 weights", {"rules.json": "{}"}), make_record()),
            "seal.json",
        ),
    ],
    ids=["changed", "added", "weights", "removed"],
)
def test_a_part_that_was_not_released_is_named(released: Path, content: bytes, name: str) -> None:
    released.write_bytes(content)
    with pytest.raises(ReleaseError, match=f"its {name} is not the one that was released"):
        packed_record(released)


def test_a_member_written_twice_does_not_hide_the_one_that_is_read(released: Path) -> None:
    buffer = io.BytesIO(released.read_bytes())
    with zipfile.ZipFile(buffer, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("rules.json", '{"approve": 0}')
    released.write_bytes(buffer.getvalue())
    with pytest.raises(ReleaseError, match=r"its rules\.json is not"):
        packed_record(released)


def test_a_pointer_and_a_file_cut_short_are_named_with_the_remedy(released: Path) -> None:
    released.write_bytes(released.read_bytes()[:-20])
    with pytest.raises(ModelError, match=r"no complete packed model.*git checkout HEAD"):
        packed_record(released)
    released.write_text("version https://git-lfs.github.com/spec/v1\n")
    with pytest.raises(ModelError, match=r"a Git LFS pointer.*git lfs pull"):
        packed_record(released)
