"""The rows of the two tables: legal, consistent with each other, and faulty only where they should be."""

import numpy as np
import pandas as pd
import pytest

from claims.simulator import codes, rules
from claims.simulator.adjudicate import CONTRACTUAL
from claims.simulator.audit import FINDINGS
from claims.simulator.payers import PAYER_IDS

OUTCOMES = ["adjudicated_date", "paid_amount", "decided_by"]


def luhn_valid(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if place % 2 else 1)
        total += doubled // 10 + doubled % 10
    return total % 10 == 0


def test_luhn_check_knows_the_published_example():
    assert luhn_valid("80840" + "1234567893")
    assert not luhn_valid("80840" + "1234567890")


def test_provider_identifiers_have_valid_check_digits(world):
    npis = world.claims["provider_npi"].unique()
    assert len(npis) > 500
    assert all(len(npi) == 10 and luhn_valid("80840" + npi) for npi in npis)


@pytest.mark.parametrize(
    ("column", "legal"),
    [
        ("member_sex", codes.SEXES),
        ("plan_type", codes.PLANS),
        ("payer_id", PAYER_IDS),
        ("provider_specialty", codes.SPECIALTY_NAMES),
        ("facility_state", codes.STATES),
        ("place_of_service", codes.PLACES),
        ("claim_frequency_code", codes.FREQUENCIES),
        ("submission_channel", codes.CHANNELS),
        ("in_network", ("Y", "N")),
        ("referral_present", ("Y", "N")),
        ("other_coverage", ("Y", "N")),
        ("claim_status", ("PAID", "DENIED", "PENDING")),
        ("decided_by", ("PERSON", "RULE", "MODEL")),
        ("audit_finding", FINDINGS),
    ],
)
def test_tidied_categories_are_exactly_the_legal_values(world, column, legal):
    tidy = world.claims[column].str.strip().str.upper().replace("", None).dropna()
    assert set(tidy) == set(legal)


def test_reason_codes_are_those_of_the_rules(world):
    denied = world.claims[world.claims["claim_status"] == "DENIED"]
    legal = {reason for rule in rules.RULES for reason in rule.reasons} | {rules.OTHER_REASON}
    assert set(denied["reason_code"]) <= legal
    paid = world.claims[world.claims["claim_status"] == "PAID"]
    assert set(paid["reason_code"].dropna()) == {CONTRACTUAL}


def test_totals_are_the_sums_of_their_lines_but_for_impossible_ones(world):
    sums = world.lines.groupby("claim_id")["line_charge"].sum().loc[world.claims["claim_id"]].to_numpy()
    total = world.claims["total_charge"].to_numpy()
    possible = (total > 0) & (total < 1e6)
    np.testing.assert_allclose(total[possible], sums[possible], atol=0.004)
    assert possible.mean() > 0.995


def test_lines_are_numbered_and_point_to_diagnoses_of_their_claims(world):
    by_claim = world.lines.groupby("claim_id")["line_number"]
    assert (by_claim.max() == by_claim.size()).all()
    assert by_claim.max().between(1, 8).all()
    assert 2.0 < by_claim.size().mean() < 2.4
    diagnoses = world.claims.set_index("claim_id")["diagnosis_codes"].str.split(";").str.len()
    pointed = world.lines["diagnosis_pointer"].to_numpy()
    assert ((pointed >= 1) & (pointed <= diagnoses.loc[world.lines["claim_id"]].to_numpy())).all()


def test_the_primary_diagnosis_is_the_first_of_the_list(world):
    first = world.claims["diagnosis_codes"].str.split(";").str[0]
    assert (first == world.claims["diagnosis_primary"]).all()


def test_outcomes_are_missing_exactly_while_pending(world):
    pending = world.claims["claim_status"] == "PENDING"
    assert 0.01 < pending.mean() < 0.10
    for column in OUTCOMES:
        assert (world.claims[column].isna() == pending).all(), column
    later = world.claims.loc[pending, ["reason_code", "audit_finding", "audit_date"]]
    assert later.isna().all(axis=None)


def test_payment_follows_the_decision(world):
    paid = world.claims["claim_status"] == "PAID"
    assert (world.claims.loc[paid, "paid_amount"] > 0).all()
    assert (world.claims.loc[world.claims["claim_status"] == "DENIED", "paid_amount"] == 0).all()


def test_dates_follow_each_other(world):
    dates = world.claims[["service_date", "received_date", "adjudicated_date", "audit_date"]].apply(
        pd.to_datetime
    )
    usual = dates[dates["received_date"] >= "2024-07-01"]
    assert (usual["service_date"] <= usual["received_date"]).mean() > 0.995
    decided = usual.dropna(subset="adjudicated_date")
    assert (decided["adjudicated_date"] > decided["received_date"]).all()
    audited = usual.dropna(subset="audit_date")
    assert (audited["audit_date"] > audited["adjudicated_date"]).all()


def test_faults_are_present_and_rare(world):
    claims = world.claims
    untidy = ~claims["plan_type"].isin(codes.PLANS)
    undotted = (claims["diagnosis_primary"].str.len() > 3) & ~claims["diagnosis_primary"].str.contains(
        ".", regex=False
    )
    missing = claims["referral_present"].isna() | (claims["referral_present"] == "")
    assert 0 < untidy.mean() < 0.012
    assert 0 < undotted.mean() < 0.012
    assert 0.01 < missing.mean() < 0.03


def test_findings_of_the_audit_are_rare(world):
    decided = world.claims[world.claims["claim_status"] != "PENDING"]
    with_finding = decided["audit_finding"].isin([finding for finding in FINDINGS if finding != "NONE"])
    assert 0.005 < with_finding.mean() < 0.03


def test_the_database_does_not_hold_the_probability(world):
    columns = [*world.claims.columns, *world.lines.columns]
    assert not [name for name in columns if "prob" in name or "truth" in name or "logit" in name]
    truth = world.truth["approval_probability"].to_numpy()
    for name, column in world.claims.select_dtypes("number").items():
        assert abs(column.corr(pd.Series(truth), method="spearman")) < 0.9, name
