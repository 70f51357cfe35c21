"""Tokens from azure-identity: who signs in for a surface, where, and why it could not."""

from __future__ import annotations

import asyncio
import importlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any, Protocol, cast

from msgspec import Struct

from reconciler.model.fields import Surface
from reconciler.model.secret import SecretText
from reconciler.model.spec import SignIn, Tenant, Way
from reconciler.model.words import listed
from reconciler.msgraph.auth import FORGETFUL, Memory, NoToken, Tell
from reconciler.msgraph.clouds import CLOUDS


class Issuer(Struct, frozen=True):
    """Who gives the tokens and what they are asked for. `known` tells that Microsoft knows the authority as its own."""

    authority: str
    scope: str
    known: bool = True


class TokenSource(Protocol):
    """What azure-identity calls a credential."""

    def get_token(self, *scopes: str, tenant_id: str) -> Any:  # noqa: ANN401 - its AccessToken, of the optional package
        """A token for these scopes. Raises whatever went wrong."""


class Setting(Struct, frozen=True):
    """All that a credential is made of besides the client id."""

    tenant: Tenant
    issuer: Issuer
    environment: Mapping[str, str]
    tell: Tell
    memory: Memory = FORGETFUL

    __repr__ = object.__repr__  # the environment holds secrets

    def options(self, **more: object) -> dict[str, Any]:
        """What every credential is told: where to sign in, and not to ask Microsoft whether it knows that place."""
        asks = {} if self.issuer.known else {"disable_instance_discovery": True}
        return {"authority": self.issuer.authority, **asks, **more}

    def variable(self, name: str) -> str:
        """An environment variable that must be set. Raises ValueError where it is not."""
        found = self.environment.get(name)
        if not found:
            raise ValueError(f"{name} is not set")
        return found

    def client(self, client_id: str) -> str:
        """The application that signs in: the spec's, else the environment's. Raises ValueError without either."""
        return client_id or self.variable("AZURE_CLIENT_ID")


@dataclass(slots=True)
class AzureToken:
    """Tokens from azure-identity, which keeps and renews them; one credential per way to sign in."""

    setting: Setting
    _credentials: dict[SignIn, TokenSource] = field(default_factory=dict)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def token(self, surface: Surface) -> SecretText | None:
        """A token of the tenant, for the scope of its cloud. Raises NoToken with what the sign-in says."""
        sign_in = self.setting.tenant.sign_in(surface)
        async with self._turn:
            try:
                return SecretText(await asyncio.to_thread(self._text, sign_in))
            except Exception as error:
                why = _incomplete(self.setting.environment) if sign_in.way is Way.DEFAULT else ""
                raise NoToken(
                    f"signing in for {surface.value} by `{sign_in.way.value}` failed: {why or _reason(error)}",
                    hint=_HINTS[sign_in.way].format(tenant=self.setting.tenant.id),
                ) from error

    def _text(self, sign_in: SignIn) -> str:
        """The text of a token. The tenant is named each time: a login of the command line may stand in another."""
        credential = self._credentials.get(sign_in)
        if credential is None:
            credential = CREDENTIALS[sign_in.way](self.setting, sign_in.client_id)
            self._credentials[sign_in] = credential
        return str(credential.get_token(self.setting.issuer.scope, tenant_id=self.setting.tenant.id).token)


def cloud_issuer(tenant: Tenant) -> Issuer:
    """Who gives the tokens for Graph of a tenant's cloud."""
    cloud = CLOUDS[tenant.cloud]
    return Issuer(cloud.authority, cloud.scope)


def azure_identity() -> ModuleType:
    """The optional package, imported late because that takes a tenth of a second. Raises NoToken without it."""
    try:
        package = importlib.import_module("azure.identity")
    except ImportError as error:
        raise NoToken(
            "signing in needs azure-identity, which is not installed", hint="pip install 'entra-reconciler[azure]'"
        ) from error
    logging.getLogger("azure").addHandler(logging.NullHandler())
    return package


def _default(setting: Setting, client_id: str) -> TokenSource:
    clients = {"managed_identity_client_id": client_id, "workload_identity_client_id": client_id} if client_id else {}
    made = azure_identity().DefaultAzureCredential(
        workload_identity_tenant_id=setting.tenant.id,
        additionally_allowed_tenants=[setting.tenant.id],
        **setting.options(**clients),
    )
    return cast("TokenSource", made)


def _workload_identity(setting: Setting, client_id: str) -> TokenSource:
    made = azure_identity().WorkloadIdentityCredential(
        tenant_id=setting.tenant.id,
        client_id=setting.client(client_id),
        token_file_path=setting.variable("AZURE_FEDERATED_TOKEN_FILE"),
        **setting.options(),
    )
    return cast("TokenSource", made)


def _client_secret(setting: Setting, client_id: str) -> TokenSource:
    made = azure_identity().ClientSecretCredential(
        setting.tenant.id, setting.client(client_id), setting.variable("AZURE_CLIENT_SECRET"), **setting.options()
    )
    return cast("TokenSource", made)


def _client_certificate(setting: Setting, client_id: str) -> TokenSource:
    made = azure_identity().CertificateCredential(
        setting.tenant.id,
        setting.client(client_id),
        setting.variable("AZURE_CLIENT_CERTIFICATE_PATH"),
        password=setting.environment.get("AZURE_CLIENT_CERTIFICATE_PASSWORD") or None,
        **setting.options(),
    )
    return cast("TokenSource", made)


def _device_code(setting: Setting, client_id: str) -> TokenSource:
    from reconciler.msgraph.person import Person  # noqa: PLC0415 - only where a person signs in

    return Person(azure_identity(), setting, client_id)


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

_APPLICATION = (
    "name the application in `tenant.auth` (`clientId`) or AZURE_CLIENT_ID; it must be one of tenant {tenant}"
)
_HINTS: Mapping[Way, str] = {
    Way.DEFAULT: "set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or run `az login --tenant {tenant}`, "
    "or say `credential: device-code` in `tenant.auth`",
    Way.WORKLOAD_IDENTITY: f"AZURE_FEDERATED_TOKEN_FILE names the file of the run's own token; {_APPLICATION}",
    Way.CLIENT_SECRET: f"AZURE_CLIENT_SECRET holds the secret; {_APPLICATION}",
    Way.CLIENT_CERTIFICATE: f"AZURE_CLIENT_CERTIFICATE_PATH names a PEM or PFX file with its key; {_APPLICATION}",
    Way.DEVICE_CODE: "sign in as somebody of tenant {tenant} while the code is valid; the application of "
    "`tenant.auth` must allow public client flows",
}

CREDENTIALS: Mapping[Way, Callable[[Setting, str], TokenSource]] = {
    Way.DEFAULT: _default,
    Way.WORKLOAD_IDENTITY: _workload_identity,
    Way.CLIENT_SECRET: _client_secret,
    Way.CLIENT_CERTIFICATE: _client_certificate,
    Way.DEVICE_CODE: _device_code,
}
"""Makers of credentials, by the way to sign in."""
