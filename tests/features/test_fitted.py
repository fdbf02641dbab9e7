"""What was learned, applied: items and target means."""

import pyarrow as pa

from claims.data.batch import Categories
from claims.data.storage import encode_texts
from claims.features.fitted import ItemVocabulary, TargetTable


def categories(*texts: str | None) -> Categories:
    return encode_texts(pa.chunked_array([pa.array(texts, pa.string())]))


def test_flags_mark_the_items_that_a_list_holds() -> None:
    flags = ItemVocabulary(items=("b", "a")).flags(categories("a", "b;z;a", "z", None, "a;a"))

    assert flags.tolist() == [[0, 1], [1, 1], [0, 0], [0, 0], [0, 1]]


def test_means_fall_back_to_the_prior() -> None:
    table = TargetTable(prior=0.5, means={"a": 0.1})

    assert table.means_of(categories("a", "never", None)).tolist() == [0.1, 0.5, 0.5]
