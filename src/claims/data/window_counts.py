"""Which claims lie in which window, counted."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from claims.data.outcomes import APPROVED, outcomes
from claims.results.split import EmptyWindow, SplitMetrics, Window


def count_windows(names: NDArray[np.str_], claims: pa.Table, event_time: str) -> SplitMetrics:
    """Count the claims of each window.

    Parameters
    ----------
    names
        str [n], the window of each claim; each of the four splits has some.
    claims
        n decided claims, as they are stored.
    event_time
        The column of their event times.
    """

    def window(name: str) -> Window | EmptyWindow:
        return _count(claims.filter(pa.array(names == name)), event_time)

    return SplitMetrics.model_validate({name: window(name) for name in SplitMetrics.model_fields})


def _count(claims: pa.Table, event_time: str) -> Window | EmptyWindow:
    if not claims.num_rows:
        return EmptyWindow(rows=0)
    ends = pc.min_max(claims[event_time]).as_py()
    return Window(
        rows=claims.num_rows,
        approved_share=float((outcomes(claims) == APPROVED).mean()),
        first_event=ends["min"],
        last_event=ends["max"],
    )
