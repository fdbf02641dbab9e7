"""Imports point one way, and serving is light."""

import ast
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


@pytest.mark.parametrize(
    ("package", "forbidden"),
    [
        ("contract", {"columns", "features", "model", "sources", "serving", "pipeline", "quality"}),
        ("columns", {"features", "model", "sources", "serving", "pipeline", "quality"}),
        ("features", {"model", "sources", "serving", "pipeline", "quality"}),
        ("sources", {"features", "model", "serving", "pipeline", "quality"}),
        ("model", {"serving", "pipeline", "sources"}),
        ("tuning", {"serving", "pipeline", "sources", "quality", "simulator"}),
        ("serving", {"pipeline", "quality", "simulator"}),
        ("datasets", {"features", "serving", "pipeline", "quality", "simulator", "tuning"}),
        ("erasure", {"features", "model", "serving", "pipeline", "quality", "simulator", "tuning"}),
        ("simulator", {"contract", "columns", "features", "model", "sources", "serving", "pipeline"}),
    ],
)
def test_imports_point_one_way(package: str, forbidden: set[str]) -> None:
    for file in (SOURCE / package).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("claims."):
                assert node.module.split(".")[1] not in forbidden, f"{file.name} imports {node.module}"


def test_only_verify_brings_serving_into_the_pipeline() -> None:
    importers = {
        file.name
        for file in (SOURCE / "pipeline").glob("*.py")
        if "from claims.serving" in file.read_text(encoding="utf-8")
    }
    assert importers == {"served.py"}
