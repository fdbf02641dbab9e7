"""URLs as messages and records may show them: without passwords, tokens and keys.

SQLAlchemy's own masking ends a password at its first ``@`` and shows what options hold; this one hides too
much rather than too little. What is not secret stays as it was written.
"""

import re
from typing import Any
from urllib.parse import quote_plus, unquote_plus

HIDDEN = "***"
_SECRET = re.compile(r"pass|pwd|secret|token|key|credential|auth|signature|\bsig\b", re.IGNORECASE)
_URL = re.compile(r"[A-Za-z][\w+.-]*://[^\s'\"<>]*")
_PARTS = re.compile(r"((?:jdbc:)?[A-Za-z][\w+.-]*)://(.*)", re.DOTALL)
_WEB = re.compile(r"(git\+)?(https?|webdavs?|davs?)", re.IGNORECASE)
_NAME = r"(?!\[[\w:.%]*\])(?P<user>[^:/?#]*)"  # no address of IPv6
_USER = re.compile(_NAME + r"(?P<password>:.*)?@", re.DOTALL)  # to the last @, as passwords hold some
_NO_HOST = re.compile(_NAME + r":(?!\d*([/?#;]|\W*$)).*", re.DOTALL)  # no port: a password, and no host
_FIELD = re.compile(  # of a connection string, whose values may stand in braces or quotes
    r"""(?P<name>[^;={}]+)=(?P<value>\s*(\{(\}\}|[^}])*(\}|$)|"(""|[^"])*("|$)|'(''|[^'])*('|$))[^;]*|[^;]*)"""
)


def mask_url(url: str) -> str:
    """Hide the secrets of a URL, or of what may have been meant as one.

    Parameters
    ----------
    url
        Of a database, a server or a remote. Of a text without ``://`` all up to an ``@`` is left out.

    Returns
    -------
    str
        With ``***`` for the password, for the lone user of a web address, which may be a token, and for the
        value of each option whose name says that it is secret, also in a connection string in an option.
    """
    parts = _PARTS.fullmatch(url)
    if parts is None:
        return _mask_options(url.rpartition("@")[2])
    scheme, rest = parts.groups()
    if match := _USER.match(rest):
        return f"{scheme}://{_mask_user(scheme, **match.groupdict())}@{_mask_options(rest[match.end() :])}"
    if match := _NO_HOST.match(rest):
        return f"{scheme}://{match['user']}:{HIDDEN}"
    return f"{scheme}://{_mask_options(rest)}"


def _mask_user(scheme: str, user: str, password: str | None) -> str:
    """Hide a password, and a user's name that is likely to be a token: web addresses hold such."""
    if _WEB.fullmatch(scheme) and password in (None, ":", ":x-oauth-basic"):
        return HIDDEN
    return user if password is None else f"{user}:{HIDDEN}"


def mask_urls(text: str, *known: str) -> str:
    """Hide the secrets of all URLs in a text; those known are found whatever characters they hold."""
    for url in sorted(known, key=len, reverse=True):
        text = text.replace(url, mask_url(url)) if url else text
    return _URL.sub(lambda match: mask_url(match[0]), text)


def mask_settings(value: Any) -> Any:
    """Hide the secrets of all URLs in nested dictionaries and lists."""
    if isinstance(value, dict):
        return {name: mask_settings(part) for name, part in value.items()}
    if isinstance(value, list):
        return [mask_settings(part) for part in value]
    return mask_url(value) if isinstance(value, str) and "://" in value else value


def _mask_options(tail: str) -> str:
    """Hide secret options behind a host or a path: ``?name=value&…``, ``;name=value;…``, ``#name=value``."""
    path, *rest = re.split(r"([?#])", tail, maxsplit=1)
    first, *fields = path.split(";", 1)
    masked = first + "".join(f";{_mask_fields(field)}" for field in fields)
    return masked + (rest[0] + "&".join(_mask_all(rest[1].split("&"))) if rest else "")


def _mask_all(options: list[str]) -> list[str]:
    """Hide secret options, and what follows one without a name: part of a value that was not encoded."""
    masked: list[str] = []
    for option in options:
        torn = bool(masked) and masked[-1].endswith(HIDDEN) and "=" not in option
        masked.append(HIDDEN if torn else _mask_option(option))
    return masked


def _mask_option(option: str) -> str:
    name, equals, value = option.partition("=")
    if not equals:
        return option
    if _SECRET.search(unquote_plus(name)):
        return f"{name}={HIDDEN}"
    fields = unquote_plus(value)
    masked = _mask_fields(fields)
    return option if masked == fields else f"{name}={quote_plus(masked, safe='*={};,:/')}"


def _mask_fields(fields: str) -> str:
    """Hide secret fields of a connection string: ``SERVER=db;PWD={…}``."""

    def masked(match: re.Match[str]) -> str:
        return f"{match['name']}={HIDDEN}" if _SECRET.search(match["name"]) else match[0]

    return _FIELD.sub(masked, fields)
