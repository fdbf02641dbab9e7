"""What a policy decides on some claims and what that costs: parts of other metrics files."""

from typing import Annotated

from pydantic import AfterValidator

from claims.base.rounding import rounded
from claims.base.strict import Strict
from claims.results.estimates import Coverage
from claims.results.files import Figure

Dollars = Annotated[float, AfterValidator(lambda value: rounded(value, 2))]


class OutcomeCounts(Strict):
    """Claims by their outcome."""

    approved: int
    rejected: int


class ToPerson(Strict):
    """Share of the claims that reach a person, in all and by outcome; None where no claim has the outcome."""

    share: Figure
    approved: Figure | None
    rejected: Figure | None


class DecisionMetrics(Strict):
    """Decisions by what they say, how they met the outcomes, and what they cost in dollars.

    Attributes
    ----------
    shares, outcomes
        By ``ml_derived_decision``.
    cost
        Of all claims, as it turned out.
    """

    shares: dict[str, Figure]
    outcomes: dict[str, OutcomeCounts]
    to_a_person: ToPerson
    cost: Dollars
    cost_per_claim: Figure
    expected_cost_per_claim: Figure


class SolvedPolicy(Strict):
    """The policy as it was solved on the calibration window, all digits of it."""

    shadow_price: float | None
    coverage: float
    approved_from: float
    rejected_to: float
    attained_approved: float
    attained_rejected: float


class PolicyCosts(Strict):
    """Dollars a claim that simpler policies would have cost."""

    review_all: Figure
    approve_all: Figure
    reject_all: Figure
    one_amount: Figure
    without_band: Figure


class Regret(Strict):
    """Dollars a claim that the best policy in hindsight would have saved, and what it would have been."""

    per_claim: Figure
    best_cost_per_claim: Figure
    best_shadow_price: float | None
    best_approved_from: float
    best_rejected_to: float


class WindowWorkload(Strict):
    """Claims that reach a person by day; ``days_over_capacity`` is a share, None without capacity."""

    days: int
    mean: Figure
    p95: float
    days_over_capacity: Figure | None


class Workload(Strict):
    """Reviewers' work in both windows, against their capacity a day."""

    capacity: float | None
    calibration: WindowWorkload
    test: WindowWorkload


class SetMetrics(Strict):
    """Coverage of the prediction sets, in all and by outcome, and the share of sets of each size, 0 to 2."""

    nominal: float
    all: Coverage
    approved: Coverage
    rejected: Coverage
    sizes: dict[str, Figure]


class PolicyMetrics(DecisionMetrics):
    """Decisions on test, beside what others would have cost."""

    solved: SolvedPolicy
    baselines: PolicyCosts
    regret: Regret
    workload: Workload
    prediction_sets: SetMetrics
