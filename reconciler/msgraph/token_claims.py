"""What a token says of itself, read here and never verified: the service does that.

Page: learn.microsoft.com/entra/identity-platform/access-token-claims-reference.
"""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime

import msgspec

from reconciler.model.abilities import Holder
from reconciler.model.secret import SecretText


class _Claims(msgspec.Struct):
    tid: str = ""
    appid: str = ""
    azp: str = ""
    idtyp: str = ""
    scp: str = ""
    roles: list[str] = []
    wids: list[str] | None = None
    exp: float | None = None
    upn: str = ""
    unique_name: str = ""


def holder_of(token: SecretText) -> Holder | None:
    """Whose token it is; None where it is no JWT, or says of itself what nobody can read."""
    parts = token.reveal().split(".")
    if len(parts) != 3:
        return None
    try:
        payload = base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))
        claims = msgspec.json.decode(payload, type=_Claims)
        until = None if claims.exp is None else datetime.fromtimestamp(claims.exp, UTC)
    except (binascii.Error, ValueError, OverflowError, OSError, msgspec.DecodeError, RecursionError):
        return None
    is_user = claims.idtyp == "user" or (claims.idtyp != "app" and bool(claims.scp))
    return Holder(
        claims.appid or claims.azp,
        is_user,
        claims.upn or claims.unique_name,
        claims.tid,
        until,
        frozenset(claims.scp.split() if is_user else claims.roles),
        None if claims.wids is None else frozenset(claims.wids),
    )
