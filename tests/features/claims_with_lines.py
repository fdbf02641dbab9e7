"""Small claims with service lines, drawn at random, and what a slow and obvious reference says of them."""

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from hypothesis import strategies as st
from numpy.typing import NDArray
from pydantic import TypeAdapter

from claims.contract.features import AnyFeature
from claims.contract.line_features import LineShare, LineTail, LineTarget
from claims.data.batch import Batch, Categories, Frame
from claims.data.storage import encode_texts
from claims.features.kinds.kind import LearnedKind, Lesson
from claims.features.kinds.line_share import ShareTable
from claims.features.kinds.line_tail import TailTable
from claims.features.kinds.registry import kind_of
from claims.features.means import TargetTable
from claims.features.rows import Rows, TrainingRows
from claims.features.worst_line import log_share

AnyLineFeature = LineTarget | LineShare | LineTail
LineTable = TargetTable | ShareTable | TailTable


class Line(NamedTuple):
    procedure: str | None = "a"
    units: float | None = 1.0
    pointer: float | None = 1.0


class Claim(NamedTuple):
    lines: tuple[Line, ...]
    specialty: str | None = "s"
    diagnoses: str | None = "E11;E78;I10"
    outcome: int = 0
    draw: int = 0

    def pointed(self, line: Line) -> str:
        """The first character of the diagnosis that a line points to; empty where there is none."""
        items = self.diagnoses.split(";") if self.diagnoses else []
        inside = line.pointer is not None and 1 <= line.pointer <= len(items)
        return items[int(line.pointer) - 1][0] if inside else ""


LINES = st.builds(
    Line,
    st.none() | st.sampled_from("abc"),
    st.none() | st.sampled_from([-0.0, 0.0, 1.0, 2.0, 7.5]),
    st.none() | st.sampled_from([-1e300, -1.0, 0.0, 1.0, 2.0, 3.0, 1e300]),
)
CLAIM = st.builds(
    Claim,
    st.lists(LINES, max_size=4).map(tuple),
    st.none() | st.sampled_from("st"),
    st.none() | st.sampled_from(["E11", "E11;I10", "I10;E11;J45"]),
    st.integers(0, 1),
    st.integers(0, 9),
)
CLAIMS = st.lists(CLAIM, min_size=1, max_size=6)
TRAINING = st.lists(CLAIM, min_size=2, max_size=9)


def declare(**keys: Any) -> AnyLineFeature:
    return TypeAdapter(AnyFeature).validate_python(keys)


POINTED = {"of": "diagnoses", "by": "pointer", "length": 1}
RATES = {
    "rate": declare(kind="line_target", of="procedure", beside="specialty", folds=2, smoothing=3),
    "rate of pairs": declare(kind="line_target", of=["procedure", "units"], pairs=True, folds=2, smoothing=3),
    "rate of what is pointed to": declare(
        kind="line_target", of="procedure", pointed=POINTED, folds=2, smoothing=3
    ),
}
SHARES = {
    "share": declare(kind="line_share", of=["procedure"], pointed=POINTED),
    "share beside": declare(kind="line_share", of=["procedure"], beside="specialty", pointed=POINTED),
    "tail": declare(kind="line_tail", of=["procedure"], number="units"),
    "tail beside": declare(kind="line_tail", of=["procedure"], beside="specialty", number="units"),
}
FEATURES = RATES | SHARES


def texts(values: Iterable[str | None]) -> Categories:
    return encode_texts(pa.chunked_array([pa.array(list(values), pa.string())]))


def numbers(values: Iterable[float | None]) -> NDArray[np.float64]:
    return np.array([np.nan if value is None else value for value in values], dtype=float)


