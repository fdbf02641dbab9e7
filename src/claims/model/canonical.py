"""Canonical JSON: equal content has equal bytes, so that a hash of the bytes is a hash of the content."""

import json
from typing import Any, Literal

import rfc8785

from claims.base.errors import ReleaseError

RFC_8785: Literal["RFC 8785"] = "RFC 8785"


def canonical_json(content: Any, name: str) -> bytes:
    """Return the bytes that RFC 8785, the JSON Canonicalization Scheme, gives a value.

    Raises
    ------
    ReleaseError
        Where the value, whose name is for the error, holds what a double cannot, such as NaN or a whole
        number from 2^53 on.
    """
    try:
        canonical = rfc8785.dumps(content)
        rfc8785.dumps(json.loads(canonical))  # 1e16 would read back as a whole number, which is refused
    except rfc8785.CanonicalizationError as error:
        remedy = "Mend what wrote it: a number has to be finite, and whole ones lie below 2^53."
        raise ReleaseError(name, f"has no canonical form ({error})", remedy) from None
    return canonical


def python_json(content: Any) -> bytes:
    """Return the bytes of records without a named form, which verify by it for ever.

    UTF-8, keys in the order of their code points, no spaces, no escape that JSON does not ask for, and each
    number as the shortest decimal that reads back as the same double, in Python's notation.
    """
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode()
