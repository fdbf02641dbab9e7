"""`claims score` as a person meets it: files in, files out, one plain line where something is wrong."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from pyarrow import csv
from typer.testing import CliRunner, Result

from claims.cli import app
from model_parts import FORMS, Parts, Raw, Sources, write_json_lines

ALONE = """
import sys
class Absent:
    def find_spec(name, path=None, target=None):
        if name in ("tensorflow", "keras", "pandas", "sklearn", "scipy", "matplotlib", "dvc"):
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Absent)
from claims.cli import app
app(sys.argv[1:])
"""


@pytest.fixture(scope="module")
def run(parts: Parts):
    """A function that calls `claims score` with the packed model in ML_MODEL_PATH."""

    def score(*arguments: str, stdin: str | None = None, model: Path = parts.packed) -> Result:
        command = ["score", *arguments]
        return CliRunner().invoke(app, command, input=stdin, env={"ML_MODEL_PATH": str(model)})

    return score


@pytest.fixture(scope="module")
def few(raw: Raw, tmp_path_factory: pytest.TempPathFactory) -> Sources:
    return Raw(raw.claims.slice(0, 50), raw.lines).write(tmp_path_factory.mktemp("few"))


@pytest.fixture(scope="module")
def expected(run, few: Sources) -> list[dict[str, Any]]:
    done = run("--input", few["jsonl"][0])
    assert done.exit_code == 0, done.stderr
    return rows(done.stdout)


def rows(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def given(source: str, lines: str | None) -> list[str]:
    return ["--input", source, *(["--lines", lines] if lines else [])]


def assert_refused(done: Result, message: str) -> None:
    """Exit code 1 and one line that says why."""
    assert done.exit_code == 1
    assert done.stderr.startswith("claims: ")
    assert done.stderr.count("\n") == 1
    assert message in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_input_gives_the_same(run, few: Sources, expected, form: str) -> None:
    assert rows(run(*given(*few[form])).stdout) == expected


def test_standard_input_and_output_are_the_default(run, few: Sources, expected) -> None:
    claims = Path(few["jsonl"][0]).read_text(encoding="utf-8")
    assert rows(run(stdin=claims).stdout) == rows(run("--input", "-", stdin=claims).stdout) == expected


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("out.csv", lambda path: csv.read_csv(path).to_pylist()),
        ("out.parquet", lambda path: pq.read_table(path).to_pylist()),
        ("out.jsonl", lambda path: rows(path.read_text(encoding="utf-8"))),
    ],
)
def test_every_form_of_output_holds_the_same(run, few, expected, tmp_path: Path, name: str, read) -> None:
    done = run("--input", few["jsonl"][0], "--output", str(tmp_path / name))
    assert (done.exit_code, done.stdout) == (0, "")
    assert read(tmp_path / name) == expected
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_reasons_are_given_where_asked_for(run, few: Sources, expected) -> None:
    scored = rows(run("--input", few["jsonl"][0], "--reasons").stdout)
    reasons = [row.pop("ml_reasons") for row in scored]
    assert scored == expected
    assert {row["ml_route"] for row, text in zip(scored, reasons, strict=True) if text} == {"person"}


def test_no_claims_give_a_header_alone(run, tmp_path: Path) -> None:
    assert run("--output", str(tmp_path / "out.csv"), stdin="").exit_code == 0
    header = '"claim_id","ml_score","ml_derived_decision","ml_route","ml_anomaly_score"\n'
    assert (tmp_path / "out.csv").read_text() == header


def test_a_bad_claim_stops_without_leaving_a_file(run, raw: Raw, tmp_path: Path) -> None:
    records = raw.records()[:3]
    records[2] |= {"total_charge": "secret"}
    source = str(write_json_lines(tmp_path / "claims.jsonl", records))
    refused = run("--input", source, "--output", str(tmp_path / "out.csv"))
    assert_refused(refused, "claim 3: total_charge")
    assert "secret" not in refused.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["claims.jsonl"]
    skipping = rows(run("--input", source, "--skip-bad").stdout)
    assert [row["ml_score"] is None for row in skipping] == [False, False, True]
    assert skipping[2]["ml_derived_decision"] == "ML_SKIPPED_NO_FEATURES"


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "no such file"), ("version https://git-lfs.github.com/spec/v1\n", "Run `git lfs pull`")],
)
def test_a_model_that_is_none_is_refused(run, tmp_path: Path, content: str | None, message: str) -> None:
    model = tmp_path / "model.tflite"
    if content is not None:
        model.write_text(content)
    assert_refused(run(stdin="", model=model), message)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--input", "{csv}"], "--lines: not given"),
        (["--input", "{folder}/none.csv"], "no such file"),
        (["--input", "{folder}/claims.db"], "neither a URL nor"),
        (["--input", "{folder}/lines.csv", "--lines", "{folder}/lines.csv"], "no column member_id"),
        (["--input", "{jsonl}", "--output", "out.xlsx"], "not a .csv"),
        (["--input", "{jsonl}", "--output", "{folder}/none/out.csv"], "no such folder"),
        (["--input", "{jsonl}", "--output", "/proc/out.csv"], "/proc/out.csv"),
    ],
)
def test_a_wrong_argument_is_said_in_one_line(run, few: Sources, arguments: list[str], message: str) -> None:
    names = {form: source for form, (source, _) in few.items()} | {"folder": Path(few["csv"][0]).parent}
    assert_refused(run(*(argument.format(**names) for argument in arguments)), message)


def test_an_unknown_option_shows_the_usage(run) -> None:
    done = run("--inptu", "claims.csv")
    assert done.exit_code == 2
    assert "--input" in done.stderr


def test_a_real_process_scores_without_what_training_needs(parts: Parts, few: Sources, expected) -> None:
    command = [sys.executable, "-c", ALONE, "score", *given(*few["parquet"])]
    environment = os.environ | {"ML_MODEL_PATH": str(parts.packed)}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert rows(done.stdout) == expected


def test_a_real_process_fails_without_a_traceback(parts: Parts, few: Sources) -> None:
    command = [str(Path(sys.executable).with_name("claims")), "score", "--model", str(parts.packed)]
    done = subprocess.run([*command, "--input", few["csv"][0]], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1].startswith("claims: --lines: not given.")
    assert "Traceback" not in done.stderr
