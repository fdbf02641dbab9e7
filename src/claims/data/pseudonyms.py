"""Pseudonyms: a direct identifier is replaced by a keyed hash, the same wherever the key is the same."""

import hashlib
import hmac
import os

from claims.base.errors import DataError
from claims.contract import Contract
from claims.data.batch import Categories

KEY_VARIABLE = "CLAIMS_HASH_KEY"
PUBLISHED_KEY = b"claims-mlops published demo key: protects nothing"
_MIN_KEY = 16  # bytes


def hash_key(contract: Contract, *, is_demo: bool) -> bytes:
    """Return the key of this source.

    Raises
    ------
    DataError
        Where the claims are not public and no key of at least 16 bytes is set.
    """
    key = os.fsencode(os.environ.get(KEY_VARIABLE, ""))
    if key:
        if len(key) < _MIN_KEY:
            raise DataError(KEY_VARIABLE, f"{len(key)} bytes", f"Use a secret of at least {_MIN_KEY} bytes.")
        return key
    if contract.published_key == "always" or (contract.published_key == "demo" and is_demo):
        return PUBLISHED_KEY
    raise DataError(
        KEY_VARIABLE,
        "not set, and these claims are not the demo's",
        "Set it to a secret that stays the same, so that identifiers can be hashed.",
    )


def fingerprint(key: bytes) -> str:
    """Give a key's 16 hex digits that may be recorded: they tell keys apart and give nothing away."""
    return hmac.digest(key, b"fingerprint", "sha256").hex()[:16]


def pseudonym(key: bytes, identifier: str) -> str:
    """Hash an identifier: HMAC-SHA-256 cut to 128 bits (RFC 4868), in hex."""
    return hmac.digest(key, identifier.encode(), hashlib.sha256).hex()[:32]


def pseudonymise(key: bytes, identifiers: Categories) -> Categories:
    """Hash a column of identifiers."""
    return identifiers.recode([pseudonym(key, level) for level in identifiers.levels])
