"""Which of the variants that pass the gate ships."""

from collections.abc import Mapping

from claims.base.errors import GateError
from claims.config.params import REFERENCE, Judge
from claims.results.judge import Verdict


def choose_winner(verdicts: Mapping[str, Verdict], sizes: Mapping[str, int], settings: Judge) -> str:
    """Choose the variant that ships: the first that passes in a person's order, or else the smallest.

    Float32 is what the others are held against: it ships only where ``judge.prefer`` names it.

    Parameters
    ----------
    verdicts, sizes
        By variant; bytes of its flatbuffer.
    settings
        A person's order, if there is one.

    Raises
    ------
    GateError
        Where none passes, with the first reasons of each; or where the order names none that there is.
    """
    smallest = sorted((name for name in verdicts if name != REFERENCE), key=lambda name: sizes[name])
    order = [name for name in (settings.prefer or smallest) if name in verdicts]
    if not order:
        problem = f"names none of {', '.join(verdicts)}"
        raise GateError("judge.prefer", problem, "Name one of them, or null for the smallest that passes.")
    passing = [name for name in order if verdicts[name].passes]
    if passing:
        return passing[0]
    refusals = [f"{name} ({'; '.join(verdicts[name].refusals[:2])})" for name in order]
    remedy = "Mend what they lose, or name float32 last in judge.prefer to ship it instead."
    raise GateError("variants", f"none passes: {', '.join(refusals)}", remedy)
