"""Categories combined and put in order."""

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from claims.data.batch import Categories, Ints

JOINT = "\x1f"  # ASCII unit separator: joins the parts of a cross and stands in no claim's text
_MOST = 2**63  # combinations that an integer of 64 bits cannot number


def encode(texts: Iterable[str]) -> Categories:
    """Encode texts, none missing, as codes and levels."""
    position: dict[str, int] = {}
    codes = [position.setdefault(text, len(position)) for text in texts]
    return Categories(np.array(codes, dtype=np.int32), list(position))


def cross(parts: list[Categories]) -> Categories:
    """Combine categories; a missing part counts as a value of its own, so nothing here is missing."""
    sizes = [len(part.levels) + 1 for part in parts]
    if math.prod(sizes) >= _MOST:
        return cross([cross(parts[:-1]), parts[-1]])
    joint = np.zeros(len(parts[0]), dtype=np.int64)
    for part, size in zip(parts, sizes, strict=True):
        joint = joint * size + (part.codes + 1)
    present, codes = np.unique(joint, return_inverse=True)
    texts: list[NDArray[np.object_]] = []
    for part, size in zip(reversed(parts), reversed(sizes), strict=True):
        texts.insert(0, np.array(["", *part.levels], dtype=object)[present % size])
        present = present // size
    return Categories(codes.astype(np.int32), [JOINT.join(row) for row in zip(*texts, strict=True)])


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
