"""dvc.yaml against the code: every stage depends on what it imports, and on nothing else of src."""

import shutil
from pathlib import Path

import pytest

from claims.base.errors import PipelineError
from claims.repository.stage_code import check_stage_code, stage_problems
from workspaces import ROOT


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of what the check looks at."""
    shutil.copytree(
        ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info")
    )
    for name in ("dvc.yaml", "params.yaml"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def replace(tree: Path, name: str, old: str, new: str) -> None:
    text = (tree / name).read_text()
    assert old in text
    (tree / name).write_text(text.replace(old, new, 1))


def write(tree: Path, name: str, text: str) -> None:
    (tree / "src" / "claims" / name).write_text(text)


def test_the_repository_is_in_order() -> None:
    assert stage_problems(ROOT) == []


@pytest.mark.parametrize(
    "statement",
    [
        "import claims.simulator.codes",
        "from claims.simulator import codes",
        "from claims.simulator.codes import CARRIERS",
        "from ..simulator import codes",
        "from ..simulator.codes import CARRIERS",
        "def late():\n    from claims.simulator import codes\n",
    ],
)
def test_an_import_that_no_dep_covers_is_named(tree: Path, statement: str) -> None:
    path = tree / "src/claims/pipeline/split.py"
    path.write_text(f"{path.read_text()}\n{statement}\n")
    problems = stage_problems(tree)
    assert "split imports src/claims/simulator/codes.py, which none of its deps covers" in problems


def test_an_import_from_the_package_itself_is_followed(tree: Path) -> None:
    write(tree, "validation/extra.py", "from claims.simulator import codes\n")
    replace(
        tree,
        "src/claims/validation/faults.py",
        "import numpy as np",
        "import numpy as np\nfrom . import extra",
    )
    assert any(
        "validate imports src/claims/simulator/codes.py" in problem for problem in stage_problems(tree)
    )


@pytest.mark.parametrize(
    "hidden",
    [
        "import importlib\n",
        "import importlib.util\n",
        "from importlib import import_module as load\n",
        "from importlib import util\n",
        "import runpy\n",
        'codes = __import__("claims.simulator.codes")\n',
        'exec("import claims.simulator.codes")\n',
    ],
)
def test_an_import_by_name_is_refused(tree: Path, hidden: str) -> None:
    path = tree / "src/claims/data/windows.py"
    path.write_text(f"{path.read_text()}\n{hidden}")
    with pytest.raises(PipelineError, match=r"windows\.py:\d+: \S+ hides what is imported"):
        stage_problems(tree)


def test_metadata_of_packages_may_be_read(tree: Path) -> None:
    path = tree / "src/claims/data/windows.py"
    path.write_text(f"{path.read_text()}\nfrom importlib.metadata import version\n")
    assert stage_problems(tree) == []


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            "      - src/claims/simulator\n",
            "      - src/claims/simulator\n      - src/claims/training\n",
            "simulate depends on src/claims/training and imports nothing of it",
        ),
        (
            "      - src/claims/simulator\n",
            "      - src/claims/simulator\n      - src/claims/nowhere\n",
            "simulate depends on src/claims/nowhere, which is not there",
        ),
        (
            "      - src/claims/pipeline/simulate.py\n",
            "      - src/claims/pipeline\n",
            "simulate depends on the whole of src/claims/pipeline: name its own module",
        ),
        (
            "params: [simulate, source.url]",
            "params: [simulate]",
            "simulate reads source of params.yaml, which its params do not name",
        ),
        (
            "params: [tune, model,",
            "params: [model,",
            "tune reads tune of params.yaml, which its params do not name",
        ),
        (
            "PYTHONPATH=src python -m claims.pipeline.simulate",
            "python -m claims.pipeline.simulate",
            "simulate does not run a stage of its own checkout: `PYTHONPATH=src python -m",
        ),
        (
            "outs: [data/demo]",
            "outs: [src/claims/base/made]",
            "simulate depends on src/claims/base and writes",
        ),
    ],
)
def test_what_is_wrong_in_dvc_yaml_is_named(tree: Path, old: str, new: str, problem: str) -> None:
    replace(tree, "dvc.yaml", old, new)
    assert any(complaint.startswith(problem) for complaint in stage_problems(tree))


def test_a_template_is_code_that_a_stage_depends_on(tree: Path) -> None:
    write(tree, "pipeline/page.txt", "a template")
    problems = stage_problems(tree)
    assert "split imports src/claims/pipeline/page.txt, which none of its deps covers" in problems


def test_all_problems_are_said_at_once(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("claims.repository.stage_code.check_own_code", lambda _: None)
    replace(tree, "dvc.yaml", "      - src/claims/simulator\n", "")
    with pytest.raises(PipelineError) as raised:
        check_stage_code(tree)
    assert str(raised.value).count("simulate imports src/claims/simulator/") > 5


def test_the_code_of_another_checkout_is_refused(tree: Path) -> None:
    with pytest.raises(PipelineError, match=r"Python imports claims from .*, not from"):
        check_stage_code(tree)
