"""The model card: what the metrics files say of a model, as one page that a person reads.

Source: Mitchell et al. (2019), "Model cards for model reporting", doi:10.1145/3287560.3287596.
"""

from collections.abc import Iterator
from dataclasses import fields

import jinja2

from claims.contract import Contract
from claims.data.windows import IMMATURE, SPLITS
from claims.reporting import markdown
from claims.reporting.card.metrics import CardMetrics
from claims.results.fairness import FairnessMetrics, GroupCount, GroupRates
from claims.results.months import MeasuredMonth, MonthMetrics
from claims.results.slices import MeasuredSlice, SliceMetrics

_WORST = 10  # slices that are shown
_FILTERS = (markdown.count, markdown.figure, markdown.share, markdown.estimate, markdown.estimated_share)


def render_card(contract: Contract, metrics: CardMetrics) -> str:
    """Render the card in Markdown: the same text for the same metrics, without parts that have no content."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("claims.reporting.card", ""),
        autoescape=False,  # noqa: S701 - Markdown; what makes a page of it lets no HTML through
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update({write.__name__: write for write in _FILTERS})
    names = [field.name for field in fields(metrics)]
    parts = {name: getattr(metrics, name) for name in names}
    return environment.get_template("model_card.md.j2").render(
        **parts,
        contract=contract,
        groups=_groups(metrics.fairness),
        worst_slices=_worst_slices(metrics.slices),
        limits=_limits(contract, metrics),
    )


def _groups(fairness: FairnessMetrics) -> dict[str, GroupRates | GroupCount]:
    """Return the protected groups of the test claims by column and group."""
    return {
        f"{column} {group}": rates
        for column, groups in fairness.test.items()
        for group, rates in groups.items()
    }


def _worst_slices(slices: SliceMetrics) -> dict[str, MeasuredSlice]:
    """Return the slices that are ranked worst, the worst first."""
    ranked = sorted(
        (metrics.roc_auc, f"{name} {value}")
        for (name, value), metrics in slices.measured().items()
        if metrics.roc_auc is not None
    )
    by_title = {f"{name} {value}": metrics for (name, value), metrics in slices.measured().items()}
    return {title: by_title[title] for _, title in ranked[:_WORST]}


def _limits(contract: Contract, metrics: CardMetrics) -> dict[str, list[str]]:
    """Return what limits the model, each with what it holds for; none: it is not said."""
    splits = metrics.maturity.splits
    undecided = {
        name: 1 - decided
        for name in (SPLITS[-1], IMMATURE)
        if name in splits and (decided := splits[name].decided_share) is not None
    }
    small = {
        name: rates.rows for name, rates in _groups(metrics.fairness).items() if isinstance(rates, GroupCount)
    }
    return {
        "Claims received but not decided yet": [
            f"{markdown.share(share)} of {name}" for name, share in undecided.items()
        ],
        "Months whose calibration error lies above the band": [*_beyond_band(metrics.months)],
        "Groups too small to compare": [f"{name} ({rows})" for name, rows in small.items()],
        "Protected columns without groups to compare": [
            name for name in contract.protected if name not in contract.protected_groups
        ],
    }


def _beyond_band(months: MonthMetrics) -> Iterator[str]:
    for name, month in sorted(months.months.items()):
        if isinstance(month, MeasuredMonth) and month.calibration_error.is_beyond:
            yield name
