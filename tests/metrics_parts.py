"""Small metrics files, each as its stage writes it, for tests of what reads them."""

import datetime as dt
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from claims.reporting.card.metrics import CardMetrics
from claims.results.decisions import (
    DecisionMetrics,
    OutcomeCounts,
    PolicyCosts,
    PolicyMetrics,
    Regret,
    SetMetrics,
    SolvedPolicy,
    ToPerson,
    WindowWorkload,
    Workload,
)
from claims.results.estimates import Coverage, Estimate
from claims.results.evaluate import AnomalyReport, EvaluateMetrics
from claims.results.extract import ExtractMetrics
from claims.results.fairness import FairnessMetrics, FairnessProof, GroupCount, GroupRates, LargestGap, Rate
from claims.results.files import write_metrics
from claims.results.judge import JudgedVariant, JudgeMetrics, Verdict
from claims.results.losses import BoundedLoss, Losses
from claims.results.maturity import ClaimCounts, MaturityMetrics, MonthCounts, TestMaturity
from claims.results.months import BandedError, MeasuredMonth, MeasuredSplit, MonthMetrics, PeriodMetrics
from claims.results.scores import AnomalyMetrics, Confusion, ScoreMetrics
from claims.results.shipped import ShippedMetrics
from claims.results.slices import MeasuredSlice, RankIntervals, SliceCount, SliceMetrics
from claims.results.split import EmptyWindow, SplitMetrics, Window
from claims.results.summary import SummaryMetrics
from claims.results.train import Settings, TrainMetrics
from claims.results.verify import (
    Agreement,
    FloatAgreement,
    InterpreterAgreement,
    OutputQuanta,
    VerifyMetrics,
)

AS_OF = dt.date(2026, 6, 30)
ESTIMATE = Estimate(value=0.8561, low=0.8441, high=0.8672)
GAP = Estimate(value=0.001, low=-0.01, high=0.02)
RATE = Rate(value=0.012, low=0.006, high=0.018, of=500, gap=GAP)
COVERAGE = Coverage(rows=1200, coverage=0.9, low=0.88, high=0.92)
WINDOW = Window(
    rows=1200, approved_share=0.72, first_event=dt.date(2026, 1, 25), last_event=dt.date(2026, 3, 31)
)
COUNTS = ClaimCounts(
    received=1300,
    undecided=26,
    decided_by_model_alone=70,
    quarantined=4,
    measured=1200,
    decided_share=0.98,
)
SCORES = ScoreMetrics(
    rows=1200,
    approved_share=0.72,
    confusion=Confusion(true_rejected=250, false_approved=86, false_rejected=64, true_approved=800),
    roc_auc=0.8475,
    average_precision=0.91,
    log_loss=0.41,
    brier=0.12,
    calibration_error=0.0136,
    accuracy=0.875,
    precision=0.9,
    recall=0.926,
    f1=0.914,
)
ANOMALY = AnomalyMetrics(
    rows=1200,
    audited=102,
    found=53,
    review_share=0.0203,
    average_precision=0.7789,
    roc_auc=0.7513,
    log_loss=0.6,
    calibration_error=0.08,
    recall=0.283,
    precision=0.8333,
    prevalence=0.52,
)
PERIOD = PeriodMetrics(
    rows=1200,
    roc_auc=ESTIMATE,
    average_precision=ESTIMATE,
    log_loss=ESTIMATE,
    calibration_error=BandedError(value=0.01, band=0.02),
    approved_share=ESTIMATE,
    mean_score=0.73,
    cost_per_claim=ESTIMATE,
)
DECISIONS = DecisionMetrics(
    shares={"ML_APPROVED": 0.58, "ML_REVIEW": 0.42, "ML_REJECTED": 0.0},
    outcomes={
        "ML_APPROVED": OutcomeCounts(approved=90, rejected=7),
        "ML_REVIEW": OutcomeCounts(approved=40, rejected=30),
        "ML_REJECTED": OutcomeCounts(approved=0, rejected=0),
    },
    to_a_person=ToPerson(share=0.42, approved=0.3, rejected=0.8),
    cost=21_600.0,
    cost_per_claim=18.0,
    expected_cost_per_claim=17.5,
)
LOSS = BoundedLoss(value=0.0, upper=0.001, limit=0.01, passes=True)


