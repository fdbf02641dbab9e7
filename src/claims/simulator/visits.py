"""Who saw whom, when, where and for what, and how the claim about it was sent."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from claims.simulator import codes, draw, payers
from claims.simulator.codes import SPECIALTIES, SPECIALTY_NAMES
from claims.simulator.people import PROVIDERS_PER_CELL, Members

DIAGNOSIS_SHARES = (0.34, 0.28, 0.18, 0.11, 0.06, 0.03)  # of 1, 2, ... diagnoses
FREQUENCY_SHARES = (0.935, 0.05, 0.015)
TRAVELLERS = 0.07  # share of claims from outside the member's state
STRAY_DIAGNOSES = 0.05  # share of claims with the diagnoses of another specialty
LONGEST_LAG = 720  # days from service to receipt
TELEHEALTH_SPECIALTIES = "DERMATOLOGY FAMILY_MEDICINE INTERNAL_MEDICINE PEDIATRICS PSYCHIATRY SLEEP_MEDICINE"

_SHARES = np.array([s.share for s in SPECIALTIES], dtype=np.float64)
_DIAGNOSES = np.array([codes.usual_weights(s.diagnoses, codes.DIAGNOSES) for s in SPECIALTIES])
_PLACES = np.array([codes.usual_weights(s.places, codes.PLACES) for s in SPECIALTIES])
_TELEHEALTH = codes.specialties(TELEHEALTH_SPECIALTIES)
_GYNECOLOGY, _PEDIATRICS, _SLEEP_MEDICINE = (
    SPECIALTY_NAMES.index(name) for name in ("GYNECOLOGY", "PEDIATRICS", "SLEEP_MEDICINE")
)


@dataclass(frozen=True)
class Visits:
    """The visits of one chunk, each the subject of one claim.

    All but the days are places: in the tuples of legal values, among the members, among the providers.

    Attributes
    ----------
    received, service
        (claims,) days.
    member, specialty, provider, place, channel, frequency
        (claims,) places.
    diagnoses
        (claims, 6) places, the primary first; the first `diagnosis_count` of each row were diagnosed.
    diagnosis_count
        (claims,) 1 to 6.
    """

    received: NDArray[np.datetime64]
    service: NDArray[np.datetime64]
    member: NDArray[np.intp]
    specialty: NDArray[np.intp]
    provider: NDArray[np.intp]
    place: NDArray[np.intp]
    channel: NDArray[np.intp]
    frequency: NDArray[np.intp]
    diagnoses: NDArray[np.intp]
    diagnosis_count: NDArray[np.intp]

    @classmethod
    def drawn(
        cls, rng: np.random.Generator, size: int, members: Members, start: np.datetime64, days: int
    ) -> "Visits":
        """Draw visits whose claims are received in the `days` days from `start`."""
        received = _received(rng, size, start, days)
        drift = payers.drift(received)
        # A few members have many claims, many have few.
        member = (len(members.birth) * rng.random(size) ** 1.5).astype(np.intp)
        specialty = _specialties(rng, members, member, received, drift)
        channel = _channels(rng, drift)
        frequency = draw.one_of(rng, FREQUENCY_SHARES, size)
        return cls(
            received=received,
            service=received - _filing_lags(rng, channel, frequency),
            member=member,
            specialty=specialty,
            provider=_providers(rng, members.state[member], specialty),
            place=_places(rng, specialty, drift),
            channel=channel,
            frequency=frequency,
            diagnoses=_diagnoses(rng, specialty),
            diagnosis_count=1 + draw.one_of(rng, DIAGNOSIS_SHARES, size),
        )


def _received(rng: np.random.Generator, size: int, start: np.datetime64, days: int) -> NDArray[np.datetime64]:
    calendar = start + np.arange(days)
    weekday = (calendar.astype("datetime64[D]").astype(np.int64) + 3) % 7  # day 0 of NumPy was a Thursday
    volume = np.where(weekday < 5, 1.0, 0.25) * (1.0 + 0.2 * payers.drift(calendar))
    summed = np.cumsum(volume)
    return calendar[np.searchsorted(summed, rng.random(size) * summed[-1], side="right")]


def _specialties(
    rng: np.random.Generator,
    members: Members,
    member: NDArray[np.intp],
    received: NDArray[np.datetime64],
    drift: NDArray[np.float64],
) -> NDArray[np.intp]:
    weights = np.tile(_SHARES, (len(member), 1))
    child = received - members.birth[member] < np.timedelta64(18 * 365, "D")
    weights[:, _PEDIATRICS] *= np.where(child, 8.0, 0.02)
    weights[:, _GYNECOLOGY] *= np.where(child | (members.sex[member] == codes.SEXES.index("M")), 0.0, 2.2)
    weights[:, _SLEEP_MEDICINE] *= 1.0 + 4.0 * drift  # a new specialty is taken up
    return draw.one_of(rng, weights, len(member))


def _channels(rng: np.random.Generator, drift: NDArray[np.float64]) -> NDArray[np.intp]:
    before, after = np.array([0.67, 0.15, 0.18]), np.array([0.64, 0.28, 0.08])  # the portal replaces paper
    return draw.one_of(rng, before + drift[:, None] * (after - before), len(drift))


def _filing_lags(
    rng: np.random.Generator, channel: NDArray[np.intp], frequency: NDArray[np.intp]
) -> NDArray[np.timedelta64]:
    size = len(channel)
    lag = np.exp(rng.normal(np.log(14.0), 0.95, size))
    lag += np.where(channel == codes.CHANNELS.index("PAPER"), 8.0, 0.0)
    lag += np.where(frequency == codes.REPLACEMENT, rng.uniform(20.0, 120.0, size), 0.0)
    lag = np.where(draw.chance(rng, 0.03, size), rng.uniform(80.0, 560.0, size), lag)  # the forgotten ones
    return np.minimum(lag, LONGEST_LAG).astype("timedelta64[D]")


def _providers(
    rng: np.random.Generator, home: NDArray[np.intp], specialty: NDArray[np.intp]
) -> NDArray[np.intp]:
    size, states = len(home), len(codes.STATES)
    state = np.where(draw.chance(rng, TRAVELLERS, size), rng.integers(states, size=size), home)
    within = (PROVIDERS_PER_CELL * rng.random(size) ** 1.4).astype(np.intp)
    return (state * len(SPECIALTIES) + specialty) * PROVIDERS_PER_CELL + within


def _places(
    rng: np.random.Generator, specialty: NDArray[np.intp], drift: NDArray[np.float64]
) -> NDArray[np.intp]:
    weights = _PLACES[specialty]
    weights[:, codes.TELEHEALTH] += np.where(_TELEHEALTH[specialty], 0.06 + 0.16 * drift, 0.0)
    return draw.one_of(rng, weights, len(specialty))


def _diagnoses(rng: np.random.Generator, specialty: NDArray[np.intp]) -> NDArray[np.intp]:
    size = len(specialty)
    other = rng.integers(len(SPECIALTIES), size=size)
    of = np.where(draw.chance(rng, STRAY_DIAGNOSES, size), other, specialty)
    return draw.several_of(rng, _DIAGNOSES[of], len(DIAGNOSIS_SHARES))
