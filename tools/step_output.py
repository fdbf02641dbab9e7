"""Hand what comes on standard input to later steps of a workflow, as the output NAME; elsewhere print it.

`claims release --why … | python tools/step_output.py number --last-line` keeps the last line alone.
"""

import argparse
import os
import secrets
import sys
from pathlib import Path


def entry(name: str, value: str) -> str:
    """Write an entry of $GITHUB_OUTPUT, which no value can end early: nobody can guess its mark."""
    mark = secrets.token_hex(16)
    return f"{name}<<{mark}\n{value}\n{mark}\n"


def main() -> None:
    """Pass standard input on, and record it where there is a workflow."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("name")
    parser.add_argument("--last-line", action="store_true", help="record the last line alone")
    given = parser.parse_args()
    text = sys.stdin.read()
    print(text, end="")
    lines = text.splitlines()
    if not lines:
        sys.exit(f"step_output: {given.name}: nothing came on standard input. See the command before it.")
    if target := os.environ.get("GITHUB_OUTPUT"):
        with Path(target).open("a", encoding="utf-8") as file:
            file.write(entry(given.name, lines[-1] if given.last_line else text.rstrip("\n")))


if __name__ == "__main__":
    main()