def batch_of(claims: list[Claim]) -> Batch:
    lines = [line for claim in claims for line in claim.lines]
    owner = np.repeat(np.arange(len(claims)), [len(claim.lines) for claim in claims])
    columns = {
        "day": np.zeros(len(claims)),
        "specialty": texts(claim.specialty for claim in claims),
        "diagnoses": texts(claim.diagnoses for claim in claims),
    }
    on_lines = {
        "procedure": texts(line.procedure for line in lines),
        "units": numbers(line.units for line in lines),
        "pointer": numbers(line.pointer for line in lines),
    }
    return Batch(Frame(len(claims), columns), Frame(len(lines), on_lines), owner.astype(np.int64))


def learn(feature: AnyLineFeature, training: list[Claim]) -> tuple[LineTable, NDArray[np.float64]]:
    """The table, and what the training claims read themselves."""
    kind, rows = kind_of(feature), training_rows(training)
    assert isinstance(kind, LearnedKind)
    summary = kind.summarise(rows)
    lesson = Lesson(summary, kind.finish(summary))
    return lesson.learned, kind.training_values(lesson, rows)


def rows_of(claims: list[Claim]) -> Rows:
    batch = batch_of(claims)
    return Rows(batch, batch.claims.columns, "day")


def training_rows(claims: list[Claim]) -> TrainingRows:
    batch = batch_of(claims)
    outcomes = np.array([claim.outcome for claim in claims], dtype=np.int64)
    draws = np.array([claim.draw for claim in claims], dtype=np.uint64)
    return TrainingRows(batch, batch.claims.columns, "day", outcomes, np.zeros(len(claims)), draws)


def read(feature: AnyLineFeature, table: LineTable, claims: list[Claim]) -> NDArray[np.float64]:
    """What claims read that are none of the training claims."""
    return kind_of(feature).transform(table, rows_of(claims))


Thing = tuple[Any, ...]


def context(feature: AnyLineFeature, claim: Claim, line: Line) -> Thing:
    """What stands on a line, with what the claim says beside it; a missing part is None."""
    return tuple(getattr(line, name) for name in feature.of) + tuple(
        getattr(claim, name) for name in feature.beside
    )


def things(feature: LineTarget, claim: Claim) -> set[Any]:
    """What stands on the lines of a claim, or on two of them, each once."""
    contexts = {
        context(feature, claim, line) + ((claim.pointed(line),) if feature.pointed else ())
        for line in claim.lines
    }
    return {frozenset(pair) for pair in combinations(contexts, 2)} if feature.pairs else contexts


def rate(feature: LineTarget, training: list[Claim], claim: Claim) -> float:
    """The lowest shrunken mean outcome, without its trend, of what stands on the claim's lines."""
    trend = sum(past.outcome for past in training) / max(len(training), 1)
    told = [(what, past.outcome - trend) for past in training for what in things(feature, past)]
    prior = sum(outcome for _, outcome in told) / len(told) if told else 0.0

    def mean(asked: Any) -> float:
        own = [outcome for what, outcome in told if what == asked]
        return (sum(own) + feature.smoothing * prior) / (len(own) + feature.smoothing)

    return min(map(mean, things(feature, claim)), default=np.nan)


def judged(feature: LineShare | LineTail, claim: Claim) -> Iterator[tuple[Thing, Any]]:
    """Context of each line with what is unusual there, or not."""
    for line in claim.lines:
        if isinstance(feature, LineShare):
            yield context(feature, claim, line), claim.pointed(line)
        elif line.units is not None:
            yield context(feature, claim, line), line.units


def share(feature: LineShare | LineTail, training: list[Claim], claim: Claim) -> float:
    """The least log share among training lines of the same context; NaN without lines."""
    told = [pair for past in training for pair in judged(feature, past)]
    shares = []
    for where, what in judged(feature, claim):
        there = [unusual for place, unusual in told if place == where]
        as_unusual = [o for o in there if (o == what if isinstance(feature, LineShare) else o >= what)]
        shares.append(float(log_share(np.array(float(len(as_unusual))), np.array(float(len(there))))))
    return min(shares, default=np.nan)


def reference(feature: AnyLineFeature, training: list[Claim], claim: Claim) -> float:
    """What a claim that is none of the training claims reads."""
    return (rate if isinstance(feature, LineTarget) else share)(feature, training, claim)
