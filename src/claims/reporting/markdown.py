"""Metrics as a person reads them: tables in Markdown, figures with their 95 % intervals."""

from collections.abc import Iterable, Mapping, Sequence


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Lines of a table, its figures to the right; none where there are no rows."""
    body = [*rows]
    rule = ["---", *["---:"] * (len(headings) - 1)]
    return [f"| {' | '.join(cells)} |" for cells in (headings, rule, *body)] if body else []


def count(number: int) -> str:
    """12,345."""
    return f"{number:,}"


def figure(number: float | None) -> str:
    """0.1234; nothing where there is none."""
    return "" if number is None else f"{number:.4f}"


def share(number: float) -> str:
    """12.3%."""
    return f"{number:.1%}"


def estimate(found: Mapping[str, float] | None) -> str:
    """0.1234 (0.1200–0.1300); nothing where there is none."""
    return (
        "" if found is None else f"{figure(found['value'])} ({figure(found['low'])}–{figure(found['high'])})"
    )


def estimated_share(found: Mapping[str, float] | None) -> str:
    """1.2% (-0.1% to 2.5%); nothing where there is none."""
    return (
        "" if found is None else f"{share(found['value'])} ({share(found['low'])} to {share(found['high'])})"
    )
