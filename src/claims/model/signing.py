"""Signatures of records: Ed25519, detached. A hash proves that a file is whole; a signature, whose it is.

Keys are PEM files, as OpenSSL makes them:

    openssl genpkey -algorithm ed25519 -out ~/release-key.pem

Source: RFC 8032.
"""

import base64
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from claims.base.errors import ReleaseError
from claims.model.record import Record

_MAKE = "Make one: openssl genpkey -algorithm ed25519 -out ~/release-key.pem"
_DERIVE = "Make it: openssl pkey -in ~/release-key.pem -pubout -out public_key.pem"


def sign(record: Record, key: Path) -> bytes:
    """Sign a record's canonical bytes: base64 with an end of line.

    Raises
    ------
    ReleaseError
        Where the file is no Ed25519 private key without a passphrase.
    """
    return base64.b64encode(_private(key).sign(record.canonical())) + b"\n"


def public_of(key: Path) -> bytes:
    """Return the public key of a private one, as a PEM file; see `sign`."""
    return _private(key).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def check_pair(key: Path, public: Path) -> None:
    """Refuse a private key of another holder than the public one's.

    Raises
    ------
    ReleaseError
        Where it is another's, or a file is no key.
    """
    if _private(key).public_key() != _public(public):
        raise ReleaseError(
            str(key), f"not the key that {public} confirms", "Give the one that signed before."
        )


def check_signature(record: Record, signature: bytes, key: Path) -> None:
    """Refuse a signature that is not of this record by the holder of this public key.

    Raises
    ------
    ReleaseError
        Where it is not, or the file is no public key.
    """
    public = _public(key)
    try:
        public.verify(base64.b64decode(signature.strip(), validate=True), record.canonical())
    except (InvalidSignature, ValueError):  # the second where it is no base64
        problem = f"its signature is not by the holder of {key}"
        raise ReleaseError(f"release {record.number}", problem, "Do not serve it.") from None


def _private(path: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm):
        raise ReleaseError(str(path), "no private key without a passphrase", _MAKE) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise ReleaseError(str(path), "not an Ed25519 key", _MAKE)
    return key


def _public(path: Path) -> Ed25519PublicKey:
    try:
        key = load_pem_public_key(path.read_bytes())
    except (OSError, ValueError, UnsupportedAlgorithm):
        raise ReleaseError(str(path), "no public key", _DERIVE) from None
    if not isinstance(key, Ed25519PublicKey):
        raise ReleaseError(str(path), "not an Ed25519 key", _DERIVE)
    return key
