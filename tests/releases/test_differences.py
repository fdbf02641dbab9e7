"""Two runs beside each other: which outputs differ, and by how much."""

import hashlib
import json
from pathlib import Path

import pytest

from claims.releases.differences import Recorded, differing
from claims.repository.git import Git
from lock_parts import write_lock


def test_outputs_of_other_bytes_are_named(tmp_path: Path) -> None:
    before, after = write_lock(tmp_path / "one"), write_lock(tmp_path / "other", model="x")
    assert differing(before, after, "train") == ["model"]
    assert differing(before, after, "extract") == []


@pytest.fixture
def recorded(tmp_path: Path) -> Recorded:
    """A commit whose metrics differ from those that lie there."""
    metrics = tmp_path / "metrics" / "evaluate.json"
    metrics.parent.mkdir()
    metrics.write_text(json.dumps({"test": {"roc_auc": 0.8, "rows": 5000}, "name": "a"}))
    lock = write_lock(tmp_path / "dvc.lock")
    Git(tmp_path).text("init", "-q")
    Git(tmp_path).text("add", "-A")
    Git(tmp_path).text("commit", "-qm", "start")
    return Recorded(tmp_path, "HEAD", lock, tmp_path / "cache")


def store(cache: Path, content: bytes, kind: str = "") -> str:
    digest = hashlib.md5(content, usedforsecurity=False).hexdigest() + kind
    path = cache / "files" / "md5" / digest[:2] / digest[2:]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return digest


def test_of_metrics_the_number_that_differs_most_is_named(recorded: Recorded) -> None:
    changed = {"test": {"roc_auc": 0.6, "rows": 5001}, "name": "b"}
    (recorded.root / "metrics" / "evaluate.json").write_text(json.dumps(changed))
    said = recorded.how_much("evaluate", ["metrics/evaluate.json"])
    assert said == "metrics/evaluate.json: test.roc_auc 0.8 recorded, 0.6 made (-0.2)"


def test_metrics_that_git_does_not_hold_come_from_the_cache(recorded: Recorded) -> None:
    was = store(recorded.cache, json.dumps({"loss": 0.5}).encode())
    recorded.lock.outputs["evaluate"]["metrics/judge.json"] = was
    (recorded.root / "metrics" / "judge.json").write_text(json.dumps({"loss": 0.75}))
    said = recorded.how_much("evaluate", ["metrics/judge.json"])
    assert said == "metrics/judge.json: loss 0.5 recorded, 0.75 made (+0.25)"


def test_of_a_file_the_bytes_that_differ_are_counted(recorded: Recorded) -> None:
    recorded.lock.outputs["train"]["model"] = store(recorded.cache, b"0123456789")
    (recorded.root / "model").write_bytes(b"01234X6Y89++")
    assert recorded.how_much("train", ["model"]) == "model: 4 bytes differ"


def test_of_a_folder_the_first_file_is_named_too(recorded: Recorded) -> None:
    same, other = (store(recorded.cache, content) for content in (b"same", b"other"))
    listing = json.dumps([{"relpath": "a", "md5": same}, {"relpath": "sub/b", "md5": other}]).encode()
    recorded.lock.outputs["extract"]["data/raw"] = store(recorded.cache, listing, ".dir")
    folder = recorded.root / "data" / "raw"
    (folder / "sub").mkdir(parents=True)
    (folder / "a").write_bytes(b"same")
    (folder / "sub" / "b").write_bytes(b"othex")
    (folder / "sub" / "c").write_bytes(b"new")
    assert recorded.how_much("extract", ["data/raw"]) == "data/raw: 4 bytes differ, sub/b first"


def test_what_the_cache_does_not_hold_cannot_be_compared(recorded: Recorded) -> None:
    (recorded.root / "model").write_bytes(b"x")
    assert "is not in the cache" in recorded.how_much("train", ["model"])
