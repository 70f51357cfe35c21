"""Read who calls from a bearer token, which is not verified: any token or none is let in."""

from __future__ import annotations

import binascii
import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Mapping

from msgspec import Struct

NOBODY = "00000000-0000-0000-0000-000000000000"
MAX_TOKEN = 16_384
_APP = re.compile(r"[0-9A-Za-z-]{1,64}\Z")
"""What an application's id can be; it is told again in a header."""


class Caller(Struct, frozen=True):
    """The calling application's id, and whether it calls for itself and not for a user."""

    app: str
    app_only: bool


def caller_of(headers: Mapping[str, str]) -> Caller:
    """Who sends these headers; a token that is no JWT tells nothing."""
    claims = _claims(headers.get("authorization", ""))
    told = (str(claims.get(name, "")) for name in ("appid", "azp"))
    return Caller(next((app for app in told if _APP.match(app)), NOBODY), claims.get("idtyp") == "app")


def _claims(authorization: str) -> dict[str, object]:
    scheme, _, token = authorization.partition(" ")
    parts = token.split(".")
    if scheme.lower() != "bearer" or len(parts) != 3 or len(token) > MAX_TOKEN:
        return {}
    try:
        found = json.loads(urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
