"""Figures as a person reads them, and tables in Markdown."""

from collections.abc import Iterable, Sequence

from claims.results.estimates import Estimate


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a table, its figures to the right; none where there are no rows."""
    body = [*rows]
    rule = ["---", *["---:"] * (len(headings) - 1)]
    return [f"| {' | '.join(cells)} |" for cells in (headings, rule, *body)] if body else []


def count(number: int) -> str:
    """Write a count, such as 12,345."""
    return f"{number:,}"


def figure(number: float | None) -> str:
    """Write a figure, such as 0.1234; nothing where there is none."""
    return "" if number is None else f"{number:.4f}"


def share(number: float | None) -> str:
    """Write a share, such as 12.3%; nothing where there is none."""
    return "" if number is None else f"{number:.1%}"


def estimate(interval: Estimate | None) -> str:
    """Write a figure with its interval, such as 0.1234 (0.1200–0.1300); nothing where there is none."""
    if interval is None:
        return ""
    return f"{figure(interval.value)} ({figure(interval.low)}–{figure(interval.high)})"


def estimated_share(interval: Estimate | None) -> str:
    """Write a share with its interval, such as 1.2% (-0.1% to 2.5%); nothing where there is none."""
    if interval is None:
        return ""
    return f"{share(interval.value)} ({share(interval.low)} to {share(interval.high)})"
