"""A candidate made into one variant: converted, read back, and solved by rules of its own."""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from claims.base.errors import ModelError
from claims.config.params import Params
from claims.features.extractor import ModelInputs
from claims.features.matrices import Labelled
from claims.quantization.conversion import INTEGER, convert
from claims.quantization.graph import Graph, check_integer
from claims.quantization.qat import train_aware
from claims.quantization.representative import check_coverage, measure_coverage
from claims.training.candidate import SAVED_MODEL, load_candidate, read_recipe
from claims.training.saved_model import export_saved_model

QAT = "qat"


@dataclass(frozen=True)
class Flatbuffer:
    """One variant's bytes, and what they say of themselves."""

    content: bytes
    graph: Graph


def make_flatbuffer(
    variant: str, candidate: Path, train: Labelled, sample: Labelled, params: Params
) -> Flatbuffer:
    """Convert a candidate, after quantization-aware training where the variant asks for it.

    Parameters
    ----------
    variant
        Its name.
    candidate
        The folder that `train` wrote.
    train, sample
        All training claims, and the representative ones.
    params
        All parameters.

    Raises
    ------
    ModelError
        Where the candidate is trees alone.
    GateError
        Where the representative claims hold too little, or an integer graph is not in integers throughout.
    """
    check_network(candidate)
    check_coverage(measure_coverage(sample, train))
    with TemporaryDirectory() as folder:
        saved = candidate / SAVED_MODEL
        if variant == QAT:
            saved = _train_aware(candidate, params, train.inputs, Path(folder))
        content = convert(saved, variant, sample.inputs, params.quantize.io)
    graph = Graph.read(content)
    if variant in INTEGER:
        check_integer(graph, params.quantize.io)
    return Flatbuffer(content, graph)


def check_network(candidate: Path) -> None:
    """Refuse trees alone."""
    if not (candidate / SAVED_MODEL).exists():
        remedy = (
            "Stop at evaluate (`dvc exp run -S model.family=gbm evaluate`), or ship the family distilled."
        )
        raise ModelError(str(candidate), "trees alone, which have no TensorFlow Lite form", remedy)


def _train_aware(candidate: Path, params: Params, rows: ModelInputs, folder: Path) -> Path:
    """Export the candidate after quantization-aware training; returns the SavedModel's folder."""
    shape = read_recipe(candidate).shape
    aware = train_aware(load_candidate(candidate), shape, params.quantize.qat, params.seed, rows)
    export_saved_model(aware, shape, folder)
    return folder
