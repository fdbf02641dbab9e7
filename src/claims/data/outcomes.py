"""The columns that extraction adds to claims: their outcome, and what of them could not be read."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from claims.data.storage import encode_texts

OUTCOME, UNREADABLE = "_outcome", "_unreadable"
APPROVED, REJECTED, UNKNOWN = "approved", "rejected", "unknown"


def outcomes(table: pa.Table) -> NDArray[np.object_]:
    """Return the outcome of each claim: approved, rejected or unknown; object [n]."""
    return encode_texts(table[OUTCOME]).texts()
