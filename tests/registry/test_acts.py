"""Acts are whole or not at all: killed anywhere, at once, in a clone without tags, beside a changed log."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from claims.base.errors import ReleaseError
from claims.registry.registry import Registry
from claims.releases.promotion import archive, promote, rollback
from claims.repository.git import Git

KILLED = """
import importlib, os, signal, sys
from pathlib import Path
from claims.releases.promotion import promote
from claims.registry.registry import Registry
module, _, name = sys.argv[2].rpartition(":")
owner = importlib.import_module(module)
*parts, name = name.split(".")
for part in parts:
    owner = getattr(owner, part)
true, calls = getattr(owner, name), []
def dies(*arguments, **named):
    calls.append(1)
    if len(calls) == int(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)
    return true(*arguments, **named)
setattr(owner, name, dies)
promote(Registry(Path(sys.argv[1])), 2, "production", "better")
"""
PROMOTE = """
import sys
from pathlib import Path
from claims.releases.promotion import promote
from claims.registry.registry import Registry
promote(Registry(Path(sys.argv[1])), int(sys.argv[2]), sys.argv[3], "at once")
"""


@pytest.fixture
def two(registry: Registry, publish) -> Registry:
    """Releases 1 and 2, of which 1 is on production."""
    publish(1)
    publish(2)
    promote(registry, 1, "production", "first")
    return registry


def status(registry: Registry) -> str:
    return Git(registry.root).text("status", "--porcelain")


def tags(registry: Registry, pattern: str) -> list[str]:
    return Git(registry.root).lines("tag", "--list", pattern)


def on_production(registry: Registry) -> str:
    """The version that GTO shows there."""
    command = [str(Path(sys.executable).with_name("gto")), "show", "claims-model#production", "--version"]
    return subprocess.run(
        command, cwd=registry.root, capture_output=True, text=True, check=True
    ).stdout.strip()


@pytest.mark.parametrize(
    ("where", "call"),
    [
        ("claims.registry.registry:write_whole", 1),
        ("claims.registry.registry:write_whole", 2),
        ("claims.registry.registry:write_whole", 3),
        ("claims.releases.promotion:commit_files", 1),
        ("claims.releases.promotion:follow_log", 1),
        ("claims.registry.tags:_make", 1),
    ],
    ids=[
        "before the log",
        "before pointers",
        "between pointers",
        "before the commit",
        "after it",
        "at the tag",
    ],
)
@pytest.mark.parametrize("then", ["again", "another"])
def test_a_promotion_killed_anywhere_can_be_done_again(
    two: Registry, where: str, call: int, then: str
) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, str(two.root), where, str(call)], check=False)
    assert killed.returncode == -9
    committed = Git(two.root).text("log", "-1", "--format=%s").startswith("Promote 2")
    if then == "another":
        promote(two, 1, "staging", "try")
    elif committed:
        with pytest.raises(ReleaseError, match="on production already"):
            promote(two, 2, "production", "better")
    else:
        promote(two, 2, "production", "better")
    live = 2 if committed or then == "again" else 1
    assert two.state().live("production").release == live
    assert on_production(two) == f"v{live}.0.0"
    assert len([e for e in two.state().entries if e.action == "promote" and e.release == 2]) == live - 1
    assert status(two) == ""
    assert not list(two.records.glob(".*.partial"))


def test_what_a_killed_act_left_is_undone_and_said(two: Registry, capfd) -> None:
    where = "claims.releases.promotion:commit_files"
    subprocess.run([sys.executable, "-c", KILLED, str(two.root), where, "1"], check=False)
    assert status(two) != ""
    promote(two, 1, "staging", "try")
    said = capfd.readouterr().err
    assert said.startswith("claims: undone, as its process was killed: models/releases/")


def test_promotions_at_once_wait_for_each_other(two: Registry) -> None:
    acts = [(2, "production"), (1, "staging"), (2, "staging")]
    running = [
        subprocess.Popen([sys.executable, "-c", PROMOTE, str(two.root), str(number), environment])
        for number, environment in acts
    ]
    assert [process.wait() for process in running] == [0, 0, 0]
    assert two.state().live("production").release == 2
    assert {(e.release, e.environment) for e in two.state().entries[-3:]} == set(acts)
    assert len(tags(two, "claims-model#*")) == 4
    assert status(two) == ""


@pytest.mark.parametrize("act", [lambda r: promote(r, 2, "staging", "a"), lambda r: archive(r, 2, "a")])
def test_entries_that_are_not_committed_are_not_built_on(two: Registry, act) -> None:
    with two.writing():
        two.note("promote", two.record(2), "Ada", "by hand", "production")
    with pytest.raises(ReleaseError, match=r"head: not as it was committed\. Restore it: `git checkout"):
        act(two)
    Git(two.root).text("checkout", "HEAD", "--", "models/releases")
    act(two)


def test_tags_that_a_clone_lacks_are_made_of_its_log(two: Registry, tmp_path: Path) -> None:
    """As where a pull request brought the releases, and no tag."""
    archive(two, 2, "wrong")
    commits = [Git(two.root).text("rev-parse", f"claims-model@v{n}.0.0^{{commit}}") for n in (1, 2)]
    Git(two.root).text("clone", "-q", "--no-tags", str(two.root), str(tmp_path / "clone"))
    clone = Registry(tmp_path / "clone")
    promote(clone, 1, "staging", "try")
    assert [Git(clone.root).text("rev-parse", f"claims-model@v{n}.0.0^{{commit}}") for n in (1, 2)] == commits
    assert on_production(clone) == "v1.0.0"
    assert len(tags(clone, "claims-model@v2.0.0!#*")) == 1


def test_a_shallow_clone_without_tags_makes_none_of_a_wrong_commit(two: Registry, tmp_path: Path) -> None:
    root = tmp_path / "clone"
    Git(two.root).text("clone", "-q", "--depth=1", "--no-tags", two.root.resolve().as_uri(), str(root))
    before = (root / "models" / "releases" / "log.jsonl").read_bytes()
    with pytest.raises(
        ReleaseError, match=r"claims-model@v1\.0\.0: no such tag in this.*fetch --tags --unshallow"
    ):
        promote(Registry(root), 1, "staging", "try")
    assert (root / "models" / "releases" / "log.jsonl").read_bytes() == before
    Git(root).text("fetch", "-q", "--tags", "--unshallow")
    promote(Registry(root), 1, "staging", "try")


def test_a_promotion_taken_back_by_git_leaves_gto_right_after_the_next(two: Registry) -> None:
    """The second of two clones that promoted at once resets to the first one's."""
    promote(two, 2, "production", "mine")
    Git(two.root).text("reset", "-q", "--hard", "HEAD~1")
    assert on_production(two) == "v2.0.0"
    promote(two, 2, "staging", "another thing")
    assert on_production(two) == "v1.0.0"


def test_a_reason_with_the_mark_of_a_comment_is_kept(two: Registry) -> None:
    promote(two, 2, "production", "#42: better")
    assert Git(two.root).text("log", "-1", "--format=%s") == "Promote 2 to production: #42: better"
    assert Git(two.root).text("tag", "-l", "--format=%(contents)", "claims-model#production#2").strip() == (
        "#42: better"
    )


def test_a_detached_head_and_a_worktree_will_do(two: Registry, tmp_path: Path) -> None:
    Git(two.root).text("worktree", "add", "-q", "--detach", str(tmp_path / "tree"))
    tree = Registry(tmp_path / "tree")
    promote(tree, 2, "production", "there")
    assert rollback(tree, "production", "worse").release == 1
    assert status(tree) == ""
    assert two.state().live("production").release == 1
    shutil.rmtree(tree.root)
