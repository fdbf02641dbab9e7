"""What a page quotes beside what is printed: ``…`` in a quotation stands for anything."""

import os
import re
import subprocess
import sys
from pathlib import Path

from workspaces import ROOT


def matches(quoted: str, said: str) -> bool:
    """Whether lines are quoted as they are, apart from blank space and from what ``…`` leaves out.

    Within a line ``…`` stands for a part of it, on a line of its own for any number of lines.
    """
    pattern = re.escape(_stripped(quoted)).replace("…\\\n", "(?s:.*?)").replace("…", "(?s:.*?)")
    return re.fullmatch(pattern, _stripped(said)) is not None


def alike(quoted: str, said: str) -> bool:
    """Whether two messages differ in figures, hashes and dates alone."""
    return matches(_without_figures(quoted), _without_figures(said))


def said_by(*arguments: str, folder: Path = ROOT) -> str:
    """What a Python command of this repository prints on standard output."""
    here = {"PYTHONPATH": str(ROOT / "src"), "COLUMNS": "80", "TTY_COMPATIBLE": "0"}
    command = [sys.executable, *arguments]
    done = subprocess.run(
        command, cwd=folder, env=os.environ | here, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _stripped(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.splitlines() if line.strip())


def _without_figures(text: str) -> str:
    bare = re.sub(r"\b[0-9a-f]{7,64}\b|[-+]?\d[\d,.:-]*\d|\d", "0", text)
    return re.sub(r"[ ─]+", " ", bare)
