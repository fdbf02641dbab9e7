"""The anomaly head's label: what audits say of each claim, and of which claims they say nothing."""

import numpy as np
from numpy.typing import NDArray

from claims.contract import Contract
from claims.contract.outcome import Anomaly
from claims.data.batch import Frame

Anomalies = NDArray[np.float32]


def anomalies(contract: Contract, claims: Frame) -> Anomalies | None:
    """Say what is known of each claim's anomaly.

    Parameters
    ----------
    contract
        Names the audit's column and its values.
    claims
        n decided claims, corrected: all of them, since the last day among them dates the youngest.

    Returns
    -------
    float32 [n]: 1 a finding, 0 clean, NaN not known. None where the contract names no anomaly outcome.
    """
    anomaly = contract.outcome.anomaly
    if anomaly is None:
        return None
    column = claims.categories(anomaly.column)
    meaning = dict.fromkeys(anomaly.findings, 1.0) | dict.fromkeys(anomaly.clean, 0.0)
    levels = [*(meaning.get(level, np.nan) for level in column.levels), np.nan]  # the last serves code −1
    labels = np.array(levels, dtype=np.float32)[column.codes]
    return labels if anomaly.clean_after_days is None else _matured(contract, anomaly, claims, labels)


def _matured(contract: Contract, anomaly: Anomaly, claims: Frame, labels: Anomalies) -> Anomalies:
    """Count young claims as unknown: of them the findings alone would be known."""
    assert contract.outcome.known_at is not None
    assert anomaly.clean_after_days is not None
    decided = claims.numbers(contract.outcome.known_at)
    last = min(np.nanmax(decided), np.nanmax(claims.numbers(contract.claims.event_time)))
    mature = decided + anomaly.clean_after_days <= last  # false for NaN
    return np.where(mature, np.nan_to_num(labels), np.nan).astype(np.float32)
