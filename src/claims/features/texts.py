"""Categories combined and put in order."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from claims.data.batch import Categories, Ints

JOINT = "\x1f"  # ASCII unit separator: joins the parts of a cross and stands in no claim's text


def encode(texts: Iterable[str]) -> Categories:
    """Encode texts, none missing, as codes and levels."""
    position: dict[str, int] = {}
    codes = [position.setdefault(text, len(position)) for text in texts]
    return Categories(np.array(codes, dtype=np.int32), list(position))


def cross(parts: list[Categories]) -> Categories:
    """Combine categories; a missing part counts as a value of its own, so nothing here is missing."""
    codes, texts = np.zeros(len(parts[0]), dtype=np.int64), np.array([""], dtype=object)
    for place, part in enumerate(parts):
        size = len(part.levels) + 1
        present, codes = np.unique(codes * size + (part.codes + 1), return_inverse=True)
        own = np.array(["", *part.levels], dtype=object)[present % size]
        texts = texts[present // size] + JOINT + own if place else own
    return Categories(codes.astype(np.int32), texts.tolist())


def alphabetical(column: Categories) -> Categories:
    """Put the codes of texts in alphabetical order, whatever order the batch met them in."""
    rank = {level: place for place, level in enumerate(sorted(column.levels))}
    places = np.array([*(rank[level] for level in column.levels), -1], dtype=np.int32)
    return Categories(places[column.codes], list(rank))


def distinct_pairs(codes: NDArray[np.int32], levels: int, owner: Ints) -> tuple[Ints, Ints]:
    """Find the distinct pairs of claim and code, by claim and then by code."""
    known = codes >= 0
    pairs = np.sort(owner[known] * max(levels, 1) + codes[known])
    pairs = pairs[np.diff(pairs, prepend=-1) > 0]  # as np.unique, which hashes and is slower here
    return pairs // max(levels, 1), pairs % max(levels, 1)
