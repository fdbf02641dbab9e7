"""Copies of the repository in which the pipeline can be run, changed and killed."""

import functools
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psutil
import yaml

ROOT = Path(__file__).parent.parent


def dotted(values: Mapping[str, Any], section: str = "") -> dict[str, Any]:
    """Return the values of nested sections by their dotted names, such as ``train.max_epochs``."""
    named: dict[str, Any] = {}
    for key, value in values.items():
        name = f"{section}{key}"
        named |= dotted(value, f"{name}.") if isinstance(value, Mapping) else {name: value}
    return named


SMALL = dotted(yaml.safe_load((ROOT / "tests" / "small_params.yaml").read_text(encoding="utf-8")))
VARIANTS = ("float32", "float16", "dynamic", "int8", "qat")  # all that can be made


def set_params(path: Path, changes: Mapping[str, Any]) -> None:
    """Give parameters other values, by their dotted names; each must be there."""
    params = yaml.safe_load(path.read_text(encoding="utf-8"))
    for name, value in changes.items():
        *sections, key = name.split(".")
        section = functools.reduce(dict.__getitem__, sections, params)
        assert key in section, f"{path.name} has no {name}"
        section[key] = value
    path.write_text(yaml.safe_dump(params, sort_keys=False, allow_unicode=True), encoding="utf-8")


@dataclass(frozen=True)
class Workspace:
    """A git and DVC repository of its own, with this repository's files."""

    root: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    def run(self, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a command in the repository's environment; it must succeed."""
        return self._succeed(command, self.variables(**environment))

    def make(self, *arguments: str, home: Path, own_modules: bool) -> subprocess.CompletedProcess[str]:
        """Run make as a person would, with nothing set but a home folder and a path."""
        plain = {
            name: value for name, value in os.environ.items() if name in ("PATH", "LANG") or "CERT" in name
        }
        modules = {"PYTHONPATH": str(self.path("src"))} if own_modules else {}
        return self._succeed(["make", *arguments], {**plain, **modules, "HOME": str(home)})

    def _succeed(
        self, command: Sequence[str], environment: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            command, cwd=self.root, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise AssertionError(
                f"{' '.join(command)} exited {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
            )
        return done

    def variables(self, **more: str) -> dict[str, str]:
        """The process environment: caches inside the copy, the same interpreter, no caller's Git settings."""
        cache = self.root / ".cache"
        inside = {
            "DVC_SITE_CACHE_DIR": cache / "dvc-site",
            "DVC_GLOBAL_CONFIG_DIR": cache / "dvc-global",
            "DVC_SYSTEM_CONFIG_DIR": cache / "dvc-system",
            "XDG_CACHE_HOME": cache,
            "KERAS_HOME": cache / "keras",
            "MPLCONFIGDIR": cache / "matplotlib",
        }
        identity = {
            f"GIT_{role}_{part}": "tests" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")
        }
        # The copy's own modules come first: the environment's `claims` points at the original.
        own = {"PYTHONPATH": str(self.root / "src"), "PATH": f"{ROOT / '.venv' / 'bin'}:{os.environ['PATH']}"}
        return {
            **os.environ,
            **{k: str(v) for k, v in inside.items()},
            **identity,
            **own,
            **self.environment,
            **more,
        }

    def path(self, name: str) -> Path:
        """A file of the repository."""
        return self.root / name

    def replace(self, name: str, changes: Mapping[str, str]) -> None:
        """Replace texts in a file; each must be there."""
        text = self.path(name).read_text(encoding="utf-8")
        for old, new in changes.items():
            assert old in text, f"{name} has no {old!r}"
            text = text.replace(old, new)
        self.path(name).write_text(text, encoding="utf-8")

    def copy(self, root: Path) -> "Workspace":
        """Return the same in another folder, to be changed."""
        shutil.copytree(self.root, root, symlinks=True)
        return replace(self, root=root)

    def take_runs(self, other: "Workspace") -> None:
        """Bring what another checkout has run into the cache, for `dvc repro` to take."""
        cache = self.path(".dvc/cache")
        for source in other.path(".dvc/cache").rglob("*"):
            target = cache / source.relative_to(other.path(".dvc/cache"))
            if source.is_file() and not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, target)

    def set_params(self, changes: Mapping[str, Any]) -> None:
        """Give parameters other values, by their dotted names; each must be there."""
        set_params(self.path("params.yaml"), changes)

    def bytes_of(self, *roots: str) -> dict[str, bytes]:
        """Content of every file below some folders, by its path."""
        files = (file for root in roots for file in sorted(self.path(root).rglob("*")) if file.is_file())
        return {str(file.relative_to(self.root)): file.read_bytes() for file in files}

    def use_environment(self) -> str:
        """Share the installed environment; returns the file by which make knows that it is installed."""
        self.path(".venv").symlink_to(ROOT / ".venv")
        return ".venv/installed"

    def ran(self, output: str) -> list[str]:
        """Stages that `dvc repro` says it ran, in order."""
        return [line.split("'")[1] for line in output.splitlines() if line.startswith("Running stage")]


def make_workspace(root: Path, params: Mapping[str, Any]) -> Workspace:
    """Copy the repository's own files (none that git ignores), change parameters, and commit."""
    for name in _own_files():
        target = root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target, follow_symlinks=False)
    workspace = Workspace(root)
    workspace.set_params(params)
    workspace.run("git", "init", "-q")
    workspace.run("git", "add", "-A")
    workspace.run("git", "commit", "-qm", "start")
    return workspace


def _own_files() -> Iterable[str]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return (
        name
        for name in listed.stdout.splitlines()
        if (ROOT / name).is_file() and (not name.startswith("metrics/") or name.endswith(".gitignore"))
    )


def wait_until(true: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
    """Poll until something holds."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.02)


def stages_of(dvc: psutil.Process) -> list[psutil.Process]:
    """Stage processes below dvc."""
    try:
        return [p for p in dvc.children(recursive=True) if any("claims.pipeline" in a for a in p.cmdline())]
    except psutil.Error:
        return []


def ended(processes: Iterable[psutil.Process]) -> bool:
    """Whether none of them runs any more."""
    return not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in processes)


@contextmanager
def reproducing(workspace: Workspace, *arguments: str) -> Iterator[psutil.Process]:
    """`dvc repro` under way."""
    process = subprocess.Popen(
        ["dvc", "repro", *arguments],
        cwd=workspace.root,
        env=workspace.variables(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    dvc = psutil.Process(process.pid)
    yield dvc
    if process.poll() is None and dvc.is_running():
        process.kill()
    process.wait()
