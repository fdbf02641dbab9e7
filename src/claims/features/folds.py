"""Folds that a claim's identifier draws: the same in any order of the rows and in any part of them."""

from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from claims.data.batch import Categories

Draws = NDArray[np.uint64]


def draw(identifiers: Categories, seed: int) -> Draws:
    """Draw a number for each claim from its identifier and the seed alone: uint64 [n].

    A fold is what is left of it modulo the number of folds.
    """
    key = str(seed).encode()
    present, rows = np.unique(identifiers.codes, return_inverse=True)
    texts = ("" if code < 0 else identifiers.levels[code] for code in present.tolist())
    drawn = [int.from_bytes(blake2b(text.encode(), digest_size=8, key=key).digest()) for text in texts]
    return np.array(drawn, dtype=np.uint64)[rows]
