"""The decision on a claim: its probability, and what is drawn once the probability is known."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from claims.simulator import draw, meaning, payers, rules
from claims.simulator.codes import CHANNELS
from claims.simulator.meaning import Facts, Table
from claims.simulator.submission import Columns, iso_dates

MODEL_SHARE = 0.045  # of the claims that no hard rule decides
NAMED_ADJUSTMENT = 0.7  # share of paid claims whose contractual adjustment is named
CONTRACTUAL = "45"
LONGEST_DELAY = 360  # days


def approval_probability(claims: Table, lines: Table) -> NDArray[np.float64]:
    """Compute the true probability that claims are approved.

    It depends on what was known at submission, and on nothing else: not on the outcome, not on the order of
    the rows, not on sex, and on identifiers only as far as they join the lines to the claims. Stray blanks,
    lower case, missing dots and missing values are read for what they mean.

    Parameters
    ----------
    claims
        Columns of claims_production, each (claims,): a mapping to NumPy arrays or a pandas DataFrame.
    lines
        Columns of claim_line_items, each (lines,), likewise.

    Returns
    -------
    NDArray[np.float64]
        (claims,), between 0 and 1, in the order of the claims.
    """
    facts = meaning.read(claims, lines)
    return probability(facts, rules.rule_effects(facts))


def probability(facts: Facts, effects: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probability of approval, (claims,), from the facts and the effects of the rules, (rules, claims)."""
    logit = rules.inclination(facts) + effects.sum(axis=0)
    approval: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-logit))
    return approval


def decide(
    rng: np.random.Generator,
    facts: Facts,
    received: NDArray[np.datetime64],
    charge: NDArray[np.float64],
    end: np.datetime64,
) -> tuple[Columns, NDArray[np.float64]]:
    """Draw the decisions on one chunk of claims.

    Parameters
    ----------
    rng
        The source of randomness of this chunk.
    facts
        What is known of the claims.
    received
        (claims,) the days on which they were really received.
    charge
        (claims,) what was really charged, dollars.
    end
        The first day on which nothing is decided any more.

    Returns
    -------
    Columns
        claim_status to decided_by, each (claims,).
    NDArray[np.float64]
        (claims,) the true probability of approval.
    """
    effects = rules.rule_effects(facts)
    approval = probability(facts, effects)
    approved = draw.chance(rng, approval, len(approval))
    reason, by_rule = _reasons(rng, effects, approved)
    adjudicated = received + _delays(rng, facts, approved, by_rule)
    decided = adjudicated < end
    by_model = draw.chance(rng, MODEL_SHARE, len(approval))
    decider = np.where(by_rule, "RULE", np.where(by_model, "MODEL", "PERSON"))
    columns = {
        "claim_status": np.where(decided, np.where(approved, "PAID", "DENIED"), "PENDING").astype(object),
        "adjudicated_date": iso_dates(np.where(decided, adjudicated, np.datetime64("NaT"))),
        "reason_code": _known(decided, reason),
        "paid_amount": _known(decided, _payments(rng, facts, approved, charge)),
        "decided_by": _known(decided, decider),
    }
    return columns, approval


def _known(decided: NDArray[np.bool_], values: NDArray[Any]) -> NDArray[np.object_]:
    known = values.astype(object)
    known[~decided] = None
    return known


def _reasons(
    rng: np.random.Generator, effects: NDArray[np.float64], approved: NDArray[np.bool_]
) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    """Draw reason codes, and whether a hard rule denied the claim; each rule by the weight of its effect."""
    size = len(approved)
    weights = np.append(-effects, np.full((1, size), 0.1), axis=0)  # the last is a denial for another reason
    rule = draw.one_of(rng, weights.T, size)
    first = np.array([*(r.reasons[0] for r in rules.RULES), rules.OTHER_REASON], dtype=object)
    second = np.array([*(r.reasons[-1] for r in rules.RULES), rules.OTHER_REASON], dtype=object)
    denial = np.where(draw.chance(rng, 0.6, size), first[rule], second[rule])
    payment = np.where(draw.chance(rng, NAMED_ADJUSTMENT, size), CONTRACTUAL, np.array(None))
    hard = np.array([*(r.hard for r in rules.RULES), False])[rule]
    return np.where(approved, payment, denial), hard & ~approved


def _delays(
    rng: np.random.Generator, facts: Facts, approved: NDArray[np.bool_], by_rule: NDArray[np.bool_]
) -> NDArray[np.timedelta64]:
    """Days from receipt to decision, at least 1: denials and paper take longer, hard rules hardly any."""
    median = payers.delay(facts.payer) * np.where(approved, 1.0, 1.6)
    median = median * np.where(facts.channel == CHANNELS.index("PAPER"), 1.4, 1.0)
    median = np.where(by_rule, 3.0, median)
    days = 1.0 + median * np.exp(rng.normal(0.0, 0.7, len(median)))
    return np.minimum(days, LONGEST_DELAY).astype("timedelta64[D]")


def _payments(
    rng: np.random.Generator,
    facts: Facts,
    approved: NDArray[np.bool_],
    charge: NDArray[np.float64],
) -> NDArray[np.float64]:
    allowed = np.clip(payers.allowed(facts.payer) + rng.normal(0.0, 0.08, len(charge)), 0.1, 1.0)
    return np.where(approved, np.round(charge * allowed, 2), 0.0)
