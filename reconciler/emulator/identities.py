"""Who can sign in at the emulator: a handful of identities, each with what its tokens say.

Pages: learn.microsoft.com/entra/identity-platform/access-token-claims-reference.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct

SECRET = "emulator"  # noqa: S105 - it opens nothing but the emulator
"""The client secret of every identity."""

LIFETIME = 3600
"""Seconds that a token holds."""

_APPLICATION_ADMINISTRATOR = "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3"
_HYBRID_IDENTITY_ADMINISTRATOR = "8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2"
_GLOBAL_READER = "f2ef992c-3afb-46b9-b7cf-a126ee74c451"

_APPLICATION = ("Application.Read.All", "Synchronization.ReadWrite.All")
_DELEGATED = (
    *_APPLICATION,
    "AuditLog.Read.All",
    "Directory.ReadWrite.All",
    "OnPremisesPublishingProfiles.ReadWrite.All",
    "Policy.ReadWrite.HybridAuthentication",
)


class Profile(StrEnum):
    """The kinds of token that there are."""

    APP_ONLY = "app-only"
    DELEGATED = "delegated"
    GLOBAL_READER = "global-reader"
    NONE = "none"
    EXPIRED = "expired"


class Identity(Struct, frozen=True):
    """One that can sign in. `application` and `delegated` are its permissions for itself and for its user.

    `roles` are the template ids of the roles that its user holds. `holds` is False where its tokens have run out.
    """

    client_id: str
    what: str
    application: tuple[str, ...] = ()
    delegated: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    is_user: bool = False
    holds: bool = True


IDENTITIES: dict[Profile, Identity] = {
    Profile.APP_ONLY: Identity(
        "00000000-0000-4000-8000-00000000a001",
        "an application with what apps need; no topology",
        application=(*_APPLICATION, "AuditLog.Read.All"),
    ),
    Profile.DELEGATED: Identity(
        "00000000-0000-4000-8000-00000000a002",
        "a user who may do everything here, as Application and Hybrid Identity Administrator",
        delegated=_DELEGATED,
        roles=(_APPLICATION_ADMINISTRATOR, _HYBRID_IDENTITY_ADMINISTRATOR),
        is_user=True,
    ),
    Profile.GLOBAL_READER: Identity(
        "00000000-0000-4000-8000-00000000a003",
        "a user with the same permissions, but Global Reader only: no writes, and provisioning cannot be read",
        delegated=_DELEGATED,
        roles=(_GLOBAL_READER,),
        is_user=True,
    ),
    Profile.NONE: Identity("00000000-0000-4000-8000-00000000a004", "an application without any permission"),
    Profile.EXPIRED: Identity(
        "00000000-0000-4000-8000-00000000a005",
        "as `app-only`, but each token has run out an hour ago",
        application=_APPLICATION,
        holds=False,
    ),
}
"""Every identity, by the kind of token that it gets."""

COMMAND_LINE = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
"""The public client that azure-identity uses for a person who names no application; the person is `delegated` here."""


def profile_of(client_id: str) -> Profile | None:
    """The kind of token that a client gets; None where nobody knows it."""
    if client_id.lower() == COMMAND_LINE:
        return Profile.DELEGATED
    return next((profile for profile, known in IDENTITIES.items() if known.client_id == client_id.lower()), None)


def claims(identity: Identity, tenant: str, now: float, *, audience: str, issuer: str, user: bool) -> dict[str, object]:
    """The claims of an access token, for a user or for the application itself. `now` is in seconds since 1970."""
    issued = int(now if identity.holds else now - 2 * LIFETIME)
    found: dict[str, object] = {
        "aud": audience,
        "iss": issuer,
        "iat": issued,
        "nbf": issued,
        "exp": issued + LIFETIME,
        "appid": identity.client_id,
        "oid": object_id(identity),
        "sub": object_id(identity),
        "tid": tenant,
        "ver": "1.0",
        "idtyp": "user" if user else "app",
    }
    if not user:
        return found | {"roles": list(identity.application)}
    return found | {"scp": " ".join(identity.delegated), "wids": list(identity.roles)}


def object_id(identity: Identity) -> str:
    """The id of the user or service principal that an identity is in the directory."""
    return identity.client_id.replace("00000000a", "00000000b")


def with_permissions(
    profile: Profile, roles: Iterable[str] | None, scopes: Iterable[str] | None, wids: Iterable[str] | None
) -> Identity:
    """An identity like that of a profile, with other permissions or roles of its user where they are given."""
    known = IDENTITIES[profile]
    return Identity(
        known.client_id,
        known.what,
        known.application if roles is None else tuple(roles),
        known.delegated if scopes is None else tuple(scopes),
        known.roles if wids is None else tuple(wids),
        known.is_user,
        known.holds,
    )
