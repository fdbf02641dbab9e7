"""``metrics/train.json``: how the candidate was trained."""

from typing import Literal

from claims.base.strict import Strict

Setting = bool | int | float | str | tuple[int, ...]


class Settings(Strict):
    """Settings as they were used, the winner's values among them."""

    train: dict[str, Setting]
    boosting: dict[str, Setting]


class TrainMetrics(Strict):
    """What the best epoch reached.

    Attributes
    ----------
    family
        Of ``model.family``.
    best
        The epoch of a network, or the rounds of trees alone, that validated best; from 1.
    loss, auc, val_loss, val_auc
        There, on training and validation claims, as far as the family measures them.
    teacher_rounds, teacher_val_auc
        Of the trees that a distilled network learned from.
    anomaly_epochs
        Of the anomaly head.
    """

    family: Literal["dnn", "gbm", "distilled"]
    best: int
    val_loss: float
    val_auc: float | None = None
    loss: float | None = None
    auc: float | None = None
    teacher_rounds: int | None = None
    teacher_val_auc: float | None = None
    anomaly_epochs: int | None = None
    settings: Settings

    @property
    def ships(self) -> bool:
        """Whether the candidate is a network: trees alone have no TensorFlow Lite form."""
        return self.family != "gbm"
