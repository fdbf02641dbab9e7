"""Say in configuration which release a stage serves: ML_MODEL_PATH in the ConfigMap of its overlay.

`python tools/set_active_model.py 3 --stage staging` writes one line of
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


def active_file(stage: str) -> Path:
    """The file behind a stage's ConfigMap."""
    found = OVERLAYS / stage / "active-model.env"
    if not found.is_file():
        there = ", ".join(sorted(file.parent.name for file in OVERLAYS.glob("*/active-model.env")))
        stop(f"stage {stage}", f"no {found}", f"Stages: {there or 'none'}.")
    return found


def released(number: int) -> Path:
    """The model of a release, as containers see it."""
    model, record = MODELS / f"{number}.tflite", RECORDS / f"{number}.json"
    for file in (model, record):
        if not file.is_file():
            stop(f"release {number}", f"no {file}", "`claims releases` lists those that are here.")
    return MOUNTED / model


def activate(stage: str, model: Path) -> str:
    """Write the path; returns the one that was there."""
    file = active_file(stage)
    lines = file.read_text(encoding="utf-8").splitlines()
    places = [place for place, line in enumerate(lines) if line.startswith(f"{KEY}=")]
    if len(places) != 1:
        stop(str(file), f"{len(places)} lines that begin with {KEY}=", "There must be one.")
    before = lines[places[0]].partition("=")[2]
    lines[places[0]] = f"{KEY}={model.as_posix()}"
    write_whole(file, "\n".join(lines) + "\n")
    return before


def main() -> None:
    """Set the active model of a stage."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("number", type=int, help="of a release")
    parser.add_argument("--stage", required=True, help="an overlay: staging, production")
    given = parser.parse_args()
    model = released(given.number)
    before = activate(given.stage, model)
    print(f"{given.stage}: {KEY} {before} → {model}")


if __name__ == "__main__":
    plainly(main)
