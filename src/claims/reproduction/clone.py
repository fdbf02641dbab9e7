"""A clean clone of a commit, in which the pipeline runs as it did: own code, own cache, the stored claims."""

import configparser
import re
import shutil
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from claims.base.errors import CommandError, HistoryError, ReleaseError
from claims.repository.dvc import open_repo
from claims.repository.git import Git
from claims.repository.processes import follow_dvc, run_dvc

_NO_LFS = (
    "filter.lfs.process=",
    "filter.lfs.smudge=",
    "filter.lfs.required=false",
)  # that no stage reads
_CHECKOUT = "checkout"  # the cache of the checkout, as a remote of the clone
_BEGUN = re.compile(r"Running stage '(.+)':$")  # as DVC says it
_HELP = "Look at it with --keep FOLDER."


@dataclass(frozen=True)
class Clone:
    """A clone, and the cache of the checkout that it was made of.

    Attributes
    ----------
    root
        Of the clone.
    cache
        Folder of DVC's cache in the checkout.
    """

    root: Path
    cache: Path

    def dvc(self, *arguments: str) -> None:
        """Run DVC with the code of the clone.

        Raises
        ------
        ReleaseError
            With the line in which it says why.
        """
        try:
            run_dvc(*arguments, folder=self.root, variables=self._own_code)
        except CommandError as error:
            raise ReleaseError(error.thing, error.found, _HELP) from None

    def stages(self) -> set[str]:
        """Return the names of the stages of the commit."""
        with open_repo(self.root) as repo:
            return repo.stages()

    def run_stages(self, stages: Sequence[str]) -> Generator[str]:
        """Run stages in their order, whatever the lock says; yield each once its outputs are in the lock.

        DVC starts once, and goes on with the next stage meanwhile. Closing the generator ends the run.

        Raises
        ------
        ReleaseError
            Names the stage that failed, with the line in which DVC says why.
        """
        if not stages:
            return
        command = ("repro", "--force", "--single-item", *stages)
        running = ""
        try:
            with closing(follow_dvc(*command, folder=self.root, variables=self._own_code)) as lines:
                for begun in filter(None, map(_BEGUN.match, lines)):
                    if running:
                        yield running
                    running = begun[1]
        except CommandError as error:
            raise ReleaseError(f"dvc repro {running}".rstrip(), error.found, _HELP) from None
        yield running

    @property
    def _own_code(self) -> dict[str, str]:
        return {"PYTHONPATH": str(self.root / "src")}

    def pull(self, paths: list[str]) -> bool:
        """Pull outputs of the lock from the checkout's cache or its remote; return whether they are there.

        Each object is hashed on its way, so that none comes which is not the recorded one.
        """
        for remote in (_CHECKOUT, self._remote()):
            if remote is None:
                continue
            try:
                self.dvc("pull", "-q", "-r", remote, *paths)
            except ReleaseError:
                continue
            return True
        return False

    def _remote(self) -> str | None:
        config = read_config(self.root)
        return config.get("core", "remote", fallback=None)


@contextmanager
def clean_clone(root: Path, commit: str, keep: Path | None) -> Iterator[Clone]:
    """Make a clean clone of a commit, in the same environment; it is removed at the end unless kept.

    Raises
    ------
    ReleaseError
        Where the folder to keep it in is there, or the commit is not.
    """
    if keep is not None and keep.exists():
        raise ReleaseError(str(keep), "is there already", "Name a folder that is not.")
    folder = (keep or Path(mkdtemp(prefix="reproduce-")) / "claims-mlops").resolve()
    try:
        Git(root).text("clone", "-q", "--no-checkout", str(root.resolve()), str(folder))
        settings = [part for setting in _NO_LFS for part in ("-c", setting)]
        try:
            Git(folder).text(*settings, "checkout", "-q", "--detach", Git(folder).commit(commit))
        except HistoryError as error:
            remedy = "Fetch it: `git fetch --tags`, in a shallow clone with --unshallow."
            raise ReleaseError(
                f"commit {commit[:12]}", f"not to be had here ({error.found})", remedy
            ) from None
        cache = _cache_of(root)
        _write_config(root, folder, cache)
        yield Clone(folder, cache)
    finally:
        if keep is None:
            shutil.rmtree(folder.parent, ignore_errors=True)


def _cache_of(root: Path) -> Path:
    """Return the folder of DVC's cache in a checkout."""
    with open_repo(root) as repo:
        return repo.cache_folder.resolve()


def read_config(root: Path) -> configparser.ConfigParser:
    """Read DVC's two files of a repository, the local one last."""
    config = configparser.ConfigParser(interpolation=None)
    config.read([root / ".dvc" / "config", root / ".dvc" / "config.local"], encoding="utf-8")
    return config


def _write_config(root: Path, clone: Path, cache: Path) -> None:
    """Give the clone the checkout's remotes and credentials, and its cache as one remote more."""
    config = read_config(root)
    for section in config.sections():
        url = config.get(section, "url", fallback="://")
        if section.startswith("'remote ") and "://" not in url:
            config.set(section, "url", str((root / ".dvc" / url).resolve()))
    config.read_dict({f"'remote \"{_CHECKOUT}\"'": {"url": str(cache), "verify": "true"}})
    config.remove_section("cache")  # its own: what a run makes that differs is not to be kept
    with (clone / ".dvc" / "config.local").open("w", encoding="utf-8") as file:
        config.write(file)
