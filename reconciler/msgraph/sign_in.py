"""Who gives the tokens for an endpoint, and where a token may not travel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from reconciler.errors import UsageError
from reconciler.model.secret import SecretText
from reconciler.model.spec import Tenant
from reconciler.msgraph.auth import FORGETFUL, Credential, FixedToken, Memory, NoToken, Tell
from reconciler.msgraph.wire.links import same_origin

if TYPE_CHECKING:
    from reconciler.msgraph.azure import Issuer

TOKEN_VARIABLE = "RECONCILER_TOKEN"  # noqa: S105 - the name of a variable
"""The environment variable that holds the token for an endpoint that is a URL."""

AUTHORITY_VARIABLE = "AZURE_AUTHORITY_HOST"
"""The environment variable that says where to sign in for an endpoint that gives its own tokens."""


def credential_for(
    tenant: Tenant, environment: Mapping[str, str], tell: Tell, memory: Memory = FORGETFUL
) -> Credential:
    """Who gives the tokens: azure-identity for `graph`, the environment for a URL, nobody for `emulator`.

    A URL that is also where AZURE_AUTHORITY_HOST says to sign in gives its own tokens, by azure-identity. Those of
    another authority never go to a URL. Raises NoToken where azure-identity is missing, or where the URL is neither
    https nor this machine, UsageError where the environment holds what no token can be.
    """
    endpoint = tenant.endpoint
    given = _given_token(environment)
    if endpoint == "graph" or (not given and _signs_in(endpoint, environment)):
        from reconciler.msgraph.azure import (  # noqa: PLC0415 - only where somebody signs in
            AzureToken,
            Setting,
            azure_identity,
            cloud_issuer,
        )

        azure_identity()
        issuer = cloud_issuer(tenant) if endpoint == "graph" else _own_issuer(endpoint)
        return AzureToken(Setting(tenant, issuer, environment, tell, memory))
    if endpoint == "emulator" or not given:
        return FixedToken()
    from reconciler.msgraph.transport.network import is_loopback  # noqa: PLC0415 - the emulator needs no network

    if urlsplit(endpoint).scheme != "https" and not is_loopback(endpoint):
        raise NoToken(
            f"the token of {TOKEN_VARIABLE} would travel in the clear to {endpoint}",
            hint="use https, or unset the variable where the endpoint needs no token",
        )
    return FixedToken(SecretText(given))


def _given_token(environment: Mapping[str, str]) -> str:
    """The token of the environment; blanks around it, such as the line end of the file that it came from, go."""
    token = environment.get(TOKEN_VARIABLE, "").strip()
    if not (token.isascii() and token.isprintable()) or " " in token:
        raise UsageError(f"{TOKEN_VARIABLE} holds what no token holds", hint="is it the name of a file, or broken off?")
    return token


def _signs_in(endpoint: str, environment: Mapping[str, str]) -> bool:
    """Whether an endpoint is where the environment says to sign in; libraries sign in over https alone."""
    authority = environment.get(AUTHORITY_VARIABLE, "")
    return urlsplit(endpoint).scheme == "https" and same_origin(endpoint, authority)


def _own_issuer(endpoint: str) -> Issuer:
    from reconciler.msgraph.azure import Issuer  # noqa: PLC0415 - only where somebody signs in

    split = urlsplit(endpoint)
    origin = f"{split.scheme}://{split.netloc}"
    return Issuer(origin, f"{origin}/.default", known=False)
