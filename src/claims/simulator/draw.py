"""The three ways in which a value is drawn: a chance, one of several, several of several."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def chance(rng: np.random.Generator, probability: ArrayLike, size: int) -> NDArray[np.bool_]:
    """Draw yes or no, `size` times, each with its own or with one common probability."""
    return rng.random(size) < np.asarray(probability)


def one_of(rng: np.random.Generator, weights: ArrayLike, size: int) -> NDArray[np.intp]:
    """Draw the place of one value by weight, `size` times.

    Parameters
    ----------
    rng
        The source of randomness.
    weights
        (values,) for all draws, or (size, values) for each its own; they need not sum to 1.
    size
        Number of draws.

    Returns
    -------
    NDArray[np.intp]
        (size,), places below the number of values.
    """
    summed = np.cumsum(np.atleast_2d(np.asarray(weights, dtype=np.float64)), axis=1)
    return np.argmax(rng.random(size)[:, None] * summed[:, -1:] < summed, axis=1)


def several_of(rng: np.random.Generator, weights: NDArray[np.float64], most: int) -> NDArray[np.intp]:
    """Draw distinct values by weight, row by row, in the order in which they come up.

    The largest of `log(weight) + Gumbel noise` is a draw by weight, the next largest a draw from the rest.

    Parameters
    ----------
    rng
        The source of randomness.
    weights
        (rows, values), at least `most` of each row above 0.
    most
        Number of values drawn in each row.

    Returns
    -------
    NDArray[np.intp]
        (rows, most), places below the number of values.
    """
    with np.errstate(divide="ignore"):
        keys = np.log(weights) + rng.gumbel(size=weights.shape)
    return np.argsort(-keys, axis=1, kind="stable")[:, :most]
