"""The rules by which claims are judged: what each says against or for a claim, in logits.

A rule is a function of the facts known at submission. Rules are strong, not absolute, and most are
interactions: the same missing authorisation weighs differently with another payer, plan or place.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from claims.simulator import codes, payers
from claims.simulator.codes import FAMILY_NAMES, PLANS, PROCEDURES, SPECIALTIES
from claims.simulator.meaning import Facts

Logits = NDArray[np.float64]

LEVEL = 3.1  # logits of a claim about which there is nothing to say, with the average payer

INELIGIBLE, INELIGIBLE_NEW_MEMBER = -3.8, -2.6  # a new member's coverage is often entered late
UNTIMELY = -3.4
DUPLICATE = -2.7
BUNDLED = -2.0
UNJUSTIFIED, UNJUSTIFIED_DOCUMENTED = -2.4, -0.9
OVER_LIMIT, OVER_LIMIT_EACH = -1.8, -0.2  # at once, and for each unit above the limit (at most 6)
UNDOCUMENTED, UNDOCUMENTED_LATER = -1.7, -0.6  # at first, and further by the end of the drift
OTHER_COVERAGE = -1.1
VOIDED = -0.6

OUT_OF_NETWORK = {"HMO": -2.6, "PPO": -0.4, "EPO": -2.8, "POS": -0.9, "HDHP": -0.6}
UNREFERRED = {"HMO": -1.6, "PPO": 0.0, "EPO": 0.0, "POS": -1.2, "HDHP": 0.0}
AUTHORIZATION_BY_PLAN = {"HMO": 1.2, "PPO": 0.9, "EPO": 1.15, "POS": 1.0, "HDHP": 0.9}
DOCUMENTED_FAMILIES = "JOINT SLEEP"

_SUPPORTED = codes.supported_diagnoses()
_FAMILY = np.array([*(FAMILY_NAMES.index(p.family) for p in PROCEDURES), -1])
_LIMIT = np.array([*(p.limit for p in PROCEDURES), 1_000])
_DOCUMENTED = np.array([*np.isin([p.family for p in PROCEDURES], DOCUMENTED_FAMILIES.split()), False])
_PRIMARY_CARE = codes.specialties(codes.PRIMARY_CARE)
_REPEATED_CARE = codes.specialties(codes.REPEATED_CARE)
_AGE_EFFECT = np.array([*(s.age_effect for s in SPECIALTIES), 0.0])
_USUAL_CHARGE = np.append(codes.usual_charges(), np.median(codes.usual_charges()))


class Rule(NamedTuple):
    """A rule for which a claim may be denied.

    Attributes
    ----------
    effect
        Facts to logits, (claims,), none above 0.
    reasons
        Claim adjustment reason codes of a denial for it, most usual first.
    hard
        Whether a machine applies it, without a person.
    """

    effect: Callable[[Facts], Logits]
    reasons: tuple[str, ...]
    hard: bool = False


def _by_plan(facts: Facts, effects: dict[str, float]) -> Logits:
    values = [effects[plan] for plan in PLANS]
    return np.append(values, np.mean(values))[facts.plan]


def _emergency(facts: Facts) -> NDArray[np.bool_]:
    return facts.place == codes.EMERGENCY


def ineligible(facts: Facts) -> Logits:
    """No coverage on the day of service."""
    effect = np.where(facts.new_member, INELIGIBLE_NEW_MEMBER, INELIGIBLE)
    return np.where(facts.eligible == 0, effect, 0.0)


def unauthorized(facts: Facts) -> Logits:
    """A required authorisation is absent; payers and plans differ, and an emergency needs none."""
    strictness = payers.authorization_strictness(facts.payer, facts.received)
    absent = (facts.required == 1) & (facts.authorized != 1) & ~_emergency(facts)
    return np.where(absent, -strictness * _by_plan(facts, AUTHORIZATION_BY_PLAN), 0.0)


def untimely(facts: Facts) -> Logits:
    """Received after the payer's filing limit; a replacement has twice the time."""
    limit = payers.filing_limit(facts.payer, facts.received)
    limit = np.where(facts.frequency == codes.REPLACEMENT, 2.0 * limit, limit)
    return np.where(facts.lag > limit, UNTIMELY, 0.0)


def duplicate(facts: Facts) -> Logits:
    """The same service again as an original claim, unless being repeated is its nature."""
    again = (facts.prior > 0) & (facts.frequency == codes.ORIGINAL)
    return np.where(again & ~_REPEATED_CARE[facts.specialty], DUPLICATE, 0.0)


