"""Stages as programs: outputs whole or not at all, failures in one line."""

import json
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from claims.base.errors import ClaimsError, DataError
from claims.base.stage import In, Out, Word, run, with_outputs


def copy(source: In, target: Out) -> None:
    target.write_text(source.read_text())


def pyarrow_copy(source: In, target: Out) -> None:
    pq.write_table(pq.read_table(source / "claims.parquet"), target)


def fail(source: In, target: Out) -> None:
    target.write_text("half")
    raise DataError("claims", "are not right", "Mend them.")


def fill(folder: Out) -> None:
    folder.mkdir()
    (folder / "new").write_text("new")


def say(word: Word, target: Out) -> None:
    assert isinstance(word, str)
    target.write_text(word)


def test_a_word_is_no_path(tmp_path: Path) -> None:
    with_outputs(say, [Path("int8"), tmp_path / "target"])
    assert (tmp_path / "target").read_text() == "int8"


def test_an_output_appears_once_it_is_complete(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "made" / "target"
    source.write_text("claims")
    with_outputs(copy, [source, target])
    assert target.read_text() == "claims"
    assert list(target.parent.iterdir()) == [target]


def test_a_failed_stage_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("before")
    with pytest.raises(DataError):
        with_outputs(fail, [tmp_path, target])
    assert target.read_text() == "before"


def test_a_folder_is_replaced_whole(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "old").write_text("old")
    with_outputs(fill, [folder])
    assert [file.name for file in folder.iterdir()] == ["new"]


def test_no_output_of_several_appears_before_all_are_complete(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"

    def make(first: Out, second: Out) -> None:
        first.write_text("new")
        raise DataError("claims", "are not right", "Mend them.")

    with pytest.raises(DataError):
        with_outputs(make, [one, other])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("stage", [copy, pyarrow_copy])
def test_an_input_that_is_not_there_is_named(tmp_path: Path, monkeypatch, stage) -> None:
    monkeypatch.setattr(sys, "argv", ["stage", str(tmp_path / "source"), str(tmp_path / "target")])
    with pytest.raises(SystemExit, match=r"copy: .*/source: not there\. Run `dvc repro`"):
        run(stage)


def test_a_file_that_an_input_lacks_is_named(tmp_path: Path, monkeypatch) -> None:
    """Arrow raises an error without the name of a file as an attribute."""
    monkeypatch.setattr(sys, "argv", ["stage", str(tmp_path), str(tmp_path / "target")])
    with pytest.raises(SystemExit, match=r"pyarrow_copy: .*claims\.parquet.*`dvc repro`") as ended:
        run(pyarrow_copy)
    assert "None" not in str(ended.value)


def test_a_wrong_number_of_paths_names_them() -> None:
    with pytest.raises(ClaimsError, match="source target"):
        with_outputs(copy, [Path("one")])


def test_a_failure_is_one_line_and_exit_code_1(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(sys, "argv", ["stage", str(tmp_path), str(tmp_path / "target")])
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        run(fail)
    assert ended.value.code == "fail: claims: are not right. Mend them."


def test_seconds_go_to_a_file_of_their_own(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(sys, "argv", ["stage", str(tmp_path / "folder")])
    monkeypatch.chdir(tmp_path)
    run(fill)
    assert json.loads((tmp_path / "metrics/timing/fill.json").read_text())["seconds"] >= 0
