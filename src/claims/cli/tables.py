"""Tables: fitted to a terminal's width; Markdown, one row a line, where the output is piped."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table

from claims.reporting.markdown import table as markdown

Row = Mapping[str, str]
Stacks = Sequence[Sequence[str]]

_HASH = re.compile(r"[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}")
_FIGURES = re.compile(r"[-+–\d.,%e]*")
_UNBOUNDED = 10_000  # characters


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
    wide = _draw(rows, [[heading] for heading in headings], console.width)
    if Measurement.get(console, console.options.update(max_width=_UNBOUNDED), wide).maximum <= console.width:
        return wide
    return _draw([{name: _short(cell) for name, cell in row.items()} for row in rows], stacks, console.width)


def _short(cell: str) -> str:
    return cell[:12] if _HASH.fullmatch(cell) else cell


def _draw(rows: Sequence[Row], stacks: Stacks, width: int) -> Table:
    drawn = Table(box=SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0), pad_edge=False)
    for stack in stacks:
        figures = all(_FIGURES.fullmatch(row[heading]) for row in rows for heading in stack)
        drawn.add_column("\n".join(stack), justify="right" if figures else "left", overflow="fold")
    names = max(len(text) for heading in stacks[0] for text in (heading, *(row[heading] for row in rows)))
    if names <= width // 2:
        drawn.columns[0].width = names  # the other columns wrap before the names do
    for row in rows:
        drawn.add_row(*("\n".join(row[heading] for heading in stack) for stack in stacks))
    return drawn
