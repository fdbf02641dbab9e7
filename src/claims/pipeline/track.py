"""track: parameters, metrics, plots and model to the trackers that are turned on."""

from claims.base.stage import In, run
from claims.config.params import load_params
from claims.tracking.trackers import log_results


def track(metrics: In, model: In) -> None:
    """Log the results; says so where no tracker is active."""
    for line in log_results(load_params(), metrics, model):
        print(f"track: {line}")


if __name__ == "__main__":
    run(track)
