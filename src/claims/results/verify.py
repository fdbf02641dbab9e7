"""``metrics/verify.json``: the proofs that one path leads from a claim to its decision."""

from claims.base.strict import Strict
from claims.results.fairness import FairnessProof


class Agreement(Strict):
    """Claims on which two paths agree bit for bit."""

    claims: int


class FloatAgreement(Agreement):
    """Claims on which Keras and float32 agree, up to a difference of scores."""

    largest_difference: float


class Distance(Strict):
    """How far an output lies from Keras', in steps of what it can hold, and the claims beyond that."""

    quanta: float
    cut: int


class OutputDistances(Strict):
    """Of each output; ``anomaly`` is None where there is no anomaly head."""

    logit: Distance
    anomaly: Distance | None = None


class OutputQuanta(Strict):
    """Distance of each output, in steps; ``anomaly`` is None where there is no anomaly head."""

    logit: float
    anomaly: float | None = None


class InterpreterAgreement(Agreement):
    """Claims on which TensorFlow's interpreter and LiteRT agree, up to so many steps."""

    quanta: OutputQuanta


class VerifyMetrics(Strict):
    """The proofs, and the variant that was packed.

    Attributes
    ----------
    one_by_one
        One claim by itself gives the inputs that the batch gave.
    float32, variants, interpreters
        Keras against float32, Keras against every variant, and both interpreters.
    packed, score_command
        The packed file and `claims score` against the bare variant.
    """

    variant: str
    one_by_one: Agreement
    float32: FloatAgreement
    variants: dict[str, OutputDistances]
    interpreters: InterpreterAgreement
    packed: Agreement
    score_command: Agreement
    fairness: FairnessProof
