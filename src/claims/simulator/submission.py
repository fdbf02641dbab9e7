"""The columns of the claims as they were submitted, without any fault in them."""

import numpy as np
from numpy.typing import NDArray

from claims.simulator import codes, draw
from claims.simulator.lines import Lines
from claims.simulator.payers import PAYER_IDS
from claims.simulator.people import Members, Providers
from claims.simulator.visits import Visits

Columns = dict[str, NDArray]

AUTHORIZED_FAMILIES = "CARDIAC ENDOSCOPY JOINT IMAGING SLEEP"

_PRIMARY_CARE = codes.specialties(codes.PRIMARY_CARE)
_REPEATED_CARE = codes.specialties(codes.REPEATED_CARE)
_USUAL_CHARGE = codes.usual_charges()
_REFERRED_PLANS = np.isin(codes.PLANS, ["HMO", "POS"])
_STRICT_PLANS = np.isin(codes.PLANS, ["HMO", "EPO"])


def claim_columns(
    rng: np.random.Generator,
    *,
    claim_ids: NDArray[np.object_],
    visits: Visits,
    lines: Lines,
    members: Members,
    providers: Providers,
) -> Columns:
    """Write the columns of claims_production that are known at submission.

    Parameters
    ----------
    rng
        The source of randomness of this chunk.
    claim_ids
        (claims,) identifiers.
    visits, lines
        What the claims are about.
    members, providers
        Whom the claims are about.

    Returns
    -------
    Columns
        Column name to (claims,), in the order of the table.
    """
    return {
        "claim_id": claim_ids,
        **_people(visits, members, providers),
        "claim_frequency_code": _legal(codes.FREQUENCIES, visits.frequency),
        "submission_channel": _legal(codes.CHANNELS, visits.channel),
        "service_date": iso_dates(visits.service),
        "received_date": iso_dates(visits.received),
        **_diagnosis_columns(visits),
        "total_charge": lines.total_cents(len(claim_ids)) / 100.0,
        **_papers(rng, visits, lines, members, providers),
        **_history(rng, visits, members),
    }


def iso_dates(days: NDArray[np.datetime64]) -> NDArray[np.object_]:
    """Days as ISO texts, NaT as None; same shape."""
    texts = np.datetime_as_string(days.astype("datetime64[D]")).astype(object)
    texts[np.isnat(days)] = None
    return texts


def _legal(values: tuple[str, ...], places: NDArray[np.intp]) -> NDArray[np.object_]:
    return np.array(values, dtype=object)[places]


def _flags(yes: NDArray[np.bool_]) -> NDArray[np.object_]:
    return np.where(yes, "Y", "N").astype(object)


def _people(visits: Visits, members: Members, providers: Providers) -> Columns:
    member, provider = visits.member, visits.provider
    facility = providers.facility[provider]
    identifiers = tuple(f"F{number:03d}" for number in range(1, codes.FACILITIES + 1))
    return {
        "member_id": members.identifier[member],
        "member_name": members.name[member],
        "member_birth_date": iso_dates(members.birth[member]),
        "member_sex": _legal(codes.SEXES, members.sex[member]),
        "plan_type": _legal(codes.PLANS, members.plan[member]),
        "payer_id": _legal(PAYER_IDS, members.payer[member]),
        "provider_npi": providers.npi[provider].astype(object),
        "provider_specialty": _legal(codes.SPECIALTY_NAMES, visits.specialty),
        "facility_id": _legal(identifiers, facility),
        "facility_state": _legal(codes.STATES, facility // (codes.FACILITIES // len(codes.STATES))),
        "place_of_service": _legal(codes.PLACES, visits.place),
        "in_network": _flags(providers.contracts[provider, members.payer[member]]),
    }


def _diagnosis_columns(visits: Visits) -> Columns:
    texts = _legal(codes.DIAGNOSES, visits.diagnoses)
    joined = [
        ";".join(row[:count])
        for row, count in zip(texts.tolist(), visits.diagnosis_count.tolist(), strict=True)
    ]
    return {"diagnosis_primary": texts[:, 0], "diagnosis_codes": np.array(joined, dtype=object)}


def _authorization_required(
    rng: np.random.Generator, visits: Visits, lines: Lines, members: Members
) -> NDArray[np.bool_]:
    size = len(visits.member)
    strict = _STRICT_PLANS[members.plan[visits.member]]
    usual = np.where(lines.has_family(size, AUTHORIZED_FAMILIES), np.where(strict, 0.85, 0.6), 0.04)
    return draw.chance(rng, usual, size)


def _papers(
    rng: np.random.Generator,
    visits: Visits,
    lines: Lines,
    members: Members,
    providers: Providers,
) -> Columns:
    size = len(visits.member)
    required = _authorization_required(rng, visits, lines, members)
    diligence = providers.diligence[visits.provider]
    specialist = ~_PRIMARY_CARE[visits.specialty]
    referred = specialist & _REFERRED_PLANS[members.plan[visits.member]]
    expensive = np.clip(np.log(lines.total_cents(size) / 80_000.0), 0.0, 3.0)
    january = visits.received.astype("datetime64[M]").astype(np.int64) % 12 == 0
    return {
        "authorization_required": _flags(required),
        "authorization_present": _flags(
            draw.chance(rng, np.where(required, 0.25 + 0.68 * diligence, 0.02), size)
        ),
        "referral_present": _flags(draw.chance(rng, np.where(referred, 0.5 + 0.45 * diligence, 0.12), size)),
        "documentation_attached": _flags(draw.chance(rng, 0.12 + (0.15 + 0.2 * diligence) * expensive, size)),
        # Coverage lapses with the year.
        "eligible_at_service": _flags(draw.chance(rng, np.where(january, 0.91, 0.955), size)),
    }


def _history(rng: np.random.Generator, visits: Visits, members: Members) -> Columns:
    """What the payer knew of the member at submission.

    The table is a sample of the payer's claims: the counts are those of the payer, not of the table.
    """
    size = len(visits.member)
    repeated = _REPEATED_CARE[visits.specialty]
    # A replacement or a void follows the claim that it replaces.
    followed = (visits.frequency == codes.ORIGINAL) & ~repeated
    prior = np.where(
        repeated,
        rng.poisson(2.5, size),
        draw.chance(rng, np.where(followed, 0.075, 0.8), size) * rng.geometric(0.8, size),
    )
    since = np.where(prior > 0, rng.integers(1, 31, size), 1 + rng.exponential(45.0, size).astype(np.int64))
    since = since.astype(object)
    since[(prior == 0) & draw.chance(rng, 0.13, size)] = None  # new members
    old = visits.received - members.birth[visits.member] > np.timedelta64(65 * 365, "D")
    coverage = draw.one_of(rng, np.where(old[:, None], (0.22, 0.72, 0.06), (0.05, 0.89, 0.06)), size)
    return {
        "prior_same_service_count": prior,
        "days_since_last_claim": since,
        "other_coverage": np.array(["Y", "N", None], dtype=object)[coverage],
    }
