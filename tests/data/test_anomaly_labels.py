"""The label of the second outcome: only what an audit said, or what time has told."""

import numpy as np
import pytest

from claims.contract import Contract
from claims.contract.outcome import Anomaly
from claims.data.anomaly_labels import anomalies
from claims.data.batch import Categories, Frame

FINDINGS = ["UPCODING", "NONE", "PENDING"]
DECIDED = [0.0, 10.0, 20.0, 30.0, np.nan]  # days


def audited(contract: Contract, **keys: object) -> Contract:
    """The contract with keys of its anomaly outcome set."""
    assert contract.outcome.anomaly is not None
    anomaly = Anomaly.model_validate(contract.outcome.anomaly.model_dump() | keys)
    return contract.model_copy(update={"outcome": contract.outcome.model_copy(update={"anomaly": anomaly})})


def claims(findings: list[str | None]) -> Frame:
    """Claims with those findings, received and decided on the days above."""
    codes = np.array([-1 if value is None else FINDINGS.index(value) for value in findings], np.int32)
    days = np.array(DECIDED[: len(findings)])
    return Frame(
        len(findings),
        {
            "audit_finding": Categories(codes, FINDINGS),
            "received_date": np.nan_to_num(days, nan=40.0),
            "adjudicated_date": days,
        },
    )


def test_a_finding_is_an_anomaly_and_a_clean_audit_is_none(contract: Contract) -> None:
    labels = anomalies(contract, claims(["UPCODING", "NONE"]))
    assert labels is not None
    assert labels.tolist() == [1, 0]
    assert labels.dtype == np.float32


@pytest.mark.parametrize("value", [None, "PENDING"])
def test_an_unaudited_claim_is_not_clean_however_old(contract: Contract, value: str | None) -> None:
    labels = anomalies(contract, claims([value, value, "NONE"]))
    assert np.isnan(labels[:2]).all()


def test_where_time_makes_clean_young_claims_are_unknown_whatever_was_found(contract: Contract) -> None:
    """Of young claims the findings alone would be known: they would all look anomalous."""
    aging = audited(contract, clean=(), clean_after_days=20)
    labels = anomalies(aging, claims(["UPCODING", None, None, "UPCODING", "UPCODING"]))
    np.testing.assert_array_equal(labels, np.float32([1, 0, np.nan, np.nan, np.nan]))


def test_a_claim_matures_on_the_day_that_the_contract_says(contract: Contract) -> None:
    label = claims([None, None, None, None])
    mature = [
        int(np.isfinite(anomalies(audited(contract, clean_after_days=days), label)).sum())
        for days in (30, 29, 10, 31)
    ]
    assert mature == [1, 1, 3, 0]


def test_a_contract_without_the_outcome_has_no_label(plain_contract: Contract) -> None:
    assert anomalies(plain_contract, claims(["UPCODING"])) is None
