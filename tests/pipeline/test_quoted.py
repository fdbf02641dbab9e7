"""What pages quote of a run, beside a small run: the words are the same, the figures are the demo's."""

import json
import re
import shutil
import sys
from pathlib import Path

import pytest
import yaml

from docs.pages import blocks
from docs.quoted import alike, said_by
from pipeline_parts import Reproduced
from workspaces import ROOT, Workspace


def quoted(page: str, start: str) -> str:
    """The block of a page that starts so."""
    texts = [*blocks(ROOT / page, "text"), *blocks(ROOT / page, "console")]
    (block,) = [block for block in texts if block.startswith(start)]
    return block


def metrics(workspace: Workspace, stage: str) -> dict:
    return json.loads(workspace.path(f"metrics/{stage}.json").read_text(encoding="utf-8"))


def test_make_repro_ends_as_the_readme_shows(reproduced: Reproduced) -> None:
    shown = quoted("README.md", "$ make repro").partition("\n")[2]
    said = reproduced.workspace.run(sys.executable, "tools/summary.py").stdout
    assert max(map(len, said.splitlines())) <= 80
    assert alike(shown, said)


def test_counts_add_up_as_the_page_on_sources_says(reproduced: Reproduced) -> None:
    workspace = reproduced.workspace
    extract, validate, split = (metrics(workspace, stage) for stage in ("extract", "validate", "split"))
    maturity = metrics(workspace, "maturity")
    windows = [*maturity["splits"].values(), *maturity["months"].values()]
    counts = [
        extract,
        validate,
        {"valid": validate["valid"]} | {name: part["rows"] for name, part in split.items()},
        *windows,
    ]
    checked = 0
    for line in quoted("docs/sources.md", "extract.json").splitlines():
        whole, parts = re.sub(r"^\w+\.json|\(.*?\)|,.*", "", line).strip().split("=")
        names = [name.strip() for name in parts.split("+")]
        for count in counts:
            if {whole.strip(), *names} <= count.keys():
                assert count[whole.strip()] == sum(count[name] for name in names), line
                checked += 1
    assert checked == 5 + len(windows)
    assert validate["rows"] == extract["decided"]


def test_the_windows_of_a_retraining_are_printed_as_shown(reproduced: Reproduced, tmp_path: Path) -> None:
    params = (ROOT / "params.yaml").read_text(encoding="utf-8")
    assert "until: null" in params
    (tmp_path / "params.yaml").write_text(params.replace("until: null", 'until: "2026-05-01"'))
    shutil.copytree(reproduced.workspace.path("metrics"), tmp_path / "metrics")
    said = said_by(str(ROOT / "tools/retrain_window.py"), "--until", "2026-06-01", folder=tmp_path)
    assert alike(quoted("docs/delivery.md", "source.until="), said)


def test_a_corrupt_cache_is_told_as_shown(reproduced: Reproduced) -> None:
    workspace = reproduced.workspace
    lock = yaml.safe_load(workspace.path("dvc.lock").read_text(encoding="utf-8"))
    (digest,) = [
        out["md5"] for out in lock["stages"]["verify"]["outs"] if out["path"] == "models/claims_model.tflite"
    ]
    place = Path(workspace.run("dvc", "cache", "dir").stdout.strip(), "files/md5", digest[:2], digest[2:])
    content = place.read_bytes()
    place.chmod(0o644)
    try:
        place.write_bytes(content[:1500])
        with pytest.raises(AssertionError) as failed:
            workspace.run("claims", "cache", "check")
    finally:
        place.write_bytes(content)
    said = str(failed.value).partition("exited 1\n")[2]
    assert alike(quoted("docs/storage.md", "78 objects hashed"), said)
