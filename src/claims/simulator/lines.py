"""The lines of the claims: what was done, how often, at what charge and for which diagnosis."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from claims.simulator import codes, draw
from claims.simulator.codes import FAMILIES, PROCEDURES, SPECIALTIES
from claims.simulator.visits import Visits

LINE_SHARES = (0.43, 0.28, 0.14, 0.06, 0.035, 0.025, 0.018, 0.012)  # of 1, 2, ... lines
UNJUSTIFIED = 0.09  # weight of what a diagnosis does not justify, against what it does
OVER_LIMIT = 0.022  # share of lines with more units than usual

_FAMILY = np.array([codes.FAMILY_NAMES.index(p.family) for p in PROCEDURES])
_CHARGE = np.array([p.charge for p in PROCEDURES])
_LIMIT = np.array([p.limit for p in PROCEDURES])
_MODIFIED = np.array([f.modified for f in FAMILIES])
_MODIFIERS = np.array([codes.usual_weights(f.modifiers, codes.MODIFIERS) for f in FAMILIES])
_LETTER = np.array(codes.letters("".join(code[0] for code in codes.DIAGNOSES)))
_SUPPORTED = codes.supported_diagnoses()


def _procedure_weights() -> NDArray[np.float64]:
    """Weights of the procedures, (specialties, letters, procedures): what a primary diagnosis leads to."""
    usual = np.array([codes.usual_weights(s.procedures, codes.PROCEDURE_CODES) for s in SPECIALTIES])
    justified = np.moveaxis(_SUPPORTED[: len(SPECIALTIES), _FAMILY], 1, 2)
    return usual[:, None, :] * np.where(justified, 1.0, UNJUSTIFIED)


_PROCEDURES = _procedure_weights()


@dataclass(frozen=True)
class Lines:
    """The lines of one chunk, ordered by claim and line number.

    Attributes
    ----------
    owner
        (lines,) places of the claims.
    number
        (lines,) 1 to 8.
    procedure
        (lines,) places in `codes.PROCEDURES`.
    modifier
        (lines,) places in `codes.MODIFIERS`, -1 for none.
    units
        (lines,) from 1.
    cents
        (lines,) charges.
    pointer
        (lines,) 1 to the number of diagnoses.
    """

    owner: NDArray[np.intp]
    number: NDArray[np.intp]
    procedure: NDArray[np.intp]
    modifier: NDArray[np.intp]
    units: NDArray[np.int64]
    cents: NDArray[np.int64]
    pointer: NDArray[np.intp]

    @classmethod
    def drawn(cls, rng: np.random.Generator, visits: Visits, price: NDArray[np.float64]) -> "Lines":
        """Draw the lines of the visits, with the relative prices of their providers, (claims,)."""
        count = 1 + draw.one_of(rng, LINE_SHARES, len(price))
        primary = _LETTER[visits.diagnoses[:, 0]]
        done = draw.several_of(rng, _PROCEDURES[visits.specialty, primary], len(LINE_SHARES))
        owner, place = np.nonzero(np.arange(len(LINE_SHARES)) < count[:, None])
        procedure = done[owner, place]
        units = _units(rng, procedure)
        charge = _CHARGE[procedure] * price[owner] * np.exp(rng.normal(0.0, 0.3, len(owner))) * units
        return cls(
            owner=owner,
            number=place + 1,
            procedure=procedure,
            modifier=_modifiers(rng, procedure),
            units=units,
            cents=np.maximum(np.rint(charge * 100.0), 1.0).astype(np.int64),
            pointer=_pointers(rng, visits, owner, procedure),
        )

    def total_cents(self, claims: int) -> NDArray[np.int64]:
        """Total charges of the claims, cents, shape (claims,)."""
        total = np.zeros(claims, dtype=np.int64)
        np.add.at(total, self.owner, self.cents)
        return total

    def has_family(self, claims: int, names: str) -> NDArray[np.bool_]:
        """Whether a claim has a procedure of the families named, separated by blanks; shape (claims,)."""
        wanted = np.isin(codes.FAMILY_NAMES, names.split())
        has_one = np.zeros(claims, dtype=bool)
        has_one[self.owner[wanted[_FAMILY[self.procedure]]]] = True
        return has_one

    def columns(self, claim_ids: NDArray[np.object_]) -> dict[str, NDArray]:
        """Columns of claim_line_items, each (lines,)."""
        return {
            "claim_id": claim_ids[self.owner],
            "line_number": self.number,
            "procedure_code": np.array(codes.PROCEDURE_CODES, dtype=object)[self.procedure],
            "modifier": np.array([*codes.MODIFIERS, None], dtype=object)[self.modifier],
            "units": self.units,
            "line_charge": self.cents / 100.0,
            "diagnosis_pointer": self.pointer,
        }


def _units(rng: np.random.Generator, procedure: NDArray[np.intp]) -> NDArray[np.int64]:
    limit, size = _LIMIT[procedure], len(procedure)
    usual = 1 + rng.binomial(limit - 1, 0.35)
    return np.where(draw.chance(rng, OVER_LIMIT, size), limit + rng.geometric(0.5, size), usual)


def _modifiers(rng: np.random.Generator, procedure: NDArray[np.intp]) -> NDArray[np.intp]:
    family, size = _FAMILY[procedure], len(procedure)
    modifier = draw.one_of(rng, _MODIFIERS[family], size)
    return np.where(draw.chance(rng, _MODIFIED[family], size), modifier, -1)


def _pointers(
    rng: np.random.Generator, visits: Visits, owner: NDArray[np.intp], procedure: NDArray[np.intp]
) -> NDArray[np.intp]:
    """Point most lines to a diagnosis that justifies them, if the claim has one."""
    letter = _LETTER[visits.diagnoses[owner]]
    justified = _SUPPORTED[visits.specialty[owner][:, None], _FAMILY[procedure][:, None], letter]
    diagnosed = np.arange(letter.shape[1]) < visits.diagnosis_count[owner][:, None]
    return 1 + draw.one_of(rng, diagnosed * np.where(justified, 1.0, UNJUSTIFIED), len(owner))
