"""A worker of a distributed search: ``python -m claims.pipeline.worker data/features``.

The environment names the chief (docs/tuning.md); the chief, the stage `tune` itself, writes what was found.
"""

import sys
from pathlib import Path

from claims.base.errors import ClaimsError, ParamsError
from claims.base.garbage import collect_from_here_on
from claims.base.own_code import check_own_code
from claims.config.params import load_params
from claims.tuning.roles import is_worker
from claims.tuning.search import family_of, run_search


def main() -> None:
    """Run trials for the chief until it has enough."""
    collect_from_here_on()
    features = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("data/features")
    try:
        check_own_code()
        work(features)
    except ClaimsError as error:
        sys.exit(f"worker: {error}")


def work(features: Path) -> None:
    """Run trials on these features.

    Raises
    ------
    ParamsError
        Where the environment or params.yaml asks for something else than a worker of KerasTuner's.
    """
    params = load_params()
    if not is_worker():
        remedy = "Set KERASTUNER_TUNER_ID, KERASTUNER_ORACLE_IP and KERASTUNER_ORACLE_PORT (docs/tuning.md)."
        raise ParamsError("KERASTUNER_TUNER_ID", "this is no worker's environment", remedy)
    if family_of(params.tune) != "network":
        raise ParamsError("params.yaml: tune.engine", "optuna has no workers", "Set it to keras_tuner.")
    run_search(params, features)


if __name__ == "__main__":
    main()
