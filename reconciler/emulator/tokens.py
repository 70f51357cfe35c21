"""Read who calls from a bearer token, and make one. No signature is verified: the emulator guards nothing."""

from __future__ import annotations

import binascii
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping

from msgspec import Struct

NOBODY = "00000000-0000-0000-0000-000000000000"
MAX_TOKEN = 16_384
_APP = re.compile(r"[0-9A-Za-z-]{1,64}\Z")
"""What an application's id can be; it is told again in a header."""

_USER_NAMES = ("upn", "preferred_username", "unique_name")
_APP_NAMES = ("app_displayname",)


class Caller(Struct, frozen=True):
    """The calling application's id, whether it calls for itself and not for a user, and what its token says it may.

    `tenant` and `expires` (seconds since 1970) are None where the token does not say them. `bears` tells whether there
    is a token at all, `readable` whether it is a JWT. `name` is what the user or the application is called.
    """

    app: str
    app_only: bool
    bears: bool = False
    readable: bool = False
    tenant: str | None = None
    expires: float | None = None
    permissions: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    name: str = ""
    object_id: str = ""


def caller_of(headers: Mapping[str, str]) -> Caller:
    """Who sends these headers; a token that is no JWT tells nothing."""
    token = _token(headers.get("authorization", ""))
    claims = claims_of(token)
    told = (str(claims.get(name, "")) for name in ("appid", "azp"))
    app = next((app for app in told if _APP.match(app)), NOBODY)
    app_only = claims.get("idtyp") == "app"
    tenant, expires = claims.get("tid"), claims.get("exp")
    return Caller(
        app,
        app_only,
        bool(token),
        bool(claims),
        tenant if isinstance(tenant, str) else None,
        expires if isinstance(expires, int | float) else None,
        frozenset(_words(claims.get("roles" if app_only else "scp"))),
        frozenset(_words(claims.get("wids"))),
        _text(claims, *(_APP_NAMES if app_only else _USER_NAMES)),
        _text(claims, "oid"),
    )


def claims_of(token: str) -> dict[str, object]:
    """The claims of a JWT; none where it is no JWT."""
    parts = token.split(".")
    if len(parts) != 3 or len(token) > MAX_TOKEN:
        return {}
    try:
        found = json.loads(urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def jwt(claims: Mapping[str, object]) -> str:
    """A JWT of these claims, in a form that clients read; the signature is a word that no key made."""
    return ".".join((encoded({"alg": "none", "typ": "JWT"}), encoded(claims), "emulator"))


def encoded(claims: Mapping[str, object]) -> str:
    """JSON in the alphabet of URLs, without padding."""
    return urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")


def _token(authorization: str) -> str:
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _text(claims: Mapping[str, object], *names: str) -> str:
    """The first of these claims that is a text."""
    return next((found for found in map(claims.get, names) if isinstance(found, str)), "")


def _words(claim: object) -> list[str]:
    """What a claim lists, as a list of texts or as words of one text."""
    if isinstance(claim, str):
        return claim.split()
    return [str(word) for word in claim] if isinstance(claim, list) else []
