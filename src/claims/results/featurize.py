"""``metrics/featurize.json``: the size of the model's inputs, and what they lose by standing still."""

from claims.base.strict import Strict
from claims.results.files import Figure


class Staleness(Strict):
    """What later claims lose by a table of earlier claims that stands still.

    Attributes
    ----------
    as_of
        The last month that the table counts, such as ``2025-08``.
    categories
        That it knows.
    unknown_share
        Share of the later claims whose category it does not know.
    mean_difference
        To a table refreshed up to each claim's own month, in the mean and absolute; None where the table
        says nothing of any claim.
    spread
        Standard deviation of the refreshed table's values.
    """

    as_of: str
    categories: int
    unknown_share: Figure
    mean_difference: Figure | None
    spread: Figure | None


class LabelCounts(Strict):
    """Claims with a finding, clean ones, and those of which no audit says anything."""

    found: int
    clean: int
    unknown: int


class FeaturizeMetrics(Strict):
    """The encoded inputs.

    Attributes
    ----------
    codes
        Values that each code can take, by feature.
    embedding_rows
        Of all codes together.
    numbers
        How many there are.
    history
        By feature of earlier claims.
    anomaly
        By split; None where the contract names no such outcome.
    """

    codes: dict[str, int]
    embedding_rows: int
    numbers: int
    history: dict[str, Staleness]
    anomaly: dict[str, LabelCounts] | None = None
