"""The model card of a release."""

from pathlib import Path

import pytest

from claims.releases.cards import CARDS, PLOTS, make_cards
from release_parts import make_record

BETTER = {"champion": 0.87, "challenger": 0.88, "passes": True}
ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "metrics").mkdir()
    card = "# Model card\n\n| slice | ROC-AUC |\n|---|---:|\n| <script>alert(1)</script> | 0.8 |\n"
    (tmp_path / "metrics" / "model_card.md").write_text(card)
    plot = tmp_path / next(iter(PLOTS))
    plot.parent.mkdir(parents=True)
    plot.write_bytes(b"\x89PNG")
    return tmp_path


def test_both_forms_name_release_identity_and_commit(root: Path) -> None:
    record = make_record()
    cards = make_cards(root, record)
    for text in cards.values():
        assert record.identity in text
        assert record.code.commit in text
        assert "none: the first one" in text
    assert cards.keys() == set(CARDS)
    assert cards["md"].endswith((root / "metrics" / "model_card.md").read_text())


def test_the_page_holds_its_tables_and_plots_and_needs_no_network(root: Path) -> None:
    page = make_cards(root, make_record())["html"]
    assert page.count("<table>") == 2
    assert "<th></th>" not in page
    assert 'name="viewport"' in page
    assert page.count('src="data:image/png;base64,') == 1
    assert "http" not in page


def test_what_a_slice_is_called_is_never_run(root: Path) -> None:
    page = make_cards(root, make_record())["html"]
    assert "<script" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize(
    ("champion", "said"),
    [
        ({"release": 3, "not_compared": "cannot be read"}, "release 3, not compared: cannot be read"),
        (
            {
                "release": 3,
                "rows": 5423,
                "margin": 0.005,
                "roc_auc": BETTER | {"difference": 0.01, "low": -0.001},
                "average_precision": BETTER | {"difference": 0.002, "low": 0.001},
            },
            "release 3: ROC-AUC +0.0100 (at least -0.0010), average precision +0.0020 (at least +0.0010), "
            "on 5,423 test claims",
        ),
    ],
)
def test_it_says_how_it_stands_beside_the_champion(root: Path, champion: dict, said: str) -> None:
    record = make_record(gates={"champion": champion})
    assert said in make_cards(root, record)["md"]


def test_the_plots_are_those_that_the_pipeline_draws() -> None:
    assert all((ROOT / path).exists() for path in PLOTS)
