"""report: what the other stages measured, as one page for a person and a few figures for comparisons."""

from claims.base.stage import In, Out, run
from claims.contract import load_contract
from claims.reporting.card.metrics import CardMetrics
from claims.reporting.card.render import render_card
from claims.results.files import write_metrics
from claims.results.shipped import ShippedMetrics


def report(contract_file: In, metrics: In, model: In, card: Out, shipped: Out) -> None:
    """Write the model card from the metrics files, and the summary of the variant that ships.

    Of ``metrics`` only the files of earlier stages are read; dvc.yaml names each of them.
    """
    measured = CardMetrics.read(metrics)
    text = render_card(load_contract(contract_file), measured)
    card.write_text(text, encoding="utf-8")
    write_metrics(shipped, ShippedMetrics.of(measured.judge.shipped, model.stat().st_size))
    print(f"report: {len(text.splitlines())} lines")


if __name__ == "__main__":
    run(report)
