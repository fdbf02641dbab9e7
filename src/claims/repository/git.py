"""What git knows: revisions, and files as they were at them."""

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from claims.base.errors import HistoryError


@dataclass(frozen=True)
class Git:
    """The repository around a folder; paths of files are relative to the folder."""

    folder: Path = Path()

    def run(self, *arguments: str, given: bytes | None = None, **variables: str) -> bytes:
        """What git prints.

        Parameters
        ----------
        arguments
            Of git.
        given
            Its standard input.
        variables
            Of its environment, beside those of this process.

        Raises
        ------
        HistoryError
            There is no git, no repository, or git refuses.
        """
        try:
            done = subprocess.run(
                ["git", *arguments],
                cwd=self.folder,
                env=os.environ | variables,
                input=given,
                capture_output=True,
                check=False,
            )
        except FileNotFoundError:
            raise HistoryError("git", "not installed", "Install it.") from None
        if done.returncode:
            raise HistoryError(f"git {_verb(arguments)}", _reason(done), "Mend it and try again.")
        return done.stdout

    def text(self, *arguments: str, **variables: str) -> str:
        """What git prints, without the last line's end."""
        return self.run(*arguments, given=None, **variables).decode().rstrip("\n")

    def lines(self, *arguments: str) -> list[str]:
        """Lines that git prints."""
        return self.run(*arguments).decode().splitlines()

    def commit(self, revision: str) -> str:
        """The commit that a revision names, in full.

        Raises
        ------
        HistoryError
            It names none.
        """
        asked = ("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
        try:
            if not revision.startswith("-"):
                return self.run(*asked).decode().strip()
        except HistoryError:
            self.run("rev-parse", "--git-dir")  # says so where there is no repository at all
        raise HistoryError(revision, "no revision of git's", "Name a commit, a tag or a branch.")

    def files(self, places: Sequence[tuple[str, str]]) -> list[bytes | None]:
        """Files at revisions, each given as (revision, path); None where there was none."""
        given = "".join(f"{revision}:./{path}\n" for revision, path in places).encode()
        answer, start = self.run("cat-file", "--batch", given=given), 0
        found: list[bytes | None] = []
        for _ in places:
            end = answer.index(b"\n", start)
            header = answer[start:end].split(b" ")
            if header[-1] == b"missing":
                found.append(None)
                start = end + 1
            else:
                size = int(header[-1])
                found.append(answer[end + 1 : end + 1 + size])
                start = end + size + 2  # a line break ends the content
        return found

    def file(self, revision: str, path: str) -> bytes | None:
        """A file at a revision; None where there was none."""
        return self.files([(revision, path)])[0]


def _verb(arguments: Sequence[str]) -> str:
    """What git was to do; settings given before it, by pairs, are passed over."""
    return _verb(arguments[2:]) if arguments[0] == "-c" else arguments[0]


def _reason(failed: subprocess.CompletedProcess[bytes]) -> str:
    """What git refused for: its own line of failure, else the last one that it or a hook said."""
    said = (failed.stderr.strip() or failed.stdout.strip() or b"no reason").decode(errors="replace")
    lines = said.splitlines()
    fatal = [line for line in lines if line.startswith("fatal: ")]
    return (fatal or lines[-1:])[0].removeprefix("fatal: ").rstrip(".")
