"""The model card of a release: Markdown for Git, and one HTML page with its plots inside."""

import base64
import html
from pathlib import Path

from markdown_it import MarkdownIt

from claims.model.record import Record
from claims.results.champion import NotCompared, parse_comparison

PLOTS = {
    "metrics/plots/test/roc.png": "ROC",
    "metrics/plots/test/calibration.png": "Calibration",
    "metrics/plots/test/months.png": "Months of the test window",
    "metrics/plots/test/fairness.png": "Protected groups",
    "metrics/plots/test/coverage.png": "Coverage of prediction sets by slice",
    "metrics/plots/test/cost.png": "Cost against reviewers' time",
    "metrics/plots/variants/scores.png": "Scores of the variant that ships against float32",
    "metrics/plots/variants/slices.png": "What quantization loses, by slice",
}
CARDS = ("md", "html")
_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; font-size: .85rem; display: block; overflow-x: auto }
th, td { border: 1px solid #ccc; padding: .2rem .5rem; text-align: left }
figure { margin: 1.5rem 0 } img { max-width: 100% } figcaption { color: #555 }
code { background: #f3f3f3; overflow-wrap: anywhere } td code { overflow-wrap: normal }
"""


def make_cards(root: Path, record: Record) -> dict[str, str]:
    """Make the card in each form of `CARDS`: what the run measured, under the release's own head."""
    text = _head(record) + (root / "metrics" / "model_card.md").read_text(encoding="utf-8")
    return {"md": text, "html": _page(root, record, text)}


def _head(record: Record) -> str:
    rows = {
        "identity": f"`{record.identity}`",
        "commit": f"`{record.code.commit}`",
        "claims": f"{record.data.rows:,} of `{record.data.source}`, checksum `{record.data.checksum[:16]}…`",
        "variant": record.variant,
        "champion": _champion(record),
    }
    return "\n".join(
        [
            f"| release | {record.number} |",
            "|---|---|",
            *(f"| {name} | {value} |" for name, value in rows.items()),
            "",
            "",
        ]
    )


def _champion(record: Record) -> str:
    comparison = parse_comparison(record.gates.get("champion"))
    if comparison is None:
        return "none: the first one"
    if isinstance(comparison, NotCompared):
        return f"release {comparison.release}, not compared: {comparison.not_compared}"
    metrics = {"ROC-AUC": comparison.roc_auc, "average precision": comparison.average_precision}
    differences = (
        f"{name} {metric.difference:+.4f} (at least {metric.low:+.4f})" for name, metric in metrics.items()
    )
    return f"release {comparison.release}: {', '.join(differences)}, on {comparison.rows:,} test claims"


def _page(root: Path, record: Record, text: str) -> str:
    title = html.escape(f"Model card, release {record.number}")
    body = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    figures = "".join(
        _figure(root / path, caption) for path, caption in PLOTS.items() if (root / path).exists()
    )
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width">'
        f"<style>{_STYLE}</style></head><body>\n{body}<h2>Plots</h2>\n{figures}</body></html>\n"
    )


def _figure(path: Path, caption: str) -> str:
    data = base64.b64encode(path.read_bytes()).decode()
    name = html.escape(caption)
    image = f'<img alt="{name}" src="data:image/png;base64,{data}">'
    return f"<figure>{image}<figcaption>{name}</figcaption></figure>\n"
