"""What goes wrong on the command line: one line, an exit code that says so, and a hint where there is one."""

import ast
import os
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest
from typer.testing import CliRunner, Result

from claims.base.errors import DataError
from claims.cli import app
from claims.cli.base import plainly
from workspaces import ROOT

SOURCES = sorted((ROOT / "src" / "claims").rglob("*.py"))


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments, env={"COLUMNS": "80"})


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("score", "--inptu", "claims.csv"), "--input"),
        (("promote", "3", "--two", "staging", "--why", "x"), "--to"),
        (("who-was-live", "--jsn"), "--json"),
        (("relase",), "'release'"),
        (("data", "lst"), "'list'"),
        (("cache", "chekc"), "'check'"),
    ],
)
def test_a_mistyped_option_or_command_is_answered_with_the_right_one(arguments, hint: str) -> None:
    done = run(*arguments)
    assert done.exit_code == 2
    assert hint in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("arguments", "missing"),
    [
        (("promote", "three", "--to", "staging", "--why", "x"), "integer"),
        (("promote", "3", "--to", "staging"), "Missing option '--why'"),
        (("release", "--why", "x", "--number", "0"), "--number"),
        (("diff", "1"), "Missing argument"),
        (("contract", "check"), "Missing argument"),
    ],
)
def test_wrong_usage_is_exit_code_2(arguments, missing: str) -> None:
    done = run(*arguments)
    assert done.exit_code == 2
    assert missing in " ".join(done.stderr.replace("│", " ").split())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("check",), "claims: params.yaml: no such file."),
        (("contract", "check", "none.yaml"), "claims: none.yaml: no such contract."),
        (("contract", "diff", "HEAD:contracts/a.yaml", "b.yaml"), "not a git repository"),
        (("data", "list"), "not a git repository"),
        (("data", "check"), "claims: workspace: no data/raw"),
        (("releases",), "not the root of a checkout"),
        (("diff", "1", "2"), "not the root of a checkout"),
        (("release", "--why", "x"), "claims: --key: not given."),
        (("cache", "check"), "claims: "),
        (("score", "--model", "none.tflite"), "claims: none.tflite: no such file."),
    ],
)
def test_a_failure_outside_a_checkout_is_one_line_and_exit_code_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(*arguments)
    assert done.exit_code == 1
    assert message in done.stderr
    assert done.stderr.startswith("claims: ")
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (("forget", "MBR-\udce9"), "subject"),
        (("promote", "3", "--to", "staging", "--why", "better \udcff"), "why"),
        (("who-was-live", "--at", "\udcff"), "at"),
        (("data", "diff", "\udcff"), "before"),
    ],
)
def test_a_text_that_is_not_utf_8_is_refused_and_not_repeated(arguments, name: str) -> None:
    done = run(*arguments)
    assert done.exit_code == 1
    assert done.stderr == f"claims: {name}: not UTF-8. Write it in UTF-8.\n"


def test_a_real_process_refuses_an_identifier_that_is_not_utf_8(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "claims.cli", "forget", b"MBR-\xe9"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (1, b"claims: subject: not UTF-8. Write it in UTF-8.\n")


def refusal(error: BaseException, capsys: pytest.CaptureFixture[str]) -> str:
    """What `plainly` says of an error, which has to become exit code 1."""

    def fail() -> None:
        raise error

    with pytest.raises(BaseException, match="1") as ended:
        plainly(fail)()
    assert getattr(ended.value, "exit_code", None) == 1
    return capsys.readouterr().err


def test_a_missing_package_is_named(capsys) -> None:
    said = refusal(ModuleNotFoundError("No module named 'dvc.repo'", name="dvc.repo"), capsys)
    assert said == "claims: dvc: not installed. Run `make setup`, or install the package that brings it.\n"


def test_a_message_with_brackets_is_shown_as_it_is(capsys) -> None:
    said = refusal(DataError("claims[0]", "[bold]", "Mend it."), capsys)
    assert said == "claims: claims[0]: [bold]. Mend it.\n"


def test_a_mistake_of_the_code_is_a_traceback() -> None:
    def fail() -> None:
        raise ModuleNotFoundError("No module named 'claims.nowhere'", name="claims.nowhere")

    with pytest.raises(ModuleNotFoundError):
        plainly(fail)()


BUFFERING = pytest.mark.parametrize("unbuffered", ["", "1"], ids=["kept back by Python", "written at once"])


def check_contract(output: IO[bytes] | int, unbuffered: str) -> subprocess.CompletedProcess[str]:
    """`claims contract check`, whose one line goes to the output."""
    return subprocess.run(
        [sys.executable, "-m", "claims.cli", "contract", "check", "contracts/professional.yaml"],
        cwd=ROOT,
        env=os.environ | {"PYTHONUNBUFFERED": unbuffered},
        stdout=output,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )


@BUFFERING
def test_a_closed_pipe_is_exit_code_1_without_a_word(unbuffered: str) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = check_contract(writer, unbuffered)
    os.close(writer)
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full, which is always full")
@BUFFERING
def test_a_full_output_is_one_line_and_exit_code_1(unbuffered: str) -> None:
    with Path("/dev/full").open("wb") as full:
        done = check_contract(full, unbuffered)
    assert (done.returncode, done.stderr) == (1, "claims: [Errno 28] No space left on device\n")


def test_checks_hold_without_assertions(tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONOPTIMIZE": "2"}
    illegal = tmp_path / "illegal.yaml"
    text = (ROOT / "contracts" / "professional.yaml").read_text(encoding="utf-8")
    illegal.write_text(text.replace("protect: hash", "protect: none", 1), encoding="utf-8")
    for path, code in ((illegal, 1), (ROOT / "contracts" / "professional.yaml", 0)):
        command = [sys.executable, "-m", "claims.cli", "contract", "check", str(path)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr


def narrows_a_type(test: ast.expr) -> bool:
    """Whether an assertion only tells the type checker what is so: ``x is not None``, ``isinstance``."""
    if isinstance(test, ast.UnaryOp):
        return narrows_a_type(test.operand)
    if isinstance(test, ast.Call):
        return isinstance(test.func, ast.Name) and test.func.id == "isinstance"
    return isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.IsNot) and len(test.ops) == 1


def test_no_assert_statement_carries_a_check() -> None:
    asserts = [
        (str(path.relative_to(ROOT)), node.lineno, narrows_a_type(node.test))
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Assert)
    ]
    assert [(path, line) for path, line, narrows in asserts if not narrows] == []
    assert len(SOURCES) > 100
