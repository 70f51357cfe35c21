"""Who gives the tokens for an endpoint, and where a token may not travel."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from reconciler.model.secret import SecretText
from reconciler.model.spec import Tenant
from reconciler.msgraph.auth import Credential, FixedToken, NoToken, Tell

TOKEN_VARIABLE = "RECONCILER_TOKEN"  # noqa: S105 - the name of a variable
"""The environment variable that holds the token for an endpoint that is a URL."""


def credential_for(tenant: Tenant, environment: Mapping[str, str], tell: Tell) -> Credential:
    """Who gives the tokens: azure-identity for `graph`, the environment for a URL, nobody for `emulator`.

    Raises NoToken where azure-identity is missing, or where the URL is neither https nor this machine.
    """
    endpoint = tenant.endpoint
    if endpoint == "graph":
        from reconciler.msgraph.azure import AzureToken, azure_identity  # noqa: PLC0415 - for Graph alone

        azure_identity()
        return AzureToken(tenant, environment, tell)
    given = environment.get(TOKEN_VARIABLE)
    if endpoint == "emulator" or not given:
        return FixedToken()
    from reconciler.msgraph.transport.network import is_loopback  # noqa: PLC0415 - the emulator needs no network

    if urlsplit(endpoint).scheme != "https" and not is_loopback(endpoint):
        raise NoToken(
            f"the token of {TOKEN_VARIABLE} would travel in the clear to {endpoint}",
            hint="use https, or unset the variable where the endpoint needs no token",
        )
    return FixedToken(SecretText(given))
