"""Train the claims model: the `train` stage of dvc.yaml under the name that the application's people know.

Without arguments it reads data/features and models/tuned.json, and writes what `dvc repro train` writes.
"""

import argparse
import os
import subprocess
import sys

STAGE = "claims.pipeline.train"
PATHS = [
    "data/features",
    "models/tuned.json",
    "models/candidate",
    "metrics/plots/training.csv",
    "metrics/train.json",
]


def main() -> int:
    """Run the stage in the repository's root."""
    parser = argparse.ArgumentParser(description=f"{__doc__} It runs python -m {STAGE}.")
    paths = f"in and out, in order (default: {' '.join(PATHS)})"
    parser.add_argument("paths", nargs="*", default=PATHS, help=paths)
    command = [sys.executable, "-m", STAGE, *parser.parse_args().paths]
    return subprocess.run(command, env=os.environ | {"PYTHONPATH": "src"}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
