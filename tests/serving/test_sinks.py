"""Sinks: the same rows in every form; a file that is complete or not there."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import csv

from claims.base.errors import SourceError
from claims.serving.sinks import open_sink

TABLE = pa.table(
    {"claim_id": ["a", 'b,"c"', "é"], "ml_score": [0.1, None, 1 / 3], "decision": ["X", "Y", "Z"]}
)
FILES = ("scored.csv", "scored.parquet", "scored.jsonl", "scored.ndjson", "SCORED.CSV")


def read_back(path: Path) -> list[dict]:
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        return pq.read_table(path).to_pylist()
    if suffix == ".csv":
        return csv.read_csv(path).to_pylist()
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("name", FILES)
def test_rows_come_back_as_they_were_written(tmp_path: Path, name: str) -> None:
    with open_sink(str(tmp_path / name), TABLE.schema) as write:
        write(TABLE)
        write(TABLE.slice(1))
    assert read_back(tmp_path / name) == TABLE.to_pylist() + TABLE.slice(1).to_pylist()


def test_standard_output_gets_json_lines(capsys: pytest.CaptureFixture[str]) -> None:
    with open_sink("-", TABLE.schema) as write:
        write(TABLE)
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == TABLE.to_pylist()


@pytest.mark.parametrize("name", FILES)
def test_no_rows_leave_a_file_with_its_columns(tmp_path: Path, name: str) -> None:
    with open_sink(str(tmp_path / name), TABLE.schema):
        pass
    assert read_back(tmp_path / name) == []
    if name == "scored.csv":
        assert (tmp_path / name).read_text() == '"claim_id","ml_score","decision"\n'


@pytest.mark.parametrize("name", FILES)
def test_a_failure_leaves_what_was_there(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("before")
    with pytest.raises(ZeroDivisionError), open_sink(str(tmp_path / name), TABLE.schema) as write:
        write(TABLE.slice(1 // 0))
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [(name, "before")]


@pytest.mark.parametrize(
    ("name", "message"),
    [("scored.xlsx", r"not a \.csv, .*--output"), ("scored", r"not a \.csv"), ("no/s.csv", "no such folder")],
)
def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(SourceError, match=message), open_sink(str(tmp_path / name), TABLE.schema):
        pass
    assert not list(tmp_path.iterdir())
