"""What audits say of the claims of each split."""

from collections.abc import Mapping

import numpy as np

from claims.contract import Contract
from claims.data.anomaly_labels import Anomalies, anomalies
from claims.data.batch import Frame, Ints
from claims.data.windows import check_anomalies
from claims.results.featurize import LabelCounts


def label_splits(contract: Contract, claims: Frame, rows: Mapping[str, Ints]) -> dict[str, Anomalies]:
    """Label the claims of each split; nothing where the contract names no anomaly outcome.

    Parameters
    ----------
    claims
        All decided claims.
    rows
        Those of each split.

    Raises
    ------
    DataError
        Where a split that is learned from lacks a finding, or a clean claim.
    """
    known = anomalies(contract, claims)
    if known is None:
        return {}
    labels = {name: known[chosen] for name, chosen in rows.items()}
    check_anomalies(labels)
    return labels


def count_labels(label: Anomalies) -> LabelCounts:
    """Count claims with a finding, clean ones, and those of which no audit says anything."""
    return LabelCounts(
        found=int((label == 1).sum()),
        clean=int((label == 0).sum()),
        unknown=int(np.isnan(label).sum()),
    )
