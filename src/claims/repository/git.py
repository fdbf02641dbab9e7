"""What git knows: revisions, and files as they were at them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from claims.base.errors import HistoryError
from claims.repository.processes import run


@dataclass(frozen=True)
class Git:
    """The repository around a folder; paths of files are relative to the folder."""

    folder: Path = Path()

    def run(self, *arguments: str, given: bytes | None = None, **variables: str) -> bytes:
        """Run git and return what it prints.

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
        return run(
            *("git", *arguments),
            folder=self.folder,
            given=given,
            variables=variables,
            name=f"git {_subcommand(arguments)}",
            refuse=HistoryError,
        )

    def text(self, *arguments: str, **variables: str) -> str:
        """Return what git prints, without the last line's end."""
        return self.run(*arguments, given=None, **variables).decode().rstrip("\n")

    def lines(self, *arguments: str) -> list[str]:
        """Return the lines that git prints."""
        return self.run(*arguments).decode().splitlines()

    def commit(self, revision: str) -> str:
        """Return the commit that a revision names, in full.

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
        """Read files at revisions, each given as (revision, path); None where there was none."""
        given = "".join(f"{revision}:./{path}\n" for revision, path in places).encode()
        answer, start = self.run("cat-file", "--batch", given=given), 0
        contents: list[bytes | None] = []
        for _ in places:
            end = answer.index(b"\n", start)
            header = answer[start:end].split(b" ")
            if header[-1] == b"missing":
                contents.append(None)
                start = end + 1
            else:
                size = int(header[-1])
                contents.append(answer[end + 1 : end + 1 + size])
                start = end + size + 2  # a line break ends the content
        return contents

    def file(self, revision: str, path: str) -> bytes | None:
        """Read a file at a revision; None where there was none."""
        return self.files([(revision, path)])[0]


def _subcommand(arguments: Sequence[str]) -> str:
    """Return what git is to do; settings given before it, by pairs, are passed over."""
    return _subcommand(arguments[2:]) if arguments[0] == "-c" else arguments[0]
