"""Every kind of fault is set apart with its reason; nothing is lost; too many of them stop the run."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from claims.base.errors import GateError
from claims.base.stage import with_outputs
from claims.data.pseudonyms import KEY_VARIABLE, pseudonym
from claims.pipeline.extract import extract
from claims.pipeline.validate import validate
from claims.validation.faults import check_share, summarise
from sources.raw_claims import RawClaims, furnish

KEY = "a secret of this test"
CLAIM_FAULTS = {
    ("payer_id", "P99"): "payer_id: legal",
    ("member_sex", "f"): "member_sex: legal",  # no rule mends it
    ("total_charge", "-5"): "total_charge: range",
    ("total_charge", "9999999.99"): "total_charge: range",
    ("days_since_last_claim", "-1"): "days_since_last_claim: range",
    ("member_birth_date", "1899-12-31"): "member_birth_date: range",
    ("diagnosis_primary", ""): "diagnosis_primary: required",
    ("diagnosis_primary", " . "): "diagnosis_primary: required",  # empty once mended
    ("days_since_last_claim", "many"): "days_since_last_claim: readable",
    ("member_birth_date", "2001-02-30"): "member_birth_date: readable",
    ("service_date", "soon"): "service_date: readable; service_date: required",
    ("claim_frequency_code", "9"): "claim_frequency_code: legal",
}
LINE_FAULTS = {
    ("units", "0"): "lines.units: range",
    ("procedure_code", ""): "lines.procedure_code: required",
    ("line_charge", "free"): "lines.line_charge: readable; lines.line_charge: required",
    ("diagnosis_pointer", "13"): "lines.diagnosis_pointer: range",
}
MENDED = {
    ("plan_type", " ppo "): "PPO",
    ("provider_specialty", "Cardiology"): "CARDIOLOGY",
    ("diagnosis_primary", "e11.9"): "E119",
    ("referral_present", ""): None,
}


@pytest.fixture(scope="module")
def clean(demo) -> RawClaims:
    """Decided claims without a fault, as texts."""
    raw = RawClaims.read(demo.url)
    usable = (raw.claims["received_date"] > "2000") & raw.claims["total_charge"].between(0.01, 1e6)
    decided = raw.claims["decided_by"].isin(["PERSON", "RULE"])
    claims = raw.claims[usable & decided].head(200).astype(object)
    return RawClaims(claims, raw.lines[raw.lines["claim_id"].isin(claims["claim_id"])].astype(object))


@dataclass(frozen=True)
class Validated:
    """What the stage wrote."""

    claims: pd.DataFrame
    lines: pd.DataFrame
    quarantine: pd.DataFrame
    metrics: dict


def run_stages(raw: RawClaims, folder: Path, limit: float) -> Validated:
    """Extract and validate claims in a folder."""
    source = dict(zip(("url", "lines_url"), raw.to_csv(folder), strict=True))
    furnish(folder, source=source | {"watch": str(folder)}, validate={"max_quarantined": limit})
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv(KEY_VARIABLE, KEY)
        contract = Path("contracts/professional.yaml")
        with_outputs(extract, [contract, Path("contracts/tombstones"), Path("raw"), Path("extract.json")])
        with_outputs(validate, [contract, Path("raw"), Path("valid"), Path("validate.json")])
    tables = [pd.read_parquet(folder / f"valid/{name}.parquet") for name in ("claims", "lines", "quarantine")]
    return Validated(*tables, json.loads((folder / "validate.json").read_text()))


def with_faults(clean: RawClaims) -> tuple[RawClaims, dict[tuple[str, str], str]]:
    """One fault a claim, and the claim of each."""
    claims, lines = clean.claims.set_index("claim_id", drop=False), clean.lines.copy()
    faulty = dict(zip((*CLAIM_FAULTS, *MENDED, *LINE_FAULTS), claims.index, strict=False))
    for fault, claim in faulty.items():
        column, value = fault
        if fault in LINE_FAULTS:
            lines.loc[lines.index[lines["claim_id"] == claim][-1], column] = value
        else:
            claims.loc[claim, column] = value
    return RawClaims(claims, lines), faulty


@pytest.fixture(scope="module")
def faulty(clean) -> dict[tuple[str, str], str]:
    return with_faults(clean)[1]


@pytest.fixture(scope="module")
def untouched(clean, tmp_path_factory) -> Validated:
    return run_stages(clean, tmp_path_factory.mktemp("untouched"), 0.0)


@pytest.fixture(scope="module")
def validated(clean, tmp_path_factory) -> Validated:
    return run_stages(with_faults(clean)[0], tmp_path_factory.mktemp("faulty"), 0.5)


def hashed(claim: str) -> str:
    return pseudonym(KEY.encode(), claim)


@pytest.mark.parametrize(("fault", "reason"), (CLAIM_FAULTS | LINE_FAULTS).items(), ids=str)
def test_a_fault_is_quarantined_with_its_reason(validated, faulty, fault, reason) -> None:
    reasons = validated.quarantine.set_index("claim_id")["_reason"]
    assert reasons[hashed(faulty[fault])] == reason


@pytest.mark.parametrize(("fault", "mended"), MENDED.items(), ids=str)
def test_what_can_be_mended_is_no_fault(validated, faulty, fault, mended) -> None:
    value = validated.claims.set_index("claim_id").loc[hashed(faulty[fault]), fault[0]]
    assert value == mended or (mended is None and pd.isna(value))


def test_corrections_are_counted(clean, validated) -> None:
    claims = with_faults(clean)[0].claims
    plan = claims["plan_type"]
    changes = {
        "plan_type.trim": plan != plan.str.strip(),
        "plan_type.case": plan != plan.str.upper(),
        "diagnosis_primary.remove": claims["diagnosis_primary"].str.contains(".", regex=False),
    }
    for rule, changed in changes.items():
        assert validated.metrics["corrected"][rule] == changed.sum() > 0, rule


def test_no_claim_is_lost(clean, validated, untouched) -> None:
    bad = len(CLAIM_FAULTS) + len(LINE_FAULTS)
    assert untouched.quarantine.empty
    assert (len(validated.claims), len(validated.quarantine)) == (len(clean.claims) - bad, bad)
    both = pd.concat([validated.claims, validated.quarantine])["claim_id"]
    assert sorted(both) == sorted(map(hashed, clean.claims["claim_id"]))


def test_counts_are_those_of_the_tables(validated) -> None:
    metrics = validated.metrics
    assert metrics["rows"] == metrics["valid"] + metrics["quarantined"] == 200
    assert metrics["valid"] == len(validated.claims)
    listed = validated.quarantine["_reason"].str.split("; ").explode().value_counts()
    assert metrics["reasons"] == listed.to_dict()


def test_lines_follow_their_claims(clean, validated) -> None:
    valid = set(validated.claims["claim_id"])
    expected = clean.lines["claim_id"].map(hashed)
    assert sorted(validated.lines["claim_id"]) == sorted(expected[expected.isin(valid)])


def test_of_two_claims_with_one_identifier_the_first_stays(clean, tmp_path) -> None:
    first = clean.claims.iloc[[0]]
    again = first.assign(received_date="2026-06-29", total_charge=77.0)
    doubled = RawClaims(pd.concat([again, clean.claims]), clean.lines)
    result = run_stages(doubled, tmp_path, 0.5)
    (quarantined,) = result.quarantine.to_dict("records")
    assert (quarantined["_reason"], quarantined["total_charge"]) == ("claim_id: unique", 7700)
    kept = result.claims.set_index("claim_id").loc[hashed(first["claim_id"].item())]
    assert str(kept["received_date"]) == first["received_date"].item()
    assert result.metrics["valid"] == len(clean.claims)


def test_too_many_faults_stop_the_run_and_name_the_worst_columns(clean, tmp_path) -> None:
    claims = clean.claims.assign(payer_id=["P99"] * 20 + ["P01"] * 180, member_sex=["X"] * 9 + ["F"] * 191)
    with pytest.raises(GateError) as stopped:
        run_stages(RawClaims(claims, clean.lines), tmp_path, 0.05)
    assert str(stopped.value) == (
        "quality: 10.0% of 200 claims are not what the contract says; worst: payer_id: legal (20), "
        "member_sex: legal (9). Mend the source or the contract (limit 5.0%, validate.max_quarantined)."
    )
    assert not (tmp_path / "valid").exists()


@pytest.mark.parametrize(("bad", "stops"), [(0, False), (5, False), (6, True), (100, True)])
def test_the_limit_itself_is_still_allowed(bad, stops) -> None:
    reasons = np.array(["payer_id: legal"] * bad + [""] * (100 - bad), dtype=object)
    counts = summarise(reasons, {}, 0)
    if stops:
        with pytest.raises(GateError, match="payer_id"):
            check_share(counts, 0.05)
    else:
        check_share(counts, 0.05)


def test_no_claims_at_all_stop_the_run() -> None:
    with pytest.raises(GateError, match=r"no decided claims\. Mend source\.since"):
        check_share(summarise(np.array([], dtype=object), {}, 0), 0.05)
