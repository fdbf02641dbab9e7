"""Say in configuration which release an environment serves: ML_MODEL_PATH in the ConfigMap of its overlay.

`python tools/set_active_model.py 3 --environment staging` writes one line of
deploy/kubernetes/overlays/staging/active-model.env. The ConfigMap is named by its content, so that applying
the overlay replaces the containers one after another, and `kubectl rollout undo` finds the former one.
"""

import argparse
from pathlib import Path

from claims.base.files import write_whole
from commands import plainly, stop

OVERLAYS = Path("deploy/kubernetes/overlays")
MODELS = Path("models/tflite_models/claims_model")
RECORDS = Path("models/releases")
MOUNTED = Path("/srv/claims")  # where containers find models/ (deploy/kubernetes/base/deployment.yaml)
KEY = "ML_MODEL_PATH"


def active_file(environment: str) -> Path:
    """Return the file behind an environment's ConfigMap."""
    file = OVERLAYS / environment / "active-model.env"
    if not file.is_file():
        there = ", ".join(sorted(file.parent.name for file in OVERLAYS.glob("*/active-model.env")))
        stop(f"environment {environment}", f"no {file}", f"Environments: {there or 'none'}.")
    return file


def released(number: int) -> Path:
    """Return the path of a release's model, as containers see it."""
    model, record = MODELS / f"{number}.tflite", RECORDS / f"{number}.json"
    for file in (model, record):
        if not file.is_file():
            stop(f"release {number}", f"no {file}", "`claims releases` lists those that are here.")
    return MOUNTED / model


def activate(environment: str, model: Path) -> str:
    """Write the model's path and return the one that was there."""
    file = active_file(environment)
    lines = file.read_text(encoding="utf-8").splitlines()
    places = [place for place, line in enumerate(lines) if line.startswith(f"{KEY}=")]
    if len(places) != 1:
        stop(str(file), f"{len(places)} lines that begin with {KEY}=", "There must be one.")
    before = lines[places[0]].partition("=")[2]
    lines[places[0]] = f"{KEY}={model.as_posix()}"
    write_whole(file, "\n".join(lines) + "\n")
    return before


def main() -> None:
    """Set the active model of an environment."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("number", type=int, help="of a release")
    parser.add_argument("--environment", required=True, help="an overlay: staging, production")
    given = parser.parse_args()
    model = released(given.number)
    before = activate(given.environment, model)
    print(f"{given.environment}: {KEY} {before} → {model}")


if __name__ == "__main__":
    plainly(main)
