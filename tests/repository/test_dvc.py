"""The one place that touches DVC's own modules does what DVC's commands do."""

import ast
import json
from pathlib import Path

import pytest
import yaml

from claims.base.errors import ParamsError, StorageError
from claims.repository.dvc import expand_grid, local_cache, open_repo, override_params
from workspaces import ROOT, Workspace

ITS_MODULES = ("dvc", "dvc_data", "dvc_objects", "dvc_task", "scmrepo", "hydra")


def test_outputs_are_those_of_the_lock(checkout: Workspace) -> None:
    lock = yaml.safe_load(checkout.path("dvc.lock").read_text())["stages"]["make"]["outs"]
    with open_repo(checkout.root) as repo:
        outputs = {str(output.path): (output.oid, output.size) for output in repo.outputs()}
    cached = {out["path"]: out for out in lock if out["path"] != "metrics/make.json"}
    assert outputs == {
        path: (out["md5"], None if out["md5"].endswith(".dir") else out["size"])
        for path, out in cached.items()
    }


def test_a_folders_hash_is_that_of_the_lock(checkout: Workspace) -> None:
    with open_repo(checkout.root) as repo:
        (folder,) = (output for output in repo.outputs() if output.size is None)
        assert repo.cache.hash_of(checkout.path(str(folder.path))) == folder.oid
        (checkout.path(str(folder.path)) / "more").write_text("more")
        assert repo.cache.hash_of(checkout.path(str(folder.path))) != folder.oid


def test_the_cache_gives_what_it_holds(checkout: Workspace, tmp_path: Path) -> None:
    cache = local_cache(checkout.root)
    oid = next(out for out in json.loads(lists_of(checkout)) if out["relpath"] == "000.bin")["md5"]
    expected = checkout.path("data/claims/000.bin").read_bytes()
    cache.fetch(oid, tmp_path / "copy")
    assert (cache.read(oid), cache.size(oid)) == (expected, len(expected))
    assert (tmp_path / "copy").read_bytes() == cache.path(oid).read_bytes() == expected
    with pytest.raises(FileNotFoundError):
        cache.read("0" * 32)


def lists_of(checkout: Workspace) -> bytes:
    cache = local_cache(checkout.root)
    with open_repo(checkout.root) as repo:
        return cache.read(next(output.oid for output in repo.outputs() if output.size is None))


def test_a_folder_outside_of_any_repository_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"dvc: you are not inside of a DVC repository.*Run it inside"):
        local_cache(tmp_path)


def test_a_grid_is_every_combination_of_its_values() -> None:
    assert expand_grid(["train.dropout=0.1,0.2", "seed=7"], "params.yaml") == [
        ("train.dropout=0.1", "seed=7"),
        ("train.dropout=0.2", "seed=7"),
    ]
    with pytest.raises(ParamsError, match=r"Write section\.key=value,value"):
        expand_grid(["dropout"], "params.yaml")


def test_overrides_are_written_into_the_file(tmp_path: Path) -> None:
    params = tmp_path / "params.yaml"
    params.write_text("# kept\ntrain:\n  dropout: 0.1\nsource:\n  until: null\n")
    override_params(params, ["train.dropout=0.2", "source.until='2026-06-01'"])
    text = params.read_text()
    assert yaml.safe_load(text) == {"train": {"dropout": 0.2}, "source": {"until": "2026-06-01"}}
    assert text.startswith("# kept\n")


def test_no_other_module_imports_from_dvc() -> None:
    files = [*(ROOT / "src").rglob("*.py"), *(ROOT / "tools").rglob("*.py")]
    importing = {str(file.relative_to(ROOT)) for file in files if _imported(file).intersection(ITS_MODULES)}
    assert importing == {"src/claims/repository/dvc.py"}


def _imported(file: Path) -> set[str]:
    """Names of the packages that a file imports from, wherever in it."""
    nodes = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom) and not node.level]
    return {name.partition(".")[0] for name in names}
