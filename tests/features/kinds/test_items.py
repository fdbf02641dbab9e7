"""Items of lists: the most frequent are learned, and flags mark them."""

import numpy as np
import pyarrow as pa
import pytest

from claims.contract import features
from claims.data.batch import Batch, Categories, Frame
from claims.data.storage import encode_texts
from claims.features.kinds.items import Items, ItemVocabulary
from claims.features.rows import TrainingRows


def categories(*texts: str | None) -> Categories:
    return encode_texts(pa.chunked_array([pa.array(texts, pa.string())]))


def test_flags_mark_the_items_that_a_list_holds() -> None:
    flags = ItemVocabulary(items=("b", "a")).flags(categories("a", "b;z;a", "z", None, "a;a"))

    assert flags.marks.tolist() == [[0, 1], [1, 1], [0, 0], [0, 0], [0, 1]]


@pytest.mark.parametrize(("top", "items"), [(1, ("b",)), (2, ("b", "a")), (9, ("b", "a", "c"))])
def test_the_items_of_most_claims_are_learned(top: int, items: tuple[str, ...]) -> None:
    lists = categories("b;b;b;a", "b;c", None)
    kind = Items(features.Items(kind="items", of="lists", top=top))
    rows = TrainingRows(Batch(Frame(3, {})), {"lists": lists}, "day", *[np.zeros(3)] * 3)

    assert kind.finish(kind.summarise(rows)).items == items
