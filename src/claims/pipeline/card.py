"""card: what the other stages measured, as one page that a person reads."""

from claims.contract import load_contract
from claims.model.card import render_card
from claims.pipeline.stage import In, Out, read_json, run


def card(
    contract_file: In,
    extract: In,
    split: In,
    maturity: In,
    evaluate: In,
    slices: In,
    months: In,
    fairness: In,
    quantize: In,
    verify: In,
    written: Out,
) -> None:
    """Write the model card from the metrics files."""
    files = (extract, split, maturity, evaluate, slices, months, fairness, quantize, verify)
    found = {file.stem: read_json(file) for file in files}
    text = render_card(load_contract(contract_file), found)
    written.write_text(text, encoding="utf-8")
    print(f"card: {len(text.splitlines())} lines")


if __name__ == "__main__":
    run(card)
