"""report: what the other stages measured, as one page for a person and a few figures for comparisons."""

from claims.base.stage import In, Out, read_json, run, write_json
from claims.contract import load_contract
from claims.reporting.card import render_card
from claims.reporting.summary import summarize_shipped


def report(
    contract_file: In,
    extract: In,
    split: In,
    maturity: In,
    evaluate: In,
    slices: In,
    months: In,
    fairness: In,
    judge: In,
    verify: In,
    model: In,
    card: Out,
    shipped: Out,
) -> None:
    """Write the model card from the metrics files, and the summary of the variant that ships."""
    files = (extract, split, maturity, evaluate, slices, months, fairness, judge, verify)
    found = {file.stem: read_json(file) for file in files}
    text = render_card(load_contract(contract_file), found)
    card.write_text(text, encoding="utf-8")
    variant = found["judge"]["variants"][found["judge"]["winner"]]
    write_json(shipped, summarize_shipped(variant, model.stat().st_size))
    print(f"report: {len(text.splitlines())} lines")


if __name__ == "__main__":
    run(report)
