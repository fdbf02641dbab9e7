"""The small faults that a real extract carries, so that cleaning and quarantine have work."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from claims.simulator import draw

UNTIDY_TEXT = 0.005  # stray blanks or lower case, in each of the columns below
UNTIDY_COLUMNS = ("plan_type", "provider_specialty")
UNDOTTED = 0.005  # diagnosis codes without their dots
IMPOSSIBLE_CHARGE = 0.0005
IMPOSSIBLE_RECEIPT = 0.0003  # no date, or one long past
SERVED_AFTER_RECEIPT = 0.0004
MISSING = 0.02  # empty or NULL, in each of the columns below
MISSING_COLUMNS = ("facility_state", "referral_present")

ABSURD_CHARGE = 9_999_999.99  # dollars
LONG_PAST = "1900-01-01"

_UNTIDY: tuple[Callable[[str], str], ...] = (str.lower, " {}".format, "{}  ".format, str.title)


def soil(rng: np.random.Generator, claims: dict[str, NDArray]) -> dict[str, NDArray]:
    """Lay faults over the columns of claims as they were submitted.

    Parameters
    ----------
    rng
        The source of randomness of this chunk.
    claims
        Column name to (claims,).

    Returns
    -------
    dict[str, NDArray]
        The same columns in the same order; those with faults are copies.
    """
    size = len(claims["claim_id"])
    soiled = dict(claims)
    for name in UNTIDY_COLUMNS:
        soiled[name] = _untidy(rng, claims[name])
    undotted = draw.chance(rng, UNDOTTED, size)
    for name in ("diagnosis_primary", "diagnosis_codes"):
        soiled[name] = _replaced(claims[name], undotted, lambda text: text.replace(".", ""))
    for name in MISSING_COLUMNS:
        soiled[name] = np.where(
            draw.chance(rng, MISSING, size),
            np.where(draw.chance(rng, 0.5, size), "", np.array(None)),
            claims[name],
        )
    soiled["total_charge"] = _impossible_charges(rng, claims["total_charge"])
    soiled["service_date"], soiled["received_date"] = _impossible_dates(
        rng, claims["service_date"], claims["received_date"]
    )
    return soiled


def _replaced(
    texts: NDArray[np.object_], where: NDArray[np.bool_], change: Callable[[str], str]
) -> NDArray[np.object_]:
    changed = texts.copy()
    changed[where] = [change(text) for text in texts[where]]
    return changed


def _untidy(rng: np.random.Generator, texts: NDArray[np.object_]) -> NDArray[np.object_]:
    untidy = draw.chance(rng, UNTIDY_TEXT, len(texts))
    kind = rng.integers(len(_UNTIDY), size=len(texts))
    for place, change in enumerate(_UNTIDY):
        texts = _replaced(texts, untidy & (kind == place), change)
    return texts


def _impossible_charges(rng: np.random.Generator, charge: NDArray[np.float64]) -> NDArray[np.float64]:
    impossible = draw.chance(rng, IMPOSSIBLE_CHARGE, len(charge))
    return np.where(impossible, np.where(draw.chance(rng, 0.5, len(charge)), -charge, ABSURD_CHARGE), charge)


def _impossible_dates(
    rng: np.random.Generator, service: NDArray[np.object_], received: NDArray[np.object_]
) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Make some services follow their receipt by 1 to 60 days, and some receipts impossible."""
    size = len(service)
    late = np.flatnonzero(draw.chance(rng, SERVED_AFTER_RECEIPT, size))
    service = service.copy()
    after = received[late].astype("datetime64[D]") + rng.integers(1, 61, len(late)).astype("timedelta64[D]")
    service[late] = after.astype(str)
    received = np.where(
        draw.chance(rng, IMPOSSIBLE_RECEIPT, size),
        np.where(draw.chance(rng, 0.5, size), LONG_PAST, np.array(None)),
        received,
    )
    return service, received
