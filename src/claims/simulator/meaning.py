"""The two tables read for what they mean, faults and all.

Categories become places in the tuples of their legal values, whatever their blanks and case; what is missing
or unknown becomes -1, so that a table of effects with its default at the end is simply indexed. Numbers and
dates out of all bounds are brought to the nearest bound.
"""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from claims.simulator import codes
from claims.simulator.payers import PAYER_IDS

LAG_BOUNDS = (0, 730)  # days from service to receipt
CHARGE_BOUNDS = (1.0, 250_000.0)  # dollars
AGE_BOUNDS = (0.0, 110.0)  # years
DEFAULT_LAG, DEFAULT_AGE = 14, 40.0  # where a date is missing
OLDEST_RECEIPT = np.datetime64("2000-01-01")  # receipts before it count as missing

Places = NDArray[np.int64]


class Table(Protocol):
    """Columns by name: a mapping to NumPy arrays, or a pandas DataFrame."""

    def __getitem__(self, name: str, /) -> Any:
        """Give one column."""


@dataclass(frozen=True)
class Facts:
    """What is known of the claims at submission.

    Attributes
    ----------
    payer, plan, specialty, place, frequency, channel
        (claims,) places of legal values, -1 if unknown.
    in_network, required, authorized, referred, documented, eligible, other_coverage
        (claims,) 1 for yes, 0 for no, -1 for missing.
    received
        (claims,) days, NaT if missing.
    lag
        (claims,) days from service to receipt.
    age
        (claims,) years at receipt.
    charge
        (claims,) dollars.
    prior
        (claims,) the same service in the last 30 days.
    new_member
        (claims,) whether the member had no claim before.
    owner
        (lines,) places of the claims; lines of no claim are left out of this and all that follows.
    procedure, modifier, letter
        (lines,) places of procedure, modifier and of the first letter of the diagnosis pointed to, or -1.
    units
        (lines,) from 1.
    """

    payer: Places
    plan: Places
    specialty: Places
    place: Places
    frequency: Places
    channel: Places
    in_network: Places
    required: Places
    authorized: Places
    referred: Places
    documented: Places
    eligible: Places
    other_coverage: Places
    received: NDArray[np.datetime64]
    lag: Places
    age: NDArray[np.float64]
    charge: NDArray[np.float64]
    prior: Places
    new_member: NDArray[np.bool_]
    owner: Places
    procedure: Places
    modifier: Places
    letter: Places
    units: Places

    def any_line(self, lines: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Whether a claim has one of the lines chosen; (lines,) to (claims,)."""
        has_line = np.zeros(len(self.payer), dtype=bool)
        has_line[self.owner[lines]] = True
        return has_line

    def line_count(self) -> Places:
        """Count the lines of each claim, shape (claims,)."""
        return np.bincount(self.owner, minlength=len(self.payer))


def read(claims: Table, lines: Table) -> Facts:
    """Read the submission-time columns of both tables.

    Parameters
    ----------
    claims
        Columns of claims_production, each (claims,), in any order.
    lines
        Columns of claim_line_items, each (lines,), in any order, joined by claim_id.

    Returns
    -------
    Facts
        What they mean, in the order of the claims.
    """
    owner = pc.index_in(_text(lines["claim_id"]), value_set=_text(claims["claim_id"]))
    known = pc.is_valid(owner).to_numpy(zero_copy_only=False)
    owner = owner.fill_null(0).to_numpy().astype(np.int64)
    pointer = _whole(lines["diagnosis_pointer"], 1)
    service, received = _days(claims["service_date"]), _days(claims["received_date"])
    received[received < OLDEST_RECEIPT] = np.datetime64("NaT")
    return Facts(
        payer=_places(claims["payer_id"], PAYER_IDS),
        plan=_places(claims["plan_type"], codes.PLANS),
        specialty=_places(claims["provider_specialty"], codes.SPECIALTY_NAMES),
        place=_places(claims["place_of_service"], codes.PLACES),
        frequency=_places(claims["claim_frequency_code"], codes.FREQUENCIES),
        channel=_places(claims["submission_channel"], codes.CHANNELS),
        in_network=_flag(claims["in_network"]),
        required=_flag(claims["authorization_required"]),
        authorized=_flag(claims["authorization_present"]),
        referred=_flag(claims["referral_present"]),
        documented=_flag(claims["documentation_attached"]),
        eligible=_flag(claims["eligible_at_service"]),
        other_coverage=_flag(claims["other_coverage"]),
        received=received,
        lag=_bounded_days(received - service, DEFAULT_LAG, LAG_BOUNDS),
        age=_ages(claims["member_birth_date"], received),
        charge=np.clip(_number(claims["total_charge"], 1.0), *CHARGE_BOUNDS),
        prior=_whole(claims["prior_same_service_count"], 0),
        new_member=np.isnan(_number(claims["days_since_last_claim"], np.nan)),
        owner=owner[known],
        procedure=_places(lines["procedure_code"], codes.PROCEDURE_CODES)[known],
        modifier=_places(lines["modifier"], codes.MODIFIERS)[known],
        letter=_pointed_letters(claims["diagnosis_codes"], owner, pointer)[known],
        units=_whole(lines["units"], 1)[known],
    )


def _arrow(column: Any) -> pa.Array:
    return pa.array(np.asarray(column), from_pandas=True)


def _text(column: Any) -> pa.Array:
    return _arrow(column).cast(pa.string())


def _places(column: Any, legal: tuple[str, ...]) -> Places:
    tidy = pc.utf8_upper(pc.utf8_trim_whitespace(_text(column)))
    return pc.index_in(tidy, value_set=pa.array(legal)).fill_null(-1).to_numpy().astype(np.int64)


def _flag(column: Any) -> Places:
    return _places(column, ("N", "Y"))


def _number(column: Any, default: float) -> NDArray[np.float64]:
    return _arrow(column).cast(pa.float64()).fill_null(default).to_numpy(zero_copy_only=False)


def _whole(column: Any, default: int) -> Places:
    return _number(column, default).astype(np.int64)


def _days(column: Any) -> NDArray[np.datetime64]:
    return _arrow(column).cast(pa.date32()).to_numpy(zero_copy_only=False).astype("datetime64[D]")


def _bounded_days(span: NDArray[np.timedelta64], default: int, bounds: tuple[int, int]) -> Places:
    days = np.where(np.isnat(span), default, span.astype(np.int64))
    return np.clip(days, *bounds)


def _ages(birth: Any, received: NDArray[np.datetime64]) -> NDArray[np.float64]:
    span = received - _days(birth)
    years = np.where(np.isnat(span), DEFAULT_AGE, span.astype(np.int64) / 365.25)
    return np.clip(years, *AGE_BOUNDS)


def _pointed_letters(diagnosis_codes: Any, owner: Places, pointer: Places) -> Places:
    """Places in the alphabet of the first letters of the diagnoses that lines point to, shape (lines,)."""
    listed = pc.split_pattern(_text(diagnosis_codes).fill_null(""), ";")
    first, past = (listed.offsets.to_numpy()[edge].astype(np.int64) for edge in (slice(-1), slice(1, None)))
    tidy = pc.utf8_upper(pc.utf8_trim_whitespace(listed.flatten()))
    letter = _places(pc.utf8_slice_codeunits(tidy, 0, 1), tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    return letter[np.clip(first[owner] + pointer - 1, first[owner], past[owner] - 1)]
