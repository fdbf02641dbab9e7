"""tune: values for the model, searched on training claims and chosen on validation claims."""

from claims.base.stage import In, Out, run, write_seconds
from claims.config.params import load_params
from claims.config.space import dimensions
from claims.config.winner import Winner, write_winner
from claims.results.files import write_metrics
from claims.tuning.plot import draw_trials
from claims.tuning.runoff import winner_of
from claims.tuning.search import family_of, search_as_chief, space_of
from claims.tuning.summary import summarize_search
from claims.tuning.trials import table


def tune(features: In, tuned: Out, trials: Out, plot: Out, metrics: Out) -> None:
    """Write the winner, the table of trials, its plot, and what the winner gained."""
    params = load_params()
    search = search_as_chief(params, features)
    winner = winner_of(search.trials) if search.trials else None
    number = winner.number if winner else None
    family, space = family_of(params.tune), space_of(params.tune)
    write_winner(tuned, Winner(family=family, trial=number, values=winner.values if winner else {}))
    trials.write_text(table(search.trials, dimensions(space)), encoding="utf-8")
    draw_trials(plot, space, search.trials, number)
    write_metrics(metrics, summarize_search(params.tune, search, winner))
    write_seconds("trials", search.seconds)
    print(f"tune: trial {number} won" if winner else "tune: no trials, so nothing is tuned")


if __name__ == "__main__":
    run(tune)