def bundled(facts: Facts) -> Logits:
    """A procedure that is part of another one on the claim, without a modifier that says otherwise."""
    apart = np.isin(facts.modifier, [codes.MODIFIERS.index("25"), codes.MODIFIERS.index("59")])
    are_bundled = np.zeros(len(facts.payer), dtype=bool)
    for whole, part in codes.BUNDLES:
        has_whole = facts.any_line(facts.procedure == codes.PROCEDURE_CODES.index(whole))
        has_part = facts.any_line((facts.procedure == codes.PROCEDURE_CODES.index(part)) & ~apart)
        are_bundled |= has_whole & has_part
    return np.where(are_bundled, BUNDLED, 0.0)


def unjustified(facts: Facts) -> Logits:
    """A line's diagnosis does not justify its procedure; documentation explains much of it."""
    specialty = facts.specialty[facts.owner]
    mismatch = facts.any_line(~_SUPPORTED[specialty, _FAMILY[facts.procedure], facts.letter])
    effect = np.where(facts.documented == 1, UNJUSTIFIED_DOCUMENTED, UNJUSTIFIED)
    return np.where(mismatch, effect, 0.0)


def over_limit(facts: Facts) -> Logits:
    """More units of a line than is usual for its procedure."""
    excess = np.zeros(len(facts.payer), dtype=np.int64)
    np.maximum.at(excess, facts.owner, facts.units - _LIMIT[facts.procedure])
    return np.where(excess > 0, OVER_LIMIT + OVER_LIMIT_EACH * np.minimum(excess, 6), 0.0)


def undocumented(facts: Facts) -> Logits:
    """A high charge, or a procedure that always needs it, without documentation; ever more strictly."""
    high = facts.charge > payers.documented_above(facts.payer, facts.received)
    wanted = high | facts.any_line(_DOCUMENTED[facts.procedure])
    effect = UNDOCUMENTED + UNDOCUMENTED_LATER * payers.drift(facts.received)
    return np.where(wanted & (facts.documented != 1), effect, 0.0)


def out_of_network(facts: Facts) -> Logits:
    """A provider outside the network, which plans take differently, and none in an emergency."""
    outside = (facts.in_network == 0) & ~_emergency(facts)
    return np.where(outside, _by_plan(facts, OUT_OF_NETWORK), 0.0)


def unreferred(facts: Facts) -> Logits:
    """A specialist without the referral that the plan wants; a missing answer counts a third."""
    weight = np.array([1.0, 0.0, 1.0 / 3.0])[facts.referred]
    specialist = ~_PRIMARY_CARE[facts.specialty]
    return np.where(specialist, weight * _by_plan(facts, UNREFERRED), 0.0)


def covered_elsewhere(facts: Facts) -> Logits:
    """Another payer may come first; a missing answer counts a quarter."""
    return OTHER_COVERAGE * np.array([0.0, 1.0, 0.25])[facts.other_coverage]


RULES = (
    Rule(ineligible, ("27",), hard=True),
    Rule(unauthorized, ("197",)),
    Rule(untimely, ("29",), hard=True),
    Rule(duplicate, ("18",), hard=True),
    Rule(bundled, ("97",)),
    Rule(unjustified, ("11", "50")),
    Rule(over_limit, ("151", "119")),
    Rule(undocumented, ("16",)),
    Rule(out_of_network, ("242",)),
    Rule(unreferred, ("288",)),
    Rule(covered_elsewhere, ("22",)),
)
OTHER_REASON = "96"  # a denial that no rule explains


def rule_effects(facts: Facts) -> Logits:
    """What each rule says against the claims, logits, shape (rules, claims)."""
    return np.stack([rule.effect(facts) for rule in RULES])


def inclination(facts: Facts) -> Logits:
    """What speaks for the claims before any rule: payer, charge, age, length and season; shape (claims,)."""
    relative = np.log(facts.charge / _USUAL_CHARGE[facts.specialty])
    charge = -0.30 * np.clip(relative, 0.0, 3.0) ** 2
    age = _AGE_EFFECT[facts.specialty] * (facts.age - 45.0) / 10.0
    length = -0.10 * (facts.line_count() - 2)
    paper = np.where(facts.channel == codes.CHANNELS.index("PAPER"), -0.35, 0.0)
    voided = np.where(facts.frequency == codes.VOID, VOIDED, 0.0)
    return LEVEL + payers.base(facts.payer) + charge + age + length + paper + voided + _season(facts)


def _season(facts: Facts) -> Logits:
    """The deductible begins anew in January: three months of it, most with a high deductible."""
    month = facts.received.astype("datetime64[M]").astype(np.int64) % 12
    remaining = np.where(np.isnat(facts.received), 0.0, np.maximum(0.0, 1.0 - month / 3.0))
    return np.where(facts.plan == PLANS.index("HDHP"), -0.9, -0.3) * remaining
