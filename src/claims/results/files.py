"""Metrics files read and written: the same bytes for the same figures, a plain error for all else."""

import json
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, ValidationError

from claims.base.errors import ResultsError
from claims.base.rounding import rounded

Metrics = TypeVar("Metrics", bound=BaseModel)
Figure = Annotated[float, AfterValidator(rounded)]  # stated with six digits, however it was computed


def write_metrics(path: Path, metrics: BaseModel) -> None:
    """Write a metrics file; a part with its default, such as None, is left out."""
    text = json.dumps(as_json(metrics), indent=2, sort_keys=True, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def as_json(metrics: BaseModel) -> dict[str, object]:
    """Return what a metrics file holds: dictionaries, lists, texts and numbers.

    A field without a default is always there, null where it is None; one with a default is left out when it
    has that value.
    """
    content: dict[str, object] = metrics.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return content


def read_metrics(model: type[Metrics], path: Path) -> Metrics:
    """Read a metrics file.

    Raises
    ------
    ResultsError
        Where it is missing, or not what its stage writes: names the file, the field and the remedy.
    """
    try:
        return parse_metrics(model, path.read_bytes(), str(path))
    except FileNotFoundError:
        raise ResultsError(str(path), "no such file", "Run `dvc repro`, or `dvc pull`.") from None


def parse_metrics(model: type[Metrics], content: bytes, name: str) -> Metrics:
    """Read the content of a metrics file; raises as `read_metrics` does.

    Parameters
    ----------
    model
        Of the file.
    content
        JSON.
    name
        Of the file, for messages.
    """
    try:
        return model.model_validate(json.loads(content))
    except ValueError as error:  # pydantic's and json's errors are ValueErrors
        remedy = "Run `dvc repro`: another version of the code wrote it."
        raise ResultsError(name, _fault(error), remedy) from None


def _fault(error: ValueError) -> str:
    if not isinstance(error, ValidationError):
        return "not JSON"
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"]) or "the file"
    return f"{place}: {first['msg'].lower()}"
