"""Tokens from azure-identity: which of its credentials signs in for a surface, where, and why it could not."""

from __future__ import annotations

import asyncio
import importlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import ModuleType
from typing import Protocol, cast

from reconciler.model.fields import Surface
from reconciler.model.secret import SecretText
from reconciler.model.spec import SignIn, Tenant, Way
from reconciler.model.words import listed
from reconciler.msgraph.auth import NoToken, Tell
from reconciler.msgraph.clouds import CLOUDS


class _AccessToken(Protocol):
    @property
    def token(self) -> str: ...


class _TokenCredential(Protocol):
    def get_token(self, *scopes: str, tenant_id: str) -> _AccessToken: ...


@dataclass(slots=True)
class AzureToken:
    """Tokens from azure-identity, which keeps and renews them; one credential per way to sign in."""

    tenant: Tenant
    environment: Mapping[str, str]
    tell: Tell
    _credentials: dict[SignIn, _TokenCredential] = field(default_factory=dict)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def token(self, surface: Surface) -> SecretText | None:
        """A token of the tenant, for the scope of its cloud. Raises NoToken with what the sign-in says."""
        sign_in = self.tenant.sign_in(surface)
        async with self._turn:
            try:
                return SecretText(await asyncio.to_thread(self._text, sign_in))
            except Exception as error:
                why = _incomplete(self.environment) if sign_in.way is Way.DEFAULT else ""
                raise NoToken(
                    f"signing in for {surface.value} by `{sign_in.way.value}` failed: {why or _reason(error)}",
                    hint=_HINTS[sign_in.way].format(tenant=self.tenant.id),
                ) from error

    def _text(self, sign_in: SignIn) -> str:
        """The text of a token. The tenant is named each time: a login of the command line may stand in another."""
        credential = self._credentials.get(sign_in)
        if credential is None:
            credential = CREDENTIALS[sign_in.way](self.tenant, sign_in.client_id, self.tell)
            self._credentials[sign_in] = credential
        return credential.get_token(CLOUDS[self.tenant.cloud].scope, tenant_id=self.tenant.id).token


def azure_identity() -> ModuleType:
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


def _default(tenant: Tenant, client_id: str, tell: Tell) -> _TokenCredential:  # noqa: ARG001 - nobody is asked
    clients = {"managed_identity_client_id": client_id, "workload_identity_client_id": client_id} if client_id else {}
    made = azure_identity().DefaultAzureCredential(
        authority=CLOUDS[tenant.cloud].authority,
        workload_identity_tenant_id=tenant.id,
        additionally_allowed_tenants=[tenant.id],
        **clients,
    )
    return cast("_TokenCredential", made)


def _device_code(tenant: Tenant, client_id: str, tell: Tell) -> _TokenCredential:
    def prompt(verification_uri: str, user_code: str, expires_on: datetime) -> None:
        tell(f"To sign in, open {verification_uri} and enter the code {user_code} before {expires_on:%H:%M} UTC.")

    client = {"client_id": client_id} if client_id else {}
    authority = CLOUDS[tenant.cloud].authority
    made = azure_identity().DeviceCodeCredential
    return cast("_TokenCredential", made(tenant_id=tenant.id, authority=authority, prompt_callback=prompt, **client))


def _incomplete(environment: Mapping[str, str]) -> str:
    """What the environment lacks of an identity that it names in part; "" where it names none, or all of it.

    Page: learn.microsoft.com/python/api/azure-identity/azure.identity.environmentcredential.
    """
    for given, others in _NEEDED.items():
        missing = [name for name in others if not environment.get(name)]
        if environment.get(given) and missing:
            return f"{given} is set without {listed(missing)}"
    return ""


def _reason(error: Exception) -> str:
    """What a failed sign-in says in one line: what the service answered, else what comes first."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
    return next((line for line in lines if "AADSTS" in line), lines[0])[:200]


_NEEDED: Mapping[str, tuple[str, ...]] = {
    "AZURE_CLIENT_SECRET": ("AZURE_TENANT_ID", "AZURE_CLIENT_ID"),
    "AZURE_CLIENT_CERTIFICATE_PATH": ("AZURE_TENANT_ID", "AZURE_CLIENT_ID"),
    "AZURE_FEDERATED_TOKEN_FILE": ("AZURE_CLIENT_ID",),
    "AZURE_USERNAME": ("AZURE_CLIENT_ID", "AZURE_PASSWORD"),
}
"""Environment variables, and those that are worth nothing without them."""

_HINTS: Mapping[Way, str] = {
    Way.DEFAULT: "set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or run `az login --tenant {tenant}`, "
    "or say `credential: device-code` in `tenant.auth`",
    Way.DEVICE_CODE: "sign in as somebody of tenant {tenant} while the code is valid; the application of "
    "`tenant.auth` must allow public client flows",
}

CREDENTIALS: Mapping[Way, Callable[[Tenant, str, Tell], _TokenCredential]] = {
    Way.DEFAULT: _default,
    Way.DEVICE_CODE: _device_code,
}
"""Makers of credentials, by the way to sign in."""
