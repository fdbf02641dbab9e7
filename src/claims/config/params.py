"""``params.yaml``, typed: every stage gets its own section, and an unknown key is an error."""

import datetime as dt
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from claims.base.documents import read_document, refuse_bare_dates
from claims.base.errors import ParamsError
from claims.base.strict import Strict
from claims.config.space import BoostingSpace, NetworkSpace, Space, refuse_illegal
from claims.config.tunable import tunable

DEMO_URL = "sqlite:///data/demo/claims_production.db"
REFERENCE = "float32"  # the variant that all others are compared with
Share = Field(gt=0, lt=1)


class Simulate(Strict):
    """The demo source."""

    rows: int = Field(ge=1)
    seed: int
    start: dt.date
    days: int = Field(ge=90)


class Source(Strict):
    """Where claims come from, and which of them are read."""

    url: str
    lines_url: str | None
    watch: str
    since: dt.date | None
    until: dt.date | None
    as_of: dt.date | None

    @property
    def is_demo(self) -> bool:
        """Whether claims come from the simulator."""
        return self.url == DEMO_URL

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.since and self.until and self.since >= self.until:
            raise ValueError(f"since {self.since} is not before until {self.until}")
        return self


class Validate(Strict):
    """How much may be quarantined."""

    max_quarantined: float = Field(ge=0, le=1)


class Split(Strict):
    """Shares of the claims by event time, or the days on which windows start."""

    train: float = Share
    validation: float = Share
    calibration: float = Share
    validation_from: dt.date | None
    calibration_from: dt.date | None
    test_from: dt.date | None

    @model_validator(mode="after")
    def _leave_a_test(self) -> Self:
        if self.train + self.validation + self.calibration >= 1:
            raise ValueError("train + validation + calibration must leave a share for test")
        dates = (self.validation_from, self.calibration_from, self.test_from)
        given = [date for date in dates if date is not None]
        if given and len(given) < len(dates):
            raise ValueError("give all of validation_from, calibration_from and test_from, or none")
        if given != sorted(set(given)):
            raise ValueError("validation_from, calibration_from and test_from must follow each other")
        return self


class Featurize(Strict):
    """How finely features are encoded."""

    min_frequency: int = Field(ge=1)
    bins: int = Field(ge=2, le=256)
    quantiles: int = Field(ge=2, le=10_000)


class Model(Strict):
    """The family of models that is trained."""

    family: Literal["dnn", "gbm", "distilled"]


class Boosting(Strict):
    """The trees of the family gbm, and the teacher of the family distilled."""

    learning_rate: float = Field(gt=0)
    leaves: int = Field(ge=2)
    min_leaf: int = Field(ge=1)
    feature_fraction: float = Field(gt=0, le=1)
    bagging_fraction: float = Field(gt=0, le=1)
    l2: float = Field(ge=0)
    max_rounds: int = Field(ge=1)
    patience: int = Field(ge=1)


class Distill(Strict):
    """How the network learns from the trees."""

    folds: int = Field(ge=2)
    copies: int = Field(ge=0)
    exchange: float = Field(ge=0, le=1)


class Train(Strict):
    """The network and how it is trained."""

    learning_rate: float = Field(gt=0)
    batch_size: int = Field(ge=1)
    layers: tuple[int, ...] = Field(min_length=1)
    embedding: int = Field(ge=1)
    dropout: float = Field(ge=0, lt=1)
    weight_decay: float = Field(ge=0)
    max_epochs: int = Field(ge=1)
    patience: int = Field(ge=1)
    refit: bool
    class_weight: bool
    anomaly_width: int = Field(ge=1)
    anomaly_epochs: int = Field(ge=1)


_TunableTrain: Any = tunable(Train, NetworkSpace.model_fields)


class TrainSection(_TunableTrain):
    """`Train` as it is written: where a value is the word ``tuned``, the winner's holds."""


_TunableBoosting: Any = tunable(Boosting, BoostingSpace.model_fields)


class BoostingSection(_TunableBoosting):
    """`Boosting` as it is written, in the same way."""


