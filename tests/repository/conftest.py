"""Small DVC repositories with this project's remotes, and what harms them."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from dvc.repo import Repo

from repository.servers import OURS, Place, azure, gs, s3, ssh  # noqa: F401 (fixtures)
from workspaces import ROOT, Workspace, wait_until

FILES = 12
PIPELINE = """\
stages:
  make:
    cmd: python make.py
    deps: [make.py]
    outs: [data/claims, data/split.bin, models/model.bin, metrics/make.json: {cache: false}]
"""
MAKE = f"""\
import random
from pathlib import Path
draw = random.Random(1)
for name in (*(f"data/claims/{{i:03}}.bin" for i in range({FILES})), "data/split.bin", "models/model.bin"):
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_bytes(draw.randbytes(3_000))
Path("metrics").mkdir(exist_ok=True)
Path("metrics/make.json").write_text("{{}}")
"""

KILLED_PUSH = """
import os, signal, sys
from dvc.cli import main
left = int(sys.argv[1])
def count_objects(event, arguments):
    global left
    if event == "open" and "/.dvc/cache/files/md5/" in str(arguments[0]) and arguments[1] == "r":
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(count_objects)
main(["push", "--jobs", "1", "--quiet"])
"""


@pytest.fixture(scope="session", autouse=True)
def _folders_of_dvc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """DVC in this process writes into no folder of the caller's either."""
    folder = tmp_path_factory.mktemp("dvc")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("SITE_CACHE", "GLOBAL_CONFIG", "SYSTEM_CONFIG"):
            patch.setenv(f"DVC_{name}_DIR", str(folder / name))
        yield


def make_checkout(root: Path, script: str = MAKE) -> Workspace:
    """A repository with a pipeline of one stage, which has run."""
    (root / ".dvc").mkdir(parents=True)
    for name in (".dvc/config", ".dvc/.gitignore", ".gitignore"):
        shutil.copy(ROOT / name, root / name)
    (root / "dvc.yaml").write_text(PIPELINE)
    (root / "make.py").write_text(script)
    checkout = Workspace(root, OURS)
    checkout.run("git", "init", "-q")
    checkout.run("dvc", "repro", "--quiet")
    checkout.run("git", "add", "-A")
    checkout.run("git", "commit", "-qm", "start")
    return checkout


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return make_checkout(tmp_path_factory.mktemp("template") / "claims-mlops")


@pytest.fixture
def checkout(template: Workspace, tmp_path: Path) -> Workspace:
    """A checkout of the test's own, with a full cache."""
    root = tmp_path / "claims-mlops"
    shutil.copytree(template.root, root, symlinks=True)
    return Workspace(root, OURS)


def clone(checkout: Workspace, name: str = "clone") -> Workspace:
    """A fresh clone beside a checkout: no cache, no outputs, the same way to the remote."""
    root = checkout.root.parent / name
    checkout.run("git", "clone", "-q", str(checkout.root), str(root))
    settings = checkout.path(".dvc/config.local")
    if settings.exists():
        shutil.copy(settings, root / ".dvc")
    return Workspace(root, checkout.environment)


@contextmanager
def arranging(checkout: Workspace) -> Iterator[Repo]:
    """DVC's Python interface with a checkout's environment: to arrange with, where its command would act."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in checkout.environment.items():
            patch.setenv(name, value)
        with Repo(str(checkout.root)) as repo:
            yield repo


def push(checkout: Workspace) -> None:
    """Bring all objects to the default remote."""
    with arranging(checkout) as repo:
        repo.push()


def pull(checkout: Workspace) -> None:
    """Take all outputs from the default remote."""
    with arranging(checkout) as repo:
        repo.pull()


def attempt(checkout: Workspace, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command that may fail."""
    return subprocess.run(
        command,
        cwd=checkout.root,
        env=checkout.variables(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def outputs(checkout: Workspace) -> dict[str, bytes]:
    """Content of the outputs in the workspace, by path."""
    contents = checkout.bytes_of("data", "models")
    return {name: content for name, content in contents.items() if not name.endswith(".gitignore")}


def flip(path: Path) -> None:
    """Flip one bit: of a folder's list that of a file's name, since all else then still fits together."""
    content = bytearray(path.read_bytes())
    at = content.index(b".bin") - 1 if path.name.endswith(".dir") else len(content) // 2
    content[at] ^= 1
    overwrite(path, bytes(content))


def halve(path: Path) -> None:
    """Cut a file short."""
    overwrite(path, path.read_bytes()[: path.stat().st_size // 2])


def point(path: Path) -> None:
    """Put a Git LFS pointer in a file's place."""
    overwrite(path, b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 3000\n")


HARMS = {"flipped": flip, "truncated": halve, "missing": Path.unlink, "pointer": point}


def overwrite(path: Path, content: bytes) -> None:
    """Give a write-protected file another content, as a failing disk would: DVC sees the same dates."""
    before = path.stat()
    path.chmod(0o644)
    path.write_bytes(content)
    path.chmod(before.st_mode)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def kill_push(checkout: Workspace, sent: int) -> None:
    """Kill `dvc push` when it opens the next object after so many that it has sent."""
    command = [sys.executable, "-c", KILLED_PUSH, str(sent)]
    push = subprocess.run(
        command, cwd=checkout.root, env=checkout.variables(), capture_output=True, check=False
    )
    assert push.returncode == -signal.SIGKILL, push.stderr.decode()


def kill_push_while(checkout: Workspace, sending: Callable[[], bool]) -> None:
    """Kill `dvc push` with all it started in the midst of a large object."""
    push = subprocess.Popen(
        ["dvc", "push", "--jobs", "1", "--quiet"],
        cwd=checkout.root,
        env=checkout.variables(),
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    wait_until(lambda: sending() or push.poll() is not None, "a part of an object")
    assert push.poll() is None, "the push ended before it could be killed"
    os.killpg(push.pid, signal.SIGKILL)
    push.wait()


def make_many(folder: Path, files: int) -> Workspace:
    """So many files that a push can be killed half way."""
    return make_checkout(folder / "claims-mlops", MAKE.replace(f"range({FILES})", f"range({files})"))


@pytest.fixture
def local(tmp_path: Path) -> Place:
    """The remote that is the default: a folder beside the checkout."""
    return Place("local", tmp_path / "claims-mlops-remote", {})


@pytest.fixture(params=["local", "s3", "ssh", "gs", "azure"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Each kind of remote that a server here can serve."""
    server = request.getfixturevalue(request.param)
    return server if isinstance(server, Place) else server(tmp_path)