def month(*, mature: bool | None, **changes: Any) -> MeasuredMonth:
    """A measured month."""
    return MeasuredMonth(**dict(COUNTS), **(dict(PERIOD) | changes), mature=mature)


def empty_month(*, mature: bool | None) -> MonthCounts:
    """A month of which nothing is decided yet."""
    nothing = {"measured": 0, "decided_by_model_alone": 0, "quarantined": 0, "decided_share": 0.0}
    return MonthCounts(**(dict(COUNTS) | nothing | {"undecided": 1300}), mature=mature)


def measured_slice(**changes: Any) -> MeasuredSlice:
    """A slice with claims enough."""
    return MeasuredSlice(
        **(dict(SCORES) | changes),
        ML_APPROVED_share=0.5,
        ML_REVIEW_share=0.4,
        ML_REJECTED_share=0.1,
        intervals=RankIntervals(roc_auc=ESTIMATE, average_precision=ESTIMATE),
        prediction_sets=COVERAGE,
    )


def judged_variant(size: int, flips: float, refusals: list[str]) -> JudgedVariant:
    """A variant with the gate's verdict."""
    overall = Losses(
        flips=BoundedLoss(value=flips, upper=flips + 0.003, limit=0.01, passes=not refusals), swaps=LOSS
    )
    gate = Verdict(overall=overall, slices={}, refusals=refusals, too_small={}, too_small_to_rank={})
    return JudgedVariant(
        calibration=SCORES,
        test=SCORES,
        decisions=DECISIONS,
        distinct_scores=225,
        size_bytes=size,
        gate=gate,
    )


def extract_metrics(**changes: Any) -> ExtractMetrics:
    """Counts of the demo."""
    counts = ExtractMetrics(
        source_rows=60_000,
        in_window=59_983,
        outside_window=0,
        forgotten=0,
        without_event_time=17,
        decided=55_195,
        approved=40_714,
        rejected=14_481,
        undecided=2354,
        decided_by_model_alone=2434,
        lines=132_744,
        first_event=dt.date(2024, 7, 1),
        last_event=AS_OF,
        as_of=AS_OF,
        checksum="bf8fde" * 10,
        key_fingerprint="583c106b2261978c",
    )
    return counts.model_copy(update=changes)


def policy_metrics() -> PolicyMetrics:
    """Decisions on test beside others' costs."""
    day = WindowWorkload(days=66, mean=48.5, p95=72.25, days_over_capacity=0.6)
    return PolicyMetrics(
        **dict(DECISIONS),
        solved=SolvedPolicy(
            shadow_price=None,
            coverage=0.9,
            approved_from=0.55,
            rejected_to=0.89,
            attained_approved=0.9,
            attained_rejected=0.9,
        ),
        baselines=PolicyCosts(
            review_all=25.0, approve_all=260.0, reject_all=86.6, one_amount=19.9, without_band=17.2
        ),
        regret=Regret(
            per_claim=1.0,
            best_cost_per_claim=17.0,
            best_shadow_price=-7.5,
            best_approved_from=0.1,
            best_rejected_to=0.9,
        ),
        workload=Workload(capacity=50.0, calibration=day, test=day),
        prediction_sets=SetMetrics(
            nominal=0.9,
            all=COVERAGE,
            approved=COVERAGE,
            rejected=COVERAGE,
            sizes={"0": 0.0, "1": 0.7, "2": 0.3},
        ),
    )


def evaluate_metrics(**changes: Any) -> EvaluateMetrics:
    """A candidate with an anomaly head, and what it is compared with."""
    metrics = EvaluateMetrics(
        train=SCORES,
        validation=SCORES,
        calibration=SCORES,
        test=SCORES,
        immature=SCORES,
        maturity=TestMaturity(as_of=AS_OF, mature_after_days=90, test="mature"),
        decisions=policy_metrics(),
        baselines={"logistic": SCORES},
        best_reachable=SCORES.model_copy(update={"roc_auc": 0.8992}),
        anomaly=AnomalyReport(
            train=ANOMALY,
            validation=ANOMALY,
            calibration=ANOMALY,
            test=ANOMALY,
            threshold=0.83,
            baselines={"logistic": ANOMALY},
            sent_to_review={"ML_APPROVED": 0.0, "ML_REJECTED": 0.01},
        ),
    )
    return metrics.model_copy(update=changes)


