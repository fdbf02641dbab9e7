"""Small made-up claims for the tests of what looks back."""

import datetime as dt
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from hypothesis import strategies as st

from claims.contract import features
from claims.data.batch import Batch, Categories, Frame
from claims.data.storage import encode_texts
from claims.features.kinds.prior_count import PriorCount, VolumeTable
from claims.features.kinds.prior_rate import PriorRate, RateTable
from claims.features.rows import TrainingRows


class Claim(NamedTuple):
    """A claim of a category that came on a day, with its outcome and the days that it took."""

    category: str
    came: int
    wait: int = 0
    approved: bool = True

    @property
    def known(self) -> int:
        """Day on which the outcome became known."""
        return self.came + self.wait


CLAIM = st.builds(Claim, st.sampled_from("ab"), st.integers(0, 300), st.integers(0, 90), st.booleans())
CLAIMS = st.lists(CLAIM, min_size=1, max_size=25)


def month(day: float) -> int:
    """Months since 1970-01."""
    date = dt.date(1970, 1, 1) + dt.timedelta(days=day)
    return (date.year - 1970) * 12 + date.month - 1


def categories(claims: list[Claim]) -> Categories:
    return encode_texts(pa.chunked_array([pa.array([claim.category for claim in claims], pa.string())]))


def came(claims: list[Claim]) -> np.ndarray:
    return np.array([claim.came for claim in claims], dtype=float)


def past(claims: list[Claim]) -> TrainingRows:
    known, approved = ([float(getattr(c, name)) for c in claims] for name in ("known", "approved"))
    values = {"came": came(claims), "category": categories(claims)}
    batch, draws = Batch(Frame(len(claims), values)), np.zeros(len(claims), dtype=np.uint64)
    return TrainingRows(batch, values, "came", np.array(approved, dtype=np.int64), np.array(known), draws)


def fit_volume(rows: TrainingRows, months: int = 3) -> VolumeTable:
    kind = PriorCount(features.PriorCount(kind="prior_count", of="category", months=months))
    return kind.finish(kind.summarise(rows))


def fit_rate(rows: TrainingRows, months: int = 3, smoothing: float = 2.0) -> RateTable:
    declared = features.PriorRate(kind="prior_rate", of="category", months=months, smoothing=smoothing)
    return PriorRate(declared).finish(PriorRate(declared).summarise(rows))
