"""What a machine or a person sets otherwise: names of paths, Git's settings, Python's switches."""

import json
import shutil
from pathlib import Path

import pytest

from pipeline_parts import Reproduced, made_by_stages
from workspaces import SMALL, Workspace, make_workspace


@pytest.fixture(scope="module")
def workspace(demo, tmp_path_factory) -> Workspace:
    """A checkout whose claims lie at a path that a shell would take apart."""
    root = tmp_path_factory.mktemp("surroundings") / "claims-mlops"
    made = make_workspace(root, SMALL)
    folder = made.path("claims & touch pwned; $(touch pwned)")
    folder.mkdir()
    shutil.copy(demo.database, folder / "it's mine.db")
    (root / ".git" / "info" / "exclude").write_text("/claims*\n")
    return made


def test_no_path_is_taken_for_a_command(workspace: Workspace) -> None:
    folder = "claims & touch pwned; $(touch pwned)"
    settings = {"source.url": f"sqlite:///{folder}/it's mine.db", "source.watch": folder}
    given = [part for name, value in settings.items() for part in ("-S", f'{name}="{value}"')]
    workspace.run("dvc", "exp", "run", "--name", "paths", *given, "extract", CLAIMS_HASH_KEY="k" * 16)
    assert json.loads(workspace.path("metrics/extract.json").read_text())["in_window"] > 1000
    assert not workspace.path("pwned").exists()


def test_a_value_with_an_equals_sign_is_given_in_quotes(workspace: Workspace) -> None:
    url = "sqlite:///file:claims.db?mode=ro&uri=true"
    workspace.run("dvc", "exp", "run", "--name", "url", "-S", f'source.url="{url}"', "simulate")
    assert f"url: {url}" in workspace.path("params.yaml").read_text()


@pytest.mark.parametrize("name", ["a b", "a;touch pwned", "../professional", ""])
def test_a_contracts_name_is_a_word(workspace: Workspace, name: str) -> None:
    workspace.set_params({"contract": name})
    try:
        with pytest.raises(AssertionError, match="contract: String should match pattern"):
            workspace.run("claims", "check")
    finally:
        workspace.run("git", "checkout", "-q", "params.yaml")
    assert not workspace.path("pwned").exists()


def test_settings_of_git_change_no_byte(workspace: Workspace, tmp_path: Path) -> None:
    settings = ("core.autocrlf=true", "core.eol=crlf", "core.symlinks=false", "core.fileMode=false")
    options = [part for setting in settings for part in ("-c", setting)]
    workspace.run("git", "checkout", "-q", ".")
    workspace.run("git", *options, "clone", "-q", str(workspace.root), str(tmp_path / "clone"))
    names = workspace.run("git", "ls-files").stdout.splitlines()
    assert len(names) > 400
    for name in names:
        assert (tmp_path / "clone" / name).read_bytes() == workspace.path(name).read_bytes(), name


def test_stages_run_without_asserts(reproduced: Reproduced, tmp_path: Path) -> None:
    copy = reproduced.copy(tmp_path / "claims-mlops")
    ran = copy.run("dvc", "repro", "--force", "--single-item", "extract", "validate", PYTHONOPTIMIZE="1")
    assert copy.ran(ran.stdout) == ["extract", "validate"]
    assert made_by_stages(copy) == reproduced.made


def test_stages_say_that_packages_need_docstrings(workspace: Workspace) -> None:
    with pytest.raises(AssertionError, match="PYTHONOPTIMIZE is 2: packages need the docstrings") as raised:
        workspace.run("dvc", "repro", "--force", "validate", PYTHONOPTIMIZE="2")
    assert "Traceback" not in str(raised.value)
