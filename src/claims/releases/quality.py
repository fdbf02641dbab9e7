"""How good a release is, read back from its record."""

from pydantic import BaseModel, ConfigDict

from claims.model.record import Record


class ReleaseQuality(BaseModel):
    """The two figures of the variant that every record holds; whatever else it measured is passed over."""

    model_config = ConfigDict(frozen=True)

    roc_auc: float
    average_precision: float


def quality_of(record: Record) -> ReleaseQuality:
    """Return how well the released variant ranks the test claims."""
    return ReleaseQuality.model_validate(record.metrics["variant"])
