"""How the code is built: what share of it each room has, and how long functions are.

`python benchmarks/structure.py` prints both; `python benchmarks/figures.py structure` writes the figures.
"""

import ast
import statistics
import subprocess
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from tasks import ROOT

SOURCE = ROOT / "src" / "claims"
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Structure(NamedTuple):
    """What was counted.

    Attributes
    ----------
    lines
        Of each room.
    functions
        Lines of every function.
    rooms_hold
        Whether import-linter finds no breach and no circle.
    """

    lines: dict[str, int]
    functions: list[int]
    rooms_hold: bool

    def figures(self) -> dict[str, object]:
        """Summarise what was counted, for a table."""
        largest, lines = max(self.lines.items(), key=lambda room: room[1])
        return {
            "rooms": len(self.lines),
            "largest": largest,
            "largest_share": lines / sum(self.lines.values()),
            "functions": len(self.functions),
            "median": statistics.median(self.functions),
            "percentile_90": statistics.quantiles(self.functions, n=10)[8],
            "longest": max(self.functions),
            "rooms_hold": self.rooms_hold,
        }


def count_structure(source: Path = SOURCE) -> Structure:
    """Count lines of rooms and of functions, and ask import-linter for breaches."""
    lines: Counter[str] = Counter()
    functions: list[int] = []
    for file in sorted(source.rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        if file.parent != source:
            lines[file.relative_to(source).parts[0]] += text.count("\n")
        nodes = (node for node in ast.walk(ast.parse(text)) if isinstance(node, Function))
        functions += [(node.end_lineno or node.lineno) - node.lineno + 1 for node in nodes]
    done = subprocess.run(["lint-imports"], cwd=ROOT, capture_output=True, check=False)
    return Structure(dict(lines), functions, done.returncode == 0)


def main() -> None:
    """Print the rooms, the largest first, and the figures."""
    structure = count_structure()
    total = sum(structure.lines.values())
    for room, lines in sorted(structure.lines.items(), key=lambda each: -each[1]):
        print(f"{room:14} {lines:6,} {lines / total:6.1%}")
    for name, figure in structure.figures().items():
        print(f"{name}: {figure:.3g}" if isinstance(figure, float) else f"{name}: {figure}")


if __name__ == "__main__":
    main()
