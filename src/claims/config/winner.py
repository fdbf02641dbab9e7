"""The winner, ``models/tuned.json``: its values, and how `train` takes them."""

from pathlib import Path
from typing import Literal, TypeVar

from claims.base.errors import ModelError, ParamsError
from claims.base.strict import Strict
from claims.config.params import Boosting, Params, Train
from claims.config.space import Values
from claims.config.tunable import TUNED

Family = Literal["network", "boosting"]
Settings = TypeVar("Settings", bound=Strict)


class Winner(Strict):
    """Values that the search found best on validation.

    Attributes
    ----------
    family
        The family that was searched.
    trial
        The winning trial's number; none where nothing was searched.
    values
        The trial's values; none where nothing was searched.
    """

    family: Family
    trial: int | None
    values: Values


def write_winner(path: Path, winner: Winner) -> None:
    """Write ``tuned.json``."""
    path.write_text(winner.model_dump_json(indent=1) + "\n", encoding="utf-8")


def read_winner(path: Path) -> Winner:
    """Read ``tuned.json``.

    Raises
    ------
    ModelError
        Where there is none.
    """
    try:
        return Winner.model_validate_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ModelError(str(path), "no such file", "Run `dvc repro tune`.") from None


def resolve(name: str, section: Strict, family: Family, winner: Winner, settings: type[Settings]) -> Settings:
    """Make concrete settings: a number holds, and ``tuned`` takes the winner's value of that name.

    Parameters
    ----------
    name
        Of the section in params.yaml, for messages.
    section
        The section as written.
    family
        Whose settings they are.
    winner
        What the search found.
    settings
        The class to make.

    Raises
    ------
    ParamsError
        Where the search has no such value.
    """
    written = section.model_dump()
    wanted = [key for key, value in written.items() if value == TUNED]
    values = winner.values if winner.family == family else {}
    for key in wanted:
        if key not in values:
            made = f"tune searched the {winner.family}, {len(winner.values)} values"
            raise ParamsError(
                f"params.yaml: {name}.{key}",
                f"it says {TUNED}, but tune has no {key} of the {family} ({made})",
                f"Write a value for {name}.{key}, or see tune.engine and tune.trials.",
            )
    return settings.model_validate(written | {key: values[key] for key in wanted})


def with_winner(params: Params, winner: Winner) -> Params:
    """Return the parameters with concrete settings of all that the trained family uses; see `resolve`."""
    settings: dict[str, Strict] = {}
    if params.model.family != "gbm":
        settings["train"] = resolve("train", params.train, "network", winner, Train)
    if params.model.family != "dnn":
        settings["boosting"] = resolve("boosting", params.boosting, "boosting", winner, Boosting)
    return params.model_copy(update=settings)
