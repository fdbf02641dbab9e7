"""tune: values for the model, searched on training claims and chosen on validation claims."""

from pathlib import Path
from typing import Any

from claims.base.errors import ParamsError
from claims.base.stage import TIMING, In, Out, run, write_json
from claims.config.params import Params, Tune, load_params
from claims.config.space import dimensions
from claims.config.winner import Winner, write_winner
from claims.tuning.plot import draw_trials
from claims.tuning.roles import is_worker
from claims.tuning.runoff import losses_that_met, mean_loss, winner_of
from claims.tuning.search import Search, family_of, is_used, run_search, space_of
from claims.tuning.trials import Trial, refuse_failures, table


def tune(features: In, tuned: Out, trials: Out, picture: Out, metrics: Out) -> None:
    """Write the winner, the table of trials, its picture, and what the winner gained."""
    params = load_params()
    found = _search(params, features)
    best = winner_of(found.trials) if found.trials else None
    number = best.number if best else None
    family, space = family_of(params.tune), space_of(params.tune)
    write_winner(tuned, Winner(family=family, trial=number, values=best.values if best else {}))
    trials.write_text(table(found.trials, dimensions(space)), encoding="utf-8")
    draw_trials(picture, space, found.trials, number)
    write_json(metrics, _summary(params.tune, found, best))
    TIMING.mkdir(parents=True, exist_ok=True)
    write_json(TIMING / "trials.json", {"seconds": found.seconds})
    print(f"tune: trial {number} won" if best else "tune: no trials, so nothing is tuned")


def _search(params: Params, features: Path) -> Search:
    if params.tune.trials == 0 or not is_used(params):
        return Search([], [], {})
    if is_worker():
        remedy = "Start it as `python -m claims.pipeline.worker data/features` (docs/tuning.md)."
        raise ParamsError("KERASTUNER_TUNER_ID", "a worker's, and the stage is the chief", remedy)
    found = run_search(params, features)
    refuse_failures(found.trials, found.failures)
    return found


def _summary(tune: Tune, found: Search, best: Trial | None) -> dict[str, Any]:
    """Counts, and the mean losses of the winner and of the start values over the seeds they met under."""
    counts: dict[str, Any] = {
        "family": family_of(tune),
        "trials": len(found.trials),
        "failed": sum(trial.result is None for trial in found.trials),
    }
    if best is None or best.result is None:
        return counts
    losses = losses_that_met(found.trials)
    reached = best.result.model_dump(include={"epochs", "parameters", "roc_auc"})
    means = {
        "log_loss": mean_loss(losses, best.values),
        "start_log_loss": mean_loss(losses, found.trials[0].values),
    }
    return counts | reached | means | {"winner": best.number, "values": best.values}


if __name__ == "__main__":
    run(tune)