class Tune(Strict):
    """The search for values: how, how long and among which."""

    engine: Literal["keras_tuner", "optuna"]
    search: Literal["hyperband", "bayesian"]
    trials: int = Field(ge=0)
    max_epochs: int = Field(ge=1)
    patience: int = Field(ge=1)
    seeds: int = Field(ge=1)
    space: Space

    @model_validator(mode="after")
    def _searches_what_is_legal(self) -> Self:
        refuse_illegal("network", self.space.network, Train)
        refuse_illegal("boosting", self.space.boosting, Boosting)
        return self


class Policy(Strict):
    """What decisions cost in dollars, and who may decide."""

    wrong_approval_share: float = Field(gt=0, le=1)
    wrong_approval: float = Field(gt=0)
    wrong_rejection: float = Field(gt=0)
    review: float = Field(gt=0)
    reviews_a_day: float | None = Field(ge=0)
    coverage: float = Share
    auto_reject: bool


class Evaluate(Strict):
    """The smallest slice that is measured, and the share of claims that may be reviewed as anomalous."""

    min_slice: int = Field(ge=1)
    anomaly_reviews: float = Field(ge=0, lt=1)


class Fairness(Strict):
    """How far protected groups may lie apart, and the smallest group that is judged."""

    max_gap: float = Field(ge=0, lt=1)
    min_rows: int = Field(ge=2)


class AwareTraining(Strict):
    """How the variant ``qat`` is tuned."""

    epochs: int = Field(ge=1)
    learning_rate: float = Field(gt=0)
    batch_size: int = Field(ge=1)


VariantName = Literal["float32", "float16", "dynamic", "int8", "qat"]


class Quantize(Strict):
    """Which variants are made of a candidate, and how."""

    variants: tuple[VariantName, ...] = Field(min_length=1)
    num_calibration_samples: int = Field(ge=100, le=500)
    io: Literal["float32", "int8", "uint8"]
    qat: AwareTraining

    @field_validator("variants")
    @classmethod
    def _holds_the_reference(cls, variants: tuple[str, ...]) -> tuple[str, ...]:
        if REFERENCE not in variants or len(set(variants)) < len(variants):
            raise ValueError(f"name each variant once, and {REFERENCE}, which the others are compared with")
        return variants


class Limits(Strict):
    """The most that a variant may lose against float32, by its upper 95 % bound."""

    average_precision: float = Field(ge=0)
    recall: float = Field(ge=0)
    calibration_error: float = Field(ge=0)
    flips: float = Field(ge=0, le=1)
    swaps: float = Field(ge=0, le=1)


class Judge(Strict):
    """The gate that variants have to pass, and which of those that do ships."""

    prefer: tuple[VariantName, ...] | None
    overall: Limits
    slices: Limits
    anomaly_average_precision: float = Field(ge=0)
    min_rows: int = Field(ge=2)
    min_class: int = Field(ge=1)


class Verify(Strict):
    """Limits that stop the run."""

    max_float32_difference: float = Field(gt=0)
    max_variant_quanta: float = Field(gt=0)
    max_cut: float = Field(ge=0, lt=1)
    max_interpreter_quanta: float = Field(gt=0)


class Release(Strict):
    """What a release may lose against the champion, and the claims of each outcome that it takes to tell."""

    margin: float = Field(ge=0, lt=1)
    min_class: int = Field(ge=1)
    tolerance: float = Field(ge=0, lt=1)


class Params(Strict):
    """All of ``params.yaml``."""

    contract: str = Field(pattern=r"^[\w-]+$")  # a file's name, and a word of commands
    seed: int
    simulate: Simulate
    source: Source
    validate_: Validate = Field(alias="validate")
    split: Split
    featurize: Featurize
    model: Model
    boosting: BoostingSection
    distill: Distill
    tune: Tune
    train: TrainSection
    policy: Policy
    evaluate: Evaluate
    fairness: Fairness
    quantize: Quantize
    judge: Judge
    verify: Verify
    release: Release
    tracking: tuple[Literal["mlflow", "wandb"], ...]


def load_params(path: Path = Path("params.yaml")) -> Params:
    """Read and check ``params.yaml``.

    Raises
    ------
    ParamsError
        Names the line, what was found there and what is legal.
    """
    if not path.exists():
        raise ParamsError(str(path), "no such file", "Run from the repository's root.")
    params = read_document(Params, path, ParamsError)
    refuse_bare_dates(path.read_text(encoding="utf-8"), str(path), ParamsError)
    return params
