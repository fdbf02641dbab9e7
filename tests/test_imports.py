"""Serving is light; that imports point one way is `lint-imports`' to say."""

import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "claims"
HEAVY = {"tensorflow", "keras", "pandas", "sklearn", "scipy", "matplotlib", "pandera", "dvc"}


@pytest.mark.parametrize(
    "module", ["claims.serving.predictor", "claims.serving.score", "claims.serving.sinks", "claims.cli"]
)
def test_serving_loads_nothing_of_training(module: str) -> None:
    listing = "import sys, {0}; print(*{{name.split('.')[0] for name in sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-c", listing.format(module)], capture_output=True, text=True, check=True
    )
    assert HEAVY.isdisjoint(done.stdout.split())


def test_only_verification_brings_serving_into_the_pipeline() -> None:
    importers = {
        file.name
        for file in (SOURCE / "pipeline").glob("*.py")
        if "from claims.serving" in file.read_text(encoding="utf-8")
    }
    assert importers == set()
