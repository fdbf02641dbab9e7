"""Tables: fitted to a terminal's width; Markdown, one row a line, where the output is piped."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile, zip_longest

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console, JustifyMethod
from rich.measure import Measurement
from rich.table import Table

from claims.reporting.markdown import table as markdown

Row = Mapping[str, str]
Stacks = Sequence[Sequence[str]]

_HASH = re.compile(r"[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}")
_FIGURES = re.compile(r"[-+–\d.,%e]*")
_WORDS = re.compile(r"^\s*\S+|\S+")  # an indented word keeps its indent
_UNBOUNDED = 10_000  # characters
_BETWEEN = 2  # characters between two columns


def show(rows: Sequence[Row], stacks: Stacks, *, otherwise: str = "", tree: str | None = None) -> None:
    """Print rows as a table.

    Parameters
    ----------
    rows
        Cells by heading, the same headings in each.
    stacks
        Headings by column: those of one column stand above each other where the terminal is too narrow to
        give each a column.
    otherwise
        What to say where there are no rows.
    tree
        Heading of dotted names; a terminal shows each part of them once, indented.
    """
    headings = [heading for stack in stacks for heading in stack]
    console = Console(highlight=False, markup=False)
    if not rows:
        typer.echo(otherwise)
    elif console.is_terminal:
        shown = [*_as_tree(rows, tree)] if tree else rows
        console.print(_fitted(console, shown, headings, stacks))
    else:
        for line in markdown(headings, ([row[heading] for heading in headings] for row in rows)):
            typer.echo(line)


def _as_tree(rows: Sequence[Row], heading: str) -> Iterator[Row]:
    above: list[str] = []
    for row in rows:
        *parents, name = row[heading].split(".")
        shared = [*takewhile(lambda pair: pair[0] == pair[1], zip(above, parents, strict=False))]
        for depth in range(len(shared), len(parents)):
            yield {**dict.fromkeys(row, ""), heading: "  " * depth + parents[depth]}
        yield {**row, heading: "  " * len(parents) + name}
        above = parents


def _fitted(console: Console, rows: Sequence[Row], headings: Sequence[str], stacks: Stacks) -> Table:
    wide = _draw(rows, [[heading] for heading in headings])
    if Measurement.get(console, console.options.update(max_width=_UNBOUNDED), wide).maximum <= console.width:
        return wide
    narrow = [{name: _short(cell) for name, cell in row.items()} for row in rows]
    return _draw(narrow, stacks, _widths(narrow, stacks, console.width))


def _short(cell: str) -> str:
    return cell[:12] if _HASH.fullmatch(cell) else cell


def _widths(rows: Sequence[Row], stacks: Stacks, width: int) -> list[int | None]:
    """Divide a terminal's width so that no column breaks a word; leave it to Rich where that cannot be."""
    columns = [[*stack, *(row[heading] for row in rows for heading in stack)] for stack in stacks]
    most = [max(map(len, column)) for column in columns]
    widths = [max(len(word) for text in column for word in _WORDS.findall(text)) for column in columns]
    spare = width - _BETWEEN * (len(stacks) - 1) - sum(widths)
    if spare < 0:
        return [None] * len(stacks)
    for place in sorted(range(len(stacks)), key=lambda place: most[place] - widths[place]):
        more = min(spare, most[place] - widths[place])
        widths[place] += more
        spare -= more
    return [*widths]


def _draw(rows: Sequence[Row], stacks: Stacks, widths: Sequence[int | None] = ()) -> Table:
    drawn = Table(box=SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0), pad_edge=False)
    for stack, width in zip_longest(stacks, widths):
        figures = all(_FIGURES.fullmatch(row[heading]) for row in rows for heading in stack)
        justify: JustifyMethod = "right" if figures else "left"
        drawn.add_column("\n".join(stack), justify=justify, overflow="fold", width=width)
    for row in rows:
        drawn.add_row(*("\n".join(row[heading] for heading in stack) for stack in stacks))
    return drawn