def train_metrics(**changes: Any) -> TrainMetrics:
    """A distilled network."""
    metrics = TrainMetrics(
        family="distilled",
        best=10,
        loss=0.39,
        val_loss=0.369,
        val_auc=0.8736,
        teacher_rounds=284,
        teacher_val_auc=0.8738,
        anomaly_epochs=2,
        settings=Settings(train={"learning_rate": 0.006, "layers": (128, 64)}, boosting={"max_rounds": 3000}),
    )
    return metrics.model_copy(update=changes)


def verify_metrics() -> VerifyMetrics:
    """Proofs of a packed int8 variant."""
    return VerifyMetrics(
        variant="int8",
        one_by_one=Agreement(claims=200),
        float32=FloatAgreement(claims=1200, largest_difference=1.2e-07),
        variants={},
        interpreters=InterpreterAgreement(claims=1200, quanta=OutputQuanta(logit=0.0, anomaly=0.0)),
        packed=Agreement(claims=200),
        score_command=Agreement(claims=200),
        fairness=FairnessProof(
            limit=0.02,
            groups=2,
            not_judged=1,
            largest_gap=LargestGap(**dict(GAP), group="member_sex F"),
        ),
    )


def judge_metrics() -> JudgeMetrics:
    """Three variants, one of them refused; int8 ships."""
    refusal = "overall: flips 0.0165 (bound 0.0196, limit 0.01)"
    return JudgeMetrics(
        winner="int8",
        variants={
            "float32": judged_variant(321_348, 0.0, []),
            "int8": judged_variant(65_680, 0.0065, []),
            "qat": judged_variant(65_700, 0.0165, [refusal]),
        },
        test=Losses(flips=LOSS, swaps=LOSS),
    )


def card_metrics() -> CardMetrics:
    """The metrics files of a small run."""
    splits = ("train", "validation", "calibration", "test", "immature")
    april = month(mature=False, calibration_error=BandedError(value=0.05, band=0.02))
    women = GroupRates(rows=2871, mean_score=ESTIMATE, approved_share=RATE, false_rejection=RATE)
    groups = {"member_sex": {"F": women, "U": GroupCount(rows=26)}}
    return CardMetrics(
        extract=extract_metrics(),
        split=SplitMetrics(
            train=WINDOW,
            validation=WINDOW,
            calibration=WINDOW,
            test=WINDOW,
            immature=WINDOW,
            gap=EmptyWindow(rows=0),
        ),
        maturity=MaturityMetrics(
            as_of=AS_OF,
            mature_after_days=90,
            immature_from=dt.date(2026, 4, 1),
            test="mature",
            splits=dict.fromkeys(splits, COUNTS),
            months={},
        ),
        evaluate=evaluate_metrics(),
        slices=SliceMetrics(
            {
                "plan": {
                    "HMO": measured_slice(),
                    "PPO": measured_slice(roc_auc=0.7001),
                    "POS": SliceCount(rows=12),
                }
            }
        ),
        months=MonthMetrics(
            splits=dict.fromkeys(splits, MeasuredSplit(**dict(COUNTS), **dict(PERIOD))),
            months={
                "2026-03": month(mature=True),
                "2026-04": april,
                "2026-05": empty_month(mature=False),
            },
        ),
        fairness=FairnessMetrics(calibration=groups, test=groups),
        judge=judge_metrics(),
        verify=verify_metrics(),
    )


def write_all(folder: Path) -> None:
    """Write the files of `card_metrics`, and the summaries and training's beside them."""
    folder.mkdir(parents=True, exist_ok=True)
    metrics = card_metrics()
    files: dict[str, BaseModel] = dict(vars(metrics))
    files["summary"] = SummaryMetrics.of(metrics.evaluate)
    files["shipped"] = ShippedMetrics.of(metrics.judge.shipped, 774_331)
    files["train"] = train_metrics()
    for name, file in files.items():
        write_metrics(folder / f"{name}.json", file)
