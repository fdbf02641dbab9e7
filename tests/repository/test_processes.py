"""Other programs: what they print, and one line where they fail."""

import subprocess
import sys
from pathlib import Path

import pytest

from claims.base.errors import CommandError, HistoryError
from claims.repository.git import Git
from claims.repository.processes import run, run_dvc, show, succeeds

PYTHON = (sys.executable, "-c")
STAGE_FAILED = "ERROR: failed to reproduce 'split': failed to run: x\n"
FAILS = "import sys; sys.stdout.write({0!r}); sys.stderr.write({1!r}); sys.exit(3)"


def refusal(printed: str, said: str) -> str:
    """What is found where a program prints, says and fails."""
    with pytest.raises(CommandError) as refused:
        run(*PYTHON, FAILS.format(printed, said), name="the program")
    assert refused.value.thing == "the program"
    return refused.value.found


def test_what_it_prints_is_returned_and_what_it_says_is_not() -> None:
    assert run(*PYTHON, "import sys; print('out'); print('said', file=sys.stderr)") == b"out\n"


@pytest.mark.parametrize("argument", ["two words", "$HOME", "; echo no", "*", "'", "=", ""])
def test_no_shell_reads_the_arguments(argument: str) -> None:
    assert run(*PYTHON, "import sys; sys.stdout.write(sys.argv[1])", argument).decode() == argument


def test_folder_input_and_environment_are_its_own(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("KEPT", "kept")
    code = "import os, sys; print(os.getcwd(), sys.stdin.read(), os.environ['KEPT'], os.environ['NEW'])"
    printed = run(*PYTHON, code, folder=tmp_path, given=b"given", variables={"NEW": "new"})
    assert printed.decode().split() == [str(tmp_path.resolve()), "given", "kept", "new"]


@pytest.mark.parametrize(
    ("printed", "said", "reason"),
    [
        ("", "warning: x\nfatal: no such branch.\nhint: try another\n", "no such branch"),
        ("", "ERROR: failed to pull\n<https://error.dvc.org/x>\n", "failed to pull"),
        ("", "first\nnot today\n\nhint: later\n", "not today"),
        ("", f"split: no claims. Mend it.\n{STAGE_FAILED}", "split: no claims. Mend it"),
        (
            "",
            f"a library's word\n{STAGE_FAILED}",
            "failed to reproduce 'split': failed to run: x",
        ),
        ("only printed\n", "", "only printed"),
        ("printed", "said", "said"),
        ("", "", "exit code 3"),
        ("", "\xff odd bytes", "ÿ odd bytes"),
        ("", "fatal: cannot reach 'https://me:secret@host/x'", "cannot reach 'https://me:***@host/x'"),
    ],
)
def test_a_failure_is_the_line_that_says_why(printed: str, said: str, reason: str) -> None:
    assert refusal(printed, said) == reason


def test_a_password_in_the_command_is_not_shown() -> None:
    with pytest.raises(CommandError) as refused:
        run("false", "https://me:secret@host/claims.git")
    assert str(refused.value).startswith("false https://me:***@host/claims.git: exit code 1.")


def test_what_is_not_installed_is_named() -> None:
    with pytest.raises(HistoryError, match=r"no-such-program: not installed\. Install it\."):
        run("no-such-program", "x", refuse=HistoryError)


def test_a_file_that_is_no_program_is_named(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no program")
    with pytest.raises(CommandError, match=r"text: cannot be started \(Permission denied\)"):
        run(str(tmp_path / "text"))


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(HistoryError, match="nowhere: no such folder"):
        Git(tmp_path / "nowhere").run("status")


def test_git_is_named_with_what_it_was_to_do(tmp_path: Path) -> None:
    with pytest.raises(HistoryError, match=r"git log: not a git repository"):
        Git(tmp_path).text("-c", "core.quotePath=false", "log", GIT_CEILING_DIRECTORIES=str(tmp_path.parent))


def test_dvc_runs_with_the_programs_of_this_environment(tmp_path: Path) -> None:
    assert run_dvc("--version").strip()
    with pytest.raises(HistoryError, match=r"dvc status --json: you are not inside of a DVC repository"):
        run_dvc("status", "--json", folder=tmp_path, refuse=HistoryError)


def test_progress_is_passed_on_to_standard_error(capfd) -> None:
    show(*PYTHON, "import sys; print('printed', flush=True); print('said', file=sys.stderr)")
    assert capfd.readouterr() == ("", "printed\nsaid\n")
    with pytest.raises(CommandError, match=r"exit code 2\. What it says stands above"):
        show(*PYTHON, "raise SystemExit(2)")


def test_a_log_holds_all_that_a_program_says(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "one.log"
    code = "import sys; print('printed', flush=True); print('said', file=sys.stderr); sys.exit({})"
    assert succeeds(*PYTHON, code.format(0), log=log)
    assert log.read_text() == "printed\nsaid\n"
    assert not succeeds(*PYTHON, code.format(1), log=log)


STAYS = """
import os, signal, time
signal.signal(signal.SIGINT, lambda *_: None)
os.kill(os.getppid(), signal.SIGINT)
time.sleep(0.5)
print("ended")
"""
STARTS = f"""
import sys
from pathlib import Path
from claims.repository.processes import succeeds
try:
    succeeds(sys.executable, "-c", {STAYS!r}, log=Path("log"))
except KeyboardInterrupt:
    print(Path("log").read_text())
"""


def test_an_interrupt_waits_for_the_program(tmp_path: Path) -> None:
    command = [sys.executable, "-c", STARTS]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "ended"
