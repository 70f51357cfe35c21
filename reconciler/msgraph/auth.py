"""Tokens: who signs in for which surface, where a token may travel, and whose tenant it belongs to."""

from __future__ import annotations

import asyncio
import base64
import binascii
import importlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import ModuleType
from typing import Protocol, cast
from urllib.parse import urlsplit

import msgspec

from reconciler.errors import ReconcilerError
from reconciler.model.fields import Surface
from reconciler.model.finding import Finding
from reconciler.model.secret import SecretText
from reconciler.model.spec import Cloud
from reconciler.msgraph.clouds import CLOUDS
from reconciler.msgraph.rules import WRONG_TENANT
from reconciler.msgraph.transport.network import is_loopback

TOKEN_VARIABLE = "RECONCILER_TOKEN"  # noqa: S105 - the name of a variable
"""The environment variable that holds the token for an endpoint that is a URL."""

Tell = Callable[[str], None]
"""Shows a person a line, such as where to sign in."""


class _AccessToken(Protocol):
    @property
    def token(self) -> str: ...


class _TokenCredential(Protocol):
    def get_token(self, *scopes: str) -> _AccessToken: ...


class NoToken(ReconcilerError):
    """Raised when no token can be had, or when it would have to travel where it could be read."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """How to sign in for a surface: a credential of the table below, and where it needs one the client's id."""

    credential: str = "default"
    client_id: str = ""


@dataclass(frozen=True, slots=True)
class FixedToken:
    """One token for everything, or none."""

    text: SecretText | None = None

    async def token(self, surface: Surface) -> SecretText | None:  # noqa: ARG002 - the same for all
        """The token."""
        return self.text


@dataclass(slots=True)
class AzureToken:
    """Tokens from azure-identity, which keeps and renews them; one credential per way to sign in."""

    tenant_id: str
    cloud: Cloud
    sign_ins: Mapping[Surface, SignIn]
    tell: Tell
    _credentials: dict[SignIn, _TokenCredential] = field(default_factory=dict)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def token(self, surface: Surface) -> SecretText | None:
        """A token of the cloud's scope. Raises NoToken with what the sign-in says."""
        scope = CLOUDS[self.cloud].scope
        async with self._turn:
            credential = self._credential(self.sign_ins.get(surface, SignIn()))
            try:
                return SecretText((await asyncio.to_thread(credential.get_token, scope)).token)
            except Exception as error:
                raise NoToken(f"signing in failed: {_first_line(error)}") from error

    def _credential(self, sign_in: SignIn) -> _TokenCredential:
        known = self._credentials.get(sign_in)
        if known is None:
            make = CREDENTIALS.get(sign_in.credential)
            if make is None:
                raise NoToken(
                    f"there is no credential {sign_in.credential!r}", hint=f"one of {', '.join(sorted(CREDENTIALS))}"
                )
            authority = CLOUDS[self.cloud].authority
            known = self._credentials[sign_in] = make(self.tenant_id, sign_in.client_id, authority, self.tell)
        return known


Credential = FixedToken | AzureToken


def credential_for(
    endpoint: str,
    tenant_id: str,
    cloud: Cloud,
    environment: Mapping[str, str],
    tell: Tell,
    sign_ins: Mapping[Surface, SignIn] | None = None,
) -> Credential:
    """Who gives the tokens: azure-identity for `graph`, the environment for a URL, nobody for `emulator`.

    Raises NoToken where azure-identity is missing, or where the URL is neither https nor this machine.
    """
    if endpoint == "graph":
        _azure_identity()
        return AzureToken(tenant_id, cloud, sign_ins or {}, tell)
    given = environment.get(TOKEN_VARIABLE)
    if endpoint == "emulator" or not given:
        return FixedToken()
    if urlsplit(endpoint).scheme != "https" and not is_loopback(endpoint):
        raise NoToken(
            f"the token of {TOKEN_VARIABLE} would travel in the clear to {endpoint}",
            hint="use https, or unset the variable where the endpoint needs no token",
        )
    return FixedToken(SecretText(given))


def tenant_of(token: SecretText) -> str | None:
    """The tenant that a token was given for: its claim `tid`. None where the token is no readable JWT."""
    parts = token.reveal().split(".")
    if len(parts) != 3:
        return None
    try:
        payload = base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))
        return msgspec.json.decode(payload, type=_Claims).tid
    except (binascii.Error, ValueError, msgspec.DecodeError, RecursionError):
        return None


def check_tenant(token: SecretText | None, tenant_id: str) -> Finding | None:
    """A finding where a token does not belong to the spec's tenant. To be asked before the first write on Graph."""
    found = tenant_of(token) if token is not None else None
    if found is not None and found.casefold() == tenant_id.casefold():
        return None
    return WRONG_TENANT.finding(
        "the token does not say its tenant" if found is None else "the token belongs to another tenant",
        found=found or "",
        expected=tenant_id,
        hint="sign in to the tenant that the spec names, or mend `tenant.id`",
    )


class _Claims(msgspec.Struct):
    tid: str | None = None


def _azure_identity() -> ModuleType:
    """The optional package, imported late because that takes a tenth of a second. Raises NoToken without it."""
    try:
        package = importlib.import_module("azure.identity")
    except ImportError as error:
        raise NoToken(
            "endpoint `graph` needs azure-identity, which is not installed",
            hint="pip install 'entra-reconciler[azure]'",
        ) from error
    logging.getLogger("azure").addHandler(logging.NullHandler())
    return package


def _default(tenant_id: str, client_id: str, authority: str, tell: Tell) -> _TokenCredential:  # noqa: ARG001
    clients = {"managed_identity_client_id": client_id, "workload_identity_client_id": client_id} if client_id else {}
    made = _azure_identity().DefaultAzureCredential
    return cast("_TokenCredential", made(authority=authority, workload_identity_tenant_id=tenant_id, **clients))


def _device_code(tenant_id: str, client_id: str, authority: str, tell: Tell) -> _TokenCredential:
    def prompt(verification_uri: str, user_code: str, expires_on: datetime) -> None:
        tell(f"To sign in, open {verification_uri} and enter the code {user_code} before {expires_on:%H:%M} UTC.")

    client = {"client_id": client_id} if client_id else {}
    made = _azure_identity().DeviceCodeCredential
    return cast("_TokenCredential", made(tenant_id=tenant_id, authority=authority, prompt_callback=prompt, **client))


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]


CREDENTIALS: Mapping[str, Callable[[str, str, str, Tell], _TokenCredential]] = {
    "default": _default,
    "device-code": _device_code,
}
"""Ways to sign in, by the word that the spec uses."""
