"""The truth: recomputable from the tables, blind to what it must not see, hard to guess and not constant."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from claims.simulator.adjudicate import approval_probability
from claims.simulator.payers import (
    AUTHORIZATION_TIGHTENED,
    FILING_SHORTENED,
    PAYER_IDS,
    SHORTENING_PAYER,
    TIGHTENING_PAYER,
)

DAY = np.timedelta64(1, "D")


@pytest.fixture(scope="module")
def truth(world):
    return world.truth["approval_probability"].to_numpy()


def received_on(claims: pd.DataFrame, day: np.datetime64, lag: int = 10) -> pd.DataFrame:
    """The same claims, all served `lag` days before they are received on one day."""
    return claims.assign(
        received_date=str(day), service_date=str(day - lag * DAY), member_birth_date="1980-01-01"
    )


def test_it_is_recomputed_from_the_tables(world, truth):
    assert list(world.truth["claim_id"]) == list(world.claims["claim_id"])
    np.testing.assert_allclose(approval_probability(world.claims, world.lines), truth, rtol=0, atol=1e-9)


def test_it_takes_plain_arrays_too(world, truth):
    claims = {name: column.to_numpy() for name, column in world.claims.items()}
    lines = {name: column.to_numpy() for name, column in world.lines.items()}
    np.testing.assert_allclose(approval_probability(claims, lines), truth, rtol=0, atol=1e-9)


def test_it_does_not_depend_on_the_order_of_rows(world, truth):
    order = np.random.default_rng(0).permutation(len(world.claims))
    lines = world.lines.sample(frac=1.0, random_state=0)
    shuffled = approval_probability(world.claims.iloc[order], lines)
    np.testing.assert_allclose(shuffled, truth[order], rtol=0, atol=1e-9)


def test_it_does_not_depend_on_identifiers_names_or_sex(world, truth):
    def renamed(column: pd.Series) -> pd.Series:
        return column.map({value: f"x{place:x}" for place, value in enumerate(sorted(column.unique())[::-1])})

    names = ["claim_id", "member_id", "member_name", "provider_npi", "facility_id", "member_sex"]
    claims = world.claims.assign(**{name: renamed(world.claims[name]) for name in names})
    lines = world.lines.assign(claim_id=renamed(world.lines["claim_id"]))
    np.testing.assert_allclose(approval_probability(claims, lines), truth, rtol=0, atol=1e-9)


def test_it_is_known_at_submission(world, truth):
    outcome = world.claims.columns[world.claims.columns.get_loc("claim_status") :]
    np.testing.assert_array_equal(
        approval_probability(world.claims.drop(columns=outcome), world.lines), truth
    )


def test_it_reads_faulty_texts_for_what_they_mean(world, truth):
    tidy = world.claims.assign(
        plan_type=world.claims["plan_type"].str.strip().str.upper(),
        provider_specialty=world.claims["provider_specialty"].str.strip().str.lower(),
        diagnosis_codes=world.claims["diagnosis_codes"].str.replace(".", "").str.lower(),
    )
    np.testing.assert_array_equal(approval_probability(tidy, world.lines), truth)


@pytest.mark.parametrize(
    "faults",
    [
        {"received_date": None},
        {"received_date": "1900-01-01"},
        {"service_date": "2030-01-01"},
        {"total_charge": -5.0},
        {"total_charge": 9_999_999.99},
        {"total_charge": float("nan")},
        {"plan_type": None, "provider_specialty": "UNHEARD_OF", "payer_id": "", "referral_present": None},
        {"diagnosis_codes": None},
    ],
)
def test_it_is_defined_whatever_the_faults(world, faults):
    probability = approval_probability(world.claims.assign(**faults), world.lines)
    assert ((probability > 0) & (probability < 1)).all()


def test_outcomes_come_about_with_it(world, truth):
    decided = (world.claims["claim_status"] != "PENDING").to_numpy()
    paid = (world.claims["claim_status"] == "PAID").to_numpy()
    deviation = np.sqrt((truth[decided] * (1 - truth[decided])).sum())
    # Denials take longer and stay pending a little more often, hence the percent beyond four deviations.
    assert abs(paid[decided].sum() - truth[decided].sum()) < 4 * deviation + 0.01 * decided.sum()
    assert 0.70 < paid[decided].mean() < 0.80


def test_the_best_reachable_area_under_the_curve_is_high_and_not_perfect(world, truth):
    decided = (world.claims["claim_status"] != "PENDING").to_numpy()
    paid = (world.claims["claim_status"] == "PAID").to_numpy()
    assert 0.86 < roc_auc_score(paid[decided], truth[decided]) < 0.92


def test_one_payer_tightens_its_authorisation_and_the_others_do_not(world):
    unauthorized = world.claims.assign(
        authorization_required="Y", authorization_present="N", place_of_service="11"
    )
    before, after = (
        approval_probability(received_on(unauthorized, day), world.lines)
        for day in (AUTHORIZATION_TIGHTENED - DAY, AUTHORIZATION_TIGHTENED)
    )
    drop = pd.Series(before - after).groupby(world.claims["payer_id"]).mean()
    assert drop[TIGHTENING_PAYER] > 0.25
    # The others differ only by what a month's end does to the season and the slow drift.
    assert drop.drop(TIGHTENING_PAYER).abs().max() < 0.02


def test_one_payer_shortens_its_filing_limit(world):
    before, after = (
        approval_probability(
            received_on(world.claims.assign(claim_frequency_code="1"), day, lag=120), world.lines
        )
        for day in (FILING_SHORTENED - 31 * DAY, FILING_SHORTENED + 120 * DAY)
    )
    drop = pd.Series(before - after).groupby(world.claims["payer_id"]).mean()
    assert drop.idxmax() == SHORTENING_PAYER
    assert drop[SHORTENING_PAYER] > 0.3


def test_january_is_harder_than_june_with_a_high_deductible(world):
    plan = world.claims.assign(plan_type="HDHP")
    january, june = (
        approval_probability(received_on(plan, np.datetime64(day)), world.lines).mean()
        for day in ("2025-01-15", "2025-06-15")
    )
    assert january < june - 0.05


def test_a_rule_weighs_differently_with_another_plan(world):
    def cost_of_leaving_the_network(plan: str) -> float:
        inside, outside = (
            approval_probability(
                world.claims.assign(plan_type=plan, in_network=flag, place_of_service="11"), world.lines
            ).mean()
            for flag in ("Y", "N")
        )
        return inside - outside

    assert cost_of_leaving_the_network("HMO") > 3 * cost_of_leaving_the_network("PPO")


def test_drift_is_moderate(world, truth):
    received = world.claims["received_date"].fillna("")
    first, last = received < "2025-09-10", received >= "2026-02-01"
    assert abs(truth[first].mean() - truth[last].mean()) < 0.08


def test_every_payer_has_claims(world):
    assert set(world.claims["payer_id"]) == set(PAYER_IDS)
