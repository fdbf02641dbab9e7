"""The legal values of the tables, and what each specialty does for which diagnoses.

Codes are numbers only. A list of codes is written most usual first; the place in the list is the weight.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

SEXES = ("F", "M", "U")
PLANS = ("HMO", "PPO", "EPO", "POS", "HDHP")
STATES = ("AZ", "CA", "CO", "FL", "GA", "IL", "MI", "NY", "OH", "PA", "TX", "WA")
PLACES = ("02", "11", "21", "22", "23", "24", "31")
FREQUENCIES = ("1", "7", "8")
CHANNELS = ("EDI", "PORTAL", "PAPER")
MODIFIERS = ("25", "59", "26", "TC", "LT", "RT", "50")

TELEHEALTH, OFFICE, INPATIENT, OUTPATIENT, EMERGENCY, SURGICAL_CENTER, NURSING = range(len(PLACES))
ORIGINAL, REPLACEMENT, VOID = range(len(FREQUENCIES))

FACILITIES = 120
MEAN_LINES = 2.2


class Family(NamedTuple):
    """Procedures that answer the same kinds of diagnoses.

    Attributes
    ----------
    name
        The family.
    supports
        First letters of the ICD-10 codes that justify its procedures; empty means any.
    modifiers
        Modifiers that its lines may carry, most usual first.
    modified
        Share of its lines that carry a modifier.
    """

    name: str
    supports: str
    modifiers: str
    modified: float


FAMILIES = (
    Family("VISIT", "", "25", 0.40),
    Family("PREVENTIVE", "Z", "25 59", 0.15),
    Family("VACCINE", "Z", "59", 0.10),
    Family("LAB", "ABDEFIJKNORZ", "59", 0.15),
    Family("IMAGING", "CDGIJKMNORST", "26 TC LT RT 59", 0.45),
    Family("CARDIAC", "IRE", "26 TC 59", 0.45),
    Family("JOINT", "MST", "RT LT 59 50", 0.70),
    Family("SKIN", "BCDLS", "59", 0.45),
    Family("ENDOSCOPY", "CDKRZ", "59", 0.45),
    Family("GYNECOLOGIC", "CDNORZ", "59", 0.35),
    Family("EYE", "EH", "RT LT 50 59", 0.65),
    Family("THERAPY", "GIMRST", "59", 0.50),
    Family("MENTAL", "FR", "59", 0.30),
    Family("SLEEP", "EGR", "26 TC 59", 0.45),
    Family("URGENT", "BIJKLMNRST", "59", 0.40),
)
FAMILY_NAMES = tuple(family.name for family in FAMILIES)

# What a specialty may do beyond its procedure families: (specialty, family) -> further ICD-10 letters.
FURTHER_SUPPORT = {
    ("INTERNAL_MEDICINE", "CARDIAC"): "Z",
    ("PEDIATRICS", "LAB"): "HL",
    ("RADIOLOGY", "IMAGING"): "Z",
    ("ORTHOPEDICS", "IMAGING"): "Z",
    ("EMERGENCY_MEDICINE", "CARDIAC"): "FS",
    ("SLEEP_MEDICINE", "SLEEP"): "FJ",
}


class Procedure(NamedTuple):
    """A procedure code with what is usual for it.

    Attributes
    ----------
    code
        HCPCS or CPT number.
    family
        Name of its family.
    charge
        Usual charge of one unit, dollars.
    limit
        Units of one line above which a payer asks questions.
    """

    code: str
    family: str
    charge: float
    limit: int


def _procedures(family: str, *entries: tuple[str, float, int]) -> tuple[Procedure, ...]:
    return tuple(Procedure(code, family, charge, limit) for code, charge, limit in entries)


PROCEDURES = (
    *_procedures("VISIT", ("99203", 190, 1), ("99204", 280, 1), ("99212", 95, 1)),
    *_procedures("VISIT", ("99213", 145, 1), ("99214", 210, 1), ("99215", 295, 1), ("99283", 320, 1)),
    *_procedures("VISIT", ("99284", 540, 1), ("99285", 790, 1)),
    *_procedures("PREVENTIVE", ("G0439", 185, 1), ("99392", 175, 1), ("99395", 205, 1), ("77067", 290, 1)),
    *_procedures("VACCINE", ("90460", 45, 4), ("90471", 40, 2), ("90686", 35, 1)),
    *_procedures("LAB", ("36415", 15, 1), ("80053", 45, 1), ("80061", 55, 1), ("83036", 40, 1)),
    *_procedures("LAB", ("85025", 30, 1), ("87880", 38, 2), ("88305", 160, 4)),
    *_procedures("IMAGING", ("70553", 1450, 1), ("71046", 95, 1), ("72148", 1150, 1), ("73030", 110, 2)),
    *_procedures("IMAGING", ("73560", 105, 2), ("74177", 980, 1), ("76700", 310, 1), ("76830", 290, 1)),
    *_procedures("CARDIAC", ("93000", 75, 1), ("93015", 340, 1), ("93306", 820, 1), ("93458", 4800, 1)),
    *_procedures("JOINT", ("20610", 230, 2), ("27447", 9800, 1), ("29881", 4300, 1), ("L1833", 780, 2)),
    *_procedures("SKIN", ("11042", 260, 2), ("11102", 210, 1), ("11401", 330, 2), ("12001", 290, 1)),
    *_procedures("SKIN", ("17000", 130, 1), ("17110", 190, 1)),
    *_procedures("ENDOSCOPY", ("43235", 900, 1), ("43239", 1200, 1), ("45378", 1150, 1), ("45380", 1400, 1)),
    *_procedures("ENDOSCOPY", ("45385", 1650, 1)),
    *_procedures("GYNECOLOGIC", ("57454", 420, 1), ("58300", 280, 1), ("58558", 2300, 1), ("Q0091", 60, 1)),
    *_procedures("EYE", ("66984", 3100, 1), ("67028", 480, 2), ("92004", 230, 1), ("92014", 180, 1)),
    *_procedures("EYE", ("92083", 110, 1), ("92134", 95, 2)),
    *_procedures("THERAPY", ("97110", 65, 4), ("97112", 68, 4), ("97140", 60, 3), ("97161", 140, 1)),
    *_procedures("THERAPY", ("97530", 72, 4), ("97535", 66, 3), ("97014", 35, 1), ("97116", 62, 3)),
    *_procedures("MENTAL", ("90791", 290, 1), ("90833", 120, 1), ("90834", 160, 1), ("90837", 220, 1)),
    *_procedures("MENTAL", ("96127", 25, 3)),
    *_procedures("SLEEP", ("94660", 130, 1), ("95806", 420, 1), ("95810", 1500, 1), ("95811", 1750, 1)),
    *_procedures("SLEEP", ("E0601", 950, 1)),
    *_procedures("URGENT", ("96372", 60, 3), ("96374", 170, 2), ("J1885", 18, 4), ("96360", 210, 1)),
)
PROCEDURE_CODES = tuple(procedure.code for procedure in PROCEDURES)

# The second code is part of the first, unless its line says otherwise with modifier 25 or 59.
BUNDLES = (
    ("20610", "99213"),
    ("11102", "17000"),
    ("17110", "11102"),
    ("43239", "43235"),
    ("45380", "45378"),
    ("45385", "45380"),
    ("66984", "92134"),
    ("90837", "90833"),
    ("92014", "92083"),
    ("93306", "93000"),
    ("95811", "95810"),
    ("96374", "96372"),
    ("97530", "97140"),
    ("97161", "97116"),
    ("80053", "36415"),
    ("76830", "Q0091"),
)


class Specialty(NamedTuple):
    """What a specialty bills, for which diagnoses, and where.

    Attributes
    ----------
    name
        The specialty, as in the column provider_specialty.
    share
        Its weight among the claims.
    procedures, diagnoses, places
        Codes, most usual first.
    age_effect
        Logits that ten years of age above 45 speak for a claim.
    """

    name: str
    share: float
    procedures: str
    diagnoses: str
    places: str
    age_effect: float


SPECIALTIES = (
    Specialty(
        "CARDIOLOGY", 8, "93000 99214 93306 99213 93015 80061 93458 99204",
        "I10 I25.10 I48.91 R07.9 I50.9 E78.5 R00.2 I35.0", "11 22 21", 0.14,
    ),
    Specialty(
        "DERMATOLOGY", 6, "99213 17000 11102 17110 88305 11401 99203 11042",
        "L57.0 L82.1 D22.9 C44.91 B07.9 L70.0 D48.5 L40.0", "11 24", -0.10,
    ),
    Specialty(
        "EMERGENCY_MEDICINE", 8, "99284 99283 96374 99285 71046 96372 12001 93000 J1885 96360",
        "R07.9 S61.419A R10.9 J18.9 S93.401A N39.0 M54.50 R55", "23", 0.05,
    ),
    Specialty(
        "FAMILY_MEDICINE", 15, "99213 99214 36415 80053 G0439 83036 90471 85025 96372 90686",
        "I10 E11.9 Z00.00 J06.9 E78.5 Z23 R05.9 M54.50", "11 22", 0.0,
    ),
    Specialty(
        "GASTROENTEROLOGY", 5, "45380 45378 99214 43239 88305 45385 43235 99203 76700",
        "K21.9 Z12.11 K63.5 D12.6 K57.30 R10.13 K29.70 C18.9", "24 22 11 21", 0.08,
    ),
    Specialty(
        "GYNECOLOGY", 6, "99395 99213 76830 Q0091 58300 57454 99214 58558",
        "Z01.419 N92.0 N87.9 Z30.430 N83.20 O09.90 D25.9 R87.610", "11 22 24", 0.0,
    ),
    Specialty(
        "INTERNAL_MEDICINE", 13, "99214 99213 36415 80053 83036 80061 G0439 93000 99215 85025",
        "E11.9 I10 E78.5 Z00.00 J44.9 N18.30 D64.9 K21.9", "11 22 21 31", 0.03,
    ),
    Specialty(
        "OPHTHALMOLOGY", 5, "92014 92134 92083 92004 67028 66984 99213 99203",
        "H40.9 H25.9 E11.319 H35.30 H52.4 H04.123 E11.9 H43.10", "11 24", 0.12,
    ),
    Specialty(
        "ORTHOPEDICS", 7, "99213 20610 73560 99214 73030 29881 L1833 27447 72148",
        "M17.11 M25.561 M54.50 S83.241A M75.100 M16.11 S52.501A M79.641", "11 22 24 21", 0.09,
    ),
    Specialty(
        "PEDIATRICS", 7, "99213 99392 90460 90686 99214 87880 85025 99212",
        "Z00.129 J06.9 H66.90 J02.0 Z23 R50.9 L20.9 J45.909", "11 22", -0.25,
    ),
    Specialty(
        "PHYSICAL_THERAPY", 9, "97110 97140 97530 97112 97161 97116 97014 97535",
        "M54.50 M25.561 M75.100 S83.241A G20 M62.81 R26.89 I69.351", "11 22 31", 0.0,
    ),
    Specialty(
        "PSYCHIATRY", 7, "90834 90837 99214 90833 90791 99213 96127 99215",
        "F41.1 F33.1 F43.10 F90.9 F31.9 F32.9 R45.851 F10.20", "11 22 21", -0.08,
    ),
    Specialty(
        "RADIOLOGY", 9, "71046 74177 76700 72148 70553 77067 73030 73560",
        "R10.9 M54.50 J18.9 Z12.31 S52.501A R91.8 G43.909 N20.0", "22 11 21", 0.04,
    ),
    Specialty(
        "SLEEP_MEDICINE", 1, "95810 95806 99214 95811 94660 E0601 99213 99204",
        "G47.33 R06.83 G47.00 E66.9 G47.10 R40.0 G25.81 F51.01", "11 22", -0.12,
    ),
)  # fmt: skip
SPECIALTY_NAMES = tuple(specialty.name for specialty in SPECIALTIES)
PRIMARY_CARE = "EMERGENCY_MEDICINE FAMILY_MEDICINE INTERNAL_MEDICINE PEDIATRICS"
REPEATED_CARE = "PHYSICAL_THERAPY PSYCHIATRY"  # the same service again is the treatment
DIAGNOSES = tuple(sorted({code for specialty in SPECIALTIES for code in specialty.diagnoses.split()}))


def specialties(names: str) -> NDArray[np.bool_]:
    """Whether a specialty is among those named, (specialties + 1,); at -1, an unknown one, it is not."""
    return np.append(np.isin(SPECIALTY_NAMES, names.split()), False)


def usual_weights(listed: str, legal: tuple[str, ...]) -> NDArray[np.float64]:
    """Weights of the legal values when some are listed, most usual first.

    Parameters
    ----------
    listed
        Values separated by blanks.
    legal
        All values.

    Returns
    -------
    NDArray[np.float64]
        (len(legal),); harmonic in the place in the list, 0 where not listed, sum 1.
    """
    weights = np.zeros(len(legal))
    for place, value in enumerate(listed.split()):
        weights[legal.index(value)] = 1.0 / (place + 1.5)
    return weights / weights.sum()


def usual_charges() -> NDArray[np.float64]:
    """Charge of a usual claim of each specialty, dollars, shape (specialties,)."""
    charges = np.array([procedure.charge for procedure in PROCEDURES])
    return MEAN_LINES * np.array(
        [usual_weights(s.procedures, PROCEDURE_CODES) @ charges for s in SPECIALTIES]
    )


def supported_diagnoses() -> NDArray[np.bool_]:
    """Whether a diagnosis justifies a procedure of a family, billed by a specialty.

    Returns
    -------
    NDArray[np.bool_]
        (specialties + 1, families + 1, 26 letters + 1). Index -1 stands for an unknown value, which
        speaks against nobody.
    """
    supported = np.ones((len(SPECIALTIES) + 1, len(FAMILIES) + 1, 27), dtype=bool)
    for family, entry in enumerate(FAMILIES):
        if entry.supports:
            supported[:, family, :26] = False
            supported[:, family, letters(entry.supports)] = True
    for (specialty, name), further in FURTHER_SUPPORT.items():
        supported[SPECIALTY_NAMES.index(specialty), FAMILY_NAMES.index(name), letters(further)] = True
    return supported


def letters(text: str) -> list[int]:
    """Places of capital letters in the alphabet, A = 0."""
    return [ord(letter) - ord("A") for letter in text]
