"""Members, providers and facilities: those about whom the claims are."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from claims.simulator import draw
from claims.simulator.codes import FACILITIES, SPECIALTIES, STATES
from claims.simulator.payers import PAYERS

PROVIDERS_PER_CELL = 12  # providers of one specialty in one state
NPI_PREFIX = "80840"  # the check digit of an NPI is computed with this issuer prefix before it

# Shares in the order of the legal values.
SEX_SHARES = (0.515, 0.48, 0.005)
PLAN_SHARES = (0.27, 0.36, 0.10, 0.09, 0.18)

GIVEN_NAMES = (
    "Adwen Belora Corvin Dalis Elmar Fenja Garrit Hesper Ilvo Jorane Kelda Lorin "
    "Mavis Nerel Orsino Pella Quillan Risa Soren Tamsin Ulric Vessa Wendel Ysolde"
)
NAME_BEGINNINGS = "Ash Brack Cold Dun Elder Farn Grim Hollow Iron Kest Lang Marl Nor Oak"
NAME_ENDINGS = "bridge combe dale ford gate hurst ley mere moor ridge stead thorpe wick worth"


@dataclass(frozen=True)
class Providers:
    """The providers, `PROVIDERS_PER_CELL` of each specialty in each state, ordered by state and specialty.

    Attributes
    ----------
    npi
        (providers,) national provider identifiers with valid check digits.
    facility
        (providers,) place of the facility, in the provider's state.
    diligence
        (providers,) 0 to 1: how reliably the papers are in order.
    price
        (providers,) charges relative to the usual ones.
    contracts
        (providers, payers) whether the provider is in the payer's network.
    """

    npi: NDArray[np.str_]
    facility: NDArray[np.intp]
    diligence: NDArray[np.float64]
    price: NDArray[np.float64]
    contracts: NDArray[np.bool_]

    @classmethod
    def drawn(cls, rng: np.random.Generator) -> "Providers":
        """Draw the providers of all states."""
        size = len(STATES) * len(SPECIALTIES) * PROVIDERS_PER_CELL
        state = np.arange(size) // (len(SPECIALTIES) * PROVIDERS_PER_CELL)
        bodies = 100_000_000 + rng.choice(100_000_000, size=size, replace=False)
        here = FACILITIES // len(STATES)
        return cls(
            npi=with_check_digits(bodies),
            facility=state * here + rng.integers(here, size=size),
            diligence=rng.beta(6.0, 2.0, size),
            price=np.exp(rng.normal(0.0, 0.25, size)),
            contracts=rng.random((size, len(PAYERS))) < rng.beta(9.0, 1.5, size)[:, None],
        )


@dataclass(frozen=True)
class Members:
    """The members about whom the claims of one chunk are.

    Attributes
    ----------
    identifier, name
        (members,) text; the names are made up.
    birth
        (members,) days.
    sex, plan, payer, state
        (members,) places in the tuples of their legal values.
    """

    identifier: NDArray[np.object_]
    name: NDArray[np.object_]
    birth: NDArray[np.datetime64]
    sex: NDArray[np.intp]
    plan: NDArray[np.intp]
    payer: NDArray[np.intp]
    state: NDArray[np.intp]

    @classmethod
    def drawn(cls, rng: np.random.Generator, size: int, first: int, start: np.datetime64) -> "Members":
        """Draw `size` members, numbered from `first`, with their ages at `start`."""
        # Nobody is younger than two years at the start, so that every service follows its patient's birth.
        age = 2.0 + 93.0 * rng.beta(1.6, 2.0, size)
        return cls(
            identifier=np.array([f"MBR{number:09d}" for number in range(first, first + size)], dtype=object),
            name=_names(rng, size),
            birth=start - (age * 365.25).astype("timedelta64[D]"),
            sex=draw.one_of(rng, SEX_SHARES, size),
            plan=draw.one_of(rng, PLAN_SHARES, size),
            payer=draw.one_of(rng, [payer.share for payer in PAYERS], size),
            state=rng.integers(len(STATES), size=size),
        )


def _names(rng: np.random.Generator, size: int) -> NDArray[np.object_]:
    given, beginning, ending = (
        rng.choice(np.array(parts.split(), dtype=object), size)
        for parts in (GIVEN_NAMES, NAME_BEGINNINGS, NAME_ENDINGS)
    )
    names: NDArray[np.object_] = given + " " + beginning + ending
    return names


def with_check_digits(bodies: NDArray[np.int64]) -> NDArray[np.str_]:
    """Complete national provider identifiers by their Luhn check digits.

    Parameters
    ----------
    bodies
        (providers,) numbers of nine digits.

    Returns
    -------
    NDArray[np.str_]
        (providers,) texts of ten digits.
    """
    prefixed = np.array([list(f"{NPI_PREFIX}{body}") for body in bodies.tolist()], dtype=np.int64)
    doubled = prefixed[:, ::-1][:, ::2] * 2  # every second digit, from the one before the check digit
    plain = prefixed[:, ::-1][:, 1::2]
    total = (doubled // 10 + doubled % 10).sum(axis=1) + plain.sum(axis=1)
    return np.array([f"{number:010d}" for number in (bodies * 10 + -total % 10).tolist()])
