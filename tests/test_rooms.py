"""Tests lie where their module lies: tests/ROOM/test_MODULE.py, or their reason stands here."""

from collections import Counter
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
ROOMS = TESTS.parent / "src" / "claims"
FILES = sorted(file for file in TESTS.glob("*/test_*.py") if (ROOMS / file.parent.name).is_dir())
ELSEWHERE = {  # what a file is about that is no single module
    "cli/test_failures.py": "how commands fail, all of them",
    "cli/test_help.py": "what commands say of themselves, all of them",
    "cli/test_score.py": "one command of `cli/model.py`, from file to file",
    "contract/test_load_contract.py": "mistakes in a contract's file, whichever module refuses them",
    "model/test_format_0.py": "what was packed in format 0 decides the same",
    "pipeline/test_comparing.py": "experiments and sweeps of the whole pipeline",
    "pipeline/test_declared.py": "what dvc.yaml declares, stage by stage",
    "pipeline/test_empty_cache.py": "a clone without DVC's cache",
    "pipeline/test_experiments.py": "the whole pipeline on real claims",
    "pipeline/test_interruptions.py": "the pipeline, killed",
    "pipeline/test_metrics_files.py": "every metrics file of a run",
    "pipeline/test_own_code.py": "worktrees and experiments apart",
    "pipeline/test_quoted.py": "what pages quote of a run",
    "quantization/test_faults.py": "faults planted in variants, whichever check refuses them",
    "pipeline/test_releases.py": "releases of a pipeline that ran, made again",
    "pipeline/test_repro.py": "what `make repro` leaves",
    "pipeline/test_surroundings.py": "paths, Git's settings and Python's switches",
    "pipeline/test_tuning.py": "from the search to the network",
    "pipeline/test_workflow_runs.py": "workflows, step by step",
    "releases/test_refusals.py": "what no release comes of",
    "repository/test_faults.py": "faults in remotes and cache, detected by several modules",
    "repository/test_hooks.py": "`tools/hooks.py` and `.githooks`",
    "repository/test_lfs.py": "Git LFS beside DVC",
    "repository/test_remotes.py": "each kind of remote, on a server",
    "simulator/test_approval_probability.py": "what the rules add up to",
    "simulator/test_simulated_files.py": "the files of a simulation",
    "simulator/test_simulated_tables.py": "the tables of a simulation",
    "sources/test_bad_sources.py": "sources that are refused, whichever module refuses them",
    "sources/test_json_lines.py": "one form of file, from source to columns",
    "tuning/test_killed_searches.py": "a search, killed",
    "tuning/test_objectives.py": "`network_objective.py` and `boosting_search.py`, the same tests",
    "tuning/test_searches.py": "`network_search.py` and `boosting_search.py`, the same tests",
    "tuning/test_workers.py": "a search led by a chief",
}


def name(file: Path) -> str:
    return str(file.relative_to(TESTS))


def names_a_module(path: str) -> bool:
    module = ROOMS / path.replace("/test_", "/")
    return module.is_file() or (module.with_suffix("") / "__init__.py").is_file()


@pytest.mark.parametrize("file", [file for file in FILES if name(file) not in ELSEWHERE], ids=name)
def test_a_file_names_a_module_of_its_room(file: Path) -> None:
    assert names_a_module(name(file)), f"{name(file)}: no such module; say what it is about in ELSEWHERE"


def test_what_lies_elsewhere_is_there_and_names_no_module() -> None:
    assert [path for path in ELSEWHERE if not (TESTS / path).is_file()] == []
    assert [path for path in ELSEWHERE if names_a_module(path)] == []


def test_every_room_has_tests() -> None:
    rooms = {path.name for path in ROOMS.iterdir() if (path / "__init__.py").is_file()}
    assert rooms - {file.parent.name for file in FILES} == set()


def test_no_room_has_over_12_percent_of_the_lines() -> None:
    """A room that grows beyond 12 % of them is to be cut."""
    lines = Counter(
        {
            room.name: sum(file.read_text(encoding="utf-8").count("\n") for file in room.rglob("*.py"))
            for room in ROOMS.iterdir()
            if room.is_dir()
        }
    )
    ((largest, most),) = lines.most_common(1)
    assert most / lines.total() <= 0.12, f"{largest} has {most} of {lines.total()} lines"
