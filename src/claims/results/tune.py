"""``metrics/tune.json``: how many trials there were, and what the winner gained."""

from typing import Literal

from claims.base.strict import Strict

Family = Literal["network", "boosting"]
Value = int | float | tuple[int, ...]


class TuneMetrics(Strict):
    """Trials of a search that nobody won: there were none."""

    family: Family
    trials: int
    failed: int


class WonTuneMetrics(TuneMetrics):
    """Trials of a search, and its winner.

    Attributes
    ----------
    winner
        The number of the trial.
    values
        That it tried.
    epochs, parameters, roc_auc
        Of that trial.
    log_loss, start_log_loss
        Mean validation losses of the winner's values and of the start's, over the seeds under which they
        met; None where they did not.
    """

    winner: int
    values: dict[str, Value]
    epochs: int
    parameters: int
    roc_auc: float
    log_loss: float | None
    start_log_loss: float | None
