"""What a search came to: its metrics file."""

from claims.config.params import Tune
from claims.results.tune import TuneMetrics, WonTuneMetrics
from claims.tuning.runoff import losses_that_met, mean_loss
from claims.tuning.search import Search, family_of
from claims.tuning.trials import Trial


def summarize_search(tune: Tune, search: Search, winner: Trial | None) -> TuneMetrics:
    """Count trials, and compare the winner's values with the start's over the seeds they met under."""
    counts = TuneMetrics(
        family=family_of(tune),
        trials=len(search.trials),
        failed=sum(trial.result is None for trial in search.trials),
    )
    if winner is None or winner.result is None:
        return counts
    losses = losses_that_met(search.trials)
    return WonTuneMetrics(
        **dict(counts),
        winner=winner.number,
        values=winner.values,
        epochs=winner.result.epochs,
        parameters=winner.result.parameters,
        roc_auc=winner.result.roc_auc,
        log_loss=mean_loss(losses, winner.values),
        start_log_loss=mean_loss(losses, search.trials[0].values),
    )
