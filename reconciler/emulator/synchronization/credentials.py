"""The list of credentials of one principal: connection settings and secrets together, as the service keeps them.

The calls that read and write it are marked as deprecated by the service, and still the only documented ones.
Page: https://learn.microsoft.com/graph/api/synchronization-serviceprincipal-put-synchronization
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from msgspec import Struct

from reconciler.emulator.synchronization.document.fault import DocumentFault

MASK = "*"
"""What a secret reads back as."""

AGENT_KEY = "SyncAgentCompatibilityKey"
"""A key for the agents. No page says who makes it, or that it reads back in clear."""

SECRET_KEYS = frozenset(
    (
        "Password",
        "SecretToken",
        "AppKey",
        "ClientSecret",
        "ConsumerKey",
        "ConsumerSecret",
        "TokenKey",
        "Oauth2AccessToken",
        "Oauth2RefreshToken",
        "Oauth2ClientSecret",
        "Oauth2AuthorizationCode",
        AGENT_KEY,
        "ConnectionString",
    )
)
"""Keys whose values are never given back."""

_SETTING_KEYS = frozenset(
    [
        "None",
        "UserName",
        "BaseAddress",
        "ClientIdentifier",
        "SingleSignOnType",
        "Sandbox",
        "Url",
        "Domain",
        "TokenExpiration",
        "Oauth2AccessTokenCreationTime",
        "SyncAll",
        "InstanceName",
        "Oauth2ClientId",
        "CompanyId",
        "UpdateKeyOnSoftDelete",
        "SynchronizationSchedule",
        "SystemOfRecord",
        "SandboxName",
        "EnforceDomain",
        "SyncNotificationSettings",
        "SkipOutOfScopeDeletions",
        "Oauth2RedirectUri",
        "ApplicationTemplateIdentifier",
        "Oauth2TokenExchangeUri",
        "Oauth2AuthorizationUri",
        "AuthenticationType",
        "Server",
        "PerformInboundEntitlementGrants",
        "HardDeletesEnabled",
        "SyncAgentADContainer",
        "ValidateDomain",
        "TestReferences",
    ]
)

KEYS = SECRET_KEYS | _SETTING_KEYS
"""The members of the enumeration, matched by case."""


class Credential(Struct, frozen=True):
    """One key with its value in clear; printing it shows neither a secret nor a setting."""

    key: str
    value: str

    def __repr__(self) -> str:
        return f"Credential(key={self.key!r}, value=…)"

    def shown(self) -> str:
        """Return the value as a reader gets it."""
        return MASK if self.key in SECRET_KEYS else self.value


def read_credentials(sent: object, parameter: str = "value") -> tuple[Credential, ...]:
    """Return the credentials of a request's list, in its order; a null value is an empty one.

    Raises DocumentFault, which never bears a value: an unknown key, a key sent twice, another type than it must.
    """
    if not isinstance(sent, list):
        raise DocumentFault(f"{parameter} : A collection of keys and values is required.")
    found = tuple(_credential(entry, parameter) for entry in sent)
    keys = [credential.key for credential in found]
    if len(set(keys)) < len(keys):
        raise DocumentFault(f"{parameter} : A key stands in the collection twice.")
    return found


def written(
    stored: tuple[Credential, ...], sent: tuple[Credential, ...], *, merge: bool, keep_masked: bool
) -> tuple[Credential, ...]:
    """Return the list after a write of `sent`: order kept, empty values removed.

    With `merge` the keys that were not sent keep their value and place, without it they are gone. With `keep_masked`
    the mask stands for the secret that is stored, without it the mask becomes the secret.
    """
    before = {credential.key: credential for credential in stored}
    new = {credential.key: _meant(credential, before) if keep_masked else credential for credential in sent}
    return tuple(credential for credential in {**(before if merge else {}), **new}.values() if credential.value)


def is_usable(credentials: tuple[Credential, ...]) -> bool:
    """Return whether a connection could be opened: there is a tenant URL, and no secret is the mask itself.

    A mask that was written as a value is what a client leaves that sends back what it read.
    """
    address = next((credential.value for credential in credentials if credential.key == "BaseAddress"), "")
    masked = any(credential.key in SECRET_KEYS and credential.value == MASK for credential in credentials)
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not masked


def keeps_agents(before: tuple[Credential, ...], after: tuple[Credential, ...]) -> bool:
    """Return whether a list still holds the key for its agents where it held one.

    What losing it does is on no page: that the connection breaks is the worst for a client.
    """
    return AGENT_KEY in {credential.key for credential in after} or AGENT_KEY not in {each.key for each in before}


def syncs_all(credentials: tuple[Credential, ...]) -> bool:
    """Return whether everybody is in scope, not only who is assigned; absent means assigned only, which is inferred."""
    return any(credential.key == "SyncAll" and credential.value.lower() == "true" for credential in credentials)


def _credential(entry: object, parameter: str) -> Credential:
    if not isinstance(entry, dict):
        raise DocumentFault(f"{parameter} : Each entry must be an object with a key and a value.")
    key, value = entry.get("key"), entry.get("value")
    if not isinstance(key, str):
        raise DocumentFault(f"{parameter} : Each entry must have a key.")
    if key not in KEYS:
        raise DocumentFault(f"{parameter} : Requested value '{key[:64]}' was not found.")
    if value is not None and not isinstance(value, str):
        raise DocumentFault(f"{parameter} : The value of '{key}' must be a text.")
    return Credential(key, value or "")


def _meant(sent: Credential, before: Mapping[str, Credential]) -> Credential:
    masked = sent.value == MASK and sent.key in SECRET_KEYS
    return before.get(sent.key, Credential(sent.key, "")) if masked else sent
