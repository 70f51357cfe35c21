"""A person who signs in with a code, once: the next run finds the account and its tokens where the machine keeps them.

Page: learn.microsoft.com/python/api/azure-identity/azure.identity.devicecodecredential.
"""

from __future__ import annotations

import hashlib
import importlib
import tempfile
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reconciler.msgraph.azure import Setting

CACHE_VARIABLE = "RECONCILER_TOKEN_CACHE"
"""The environment variable that, set to `plain`, lets tokens be kept unencrypted where nothing can encrypt them."""

_CACHE_NAME = "reconciler"


class Person:
    """Tokens of a person. Asks only when what is remembered no longer counts.

    The machine's keyring (DPAPI, Keychain, libsecret) keeps the tokens; our memory keeps which account it was.
    """

    def __init__(self, package: ModuleType, setting: Setting, client_id: str) -> None:
        self._package = package
        self._setting = setting
        self._name = _name(setting, client_id)
        record = self._record()
        options = setting.options(**({"client_id": client_id} if client_id else {}))
        if record is not None:
            # The account says itself where it signed in.
            del options["authority"]
        self._credential = package.DeviceCodeCredential(
            tenant_id=setting.tenant.id,
            prompt_callback=self._prompt,
            disable_automatic_authentication=True,
            authentication_record=record,
            cache_persistence_options=self._cache(),
            **options,
        )

    def get_token(self, *scopes: str, tenant_id: str) -> Any:  # noqa: ANN401 - azure-identity's AccessToken
        """A token, after asking the person where that is needed. Raises what azure-identity raises."""
        try:
            return self._credential.get_token(*scopes, tenant_id=tenant_id)
        except self._package.AuthenticationRequiredError:
            record = self._credential.authenticate(scopes=scopes)
            self._setting.memory.keep(self._name, record.serialize())
            return self._credential.get_token(*scopes, tenant_id=tenant_id)

    def _prompt(self, verification_uri: str, user_code: str, expires_on: datetime) -> None:
        until = f"{expires_on:%H:%M} UTC"
        self._setting.tell(f"To sign in, open {verification_uri} and enter the code {user_code} before {until}.")

    def _record(self) -> Any:  # noqa: ANN401 - azure-identity's AuthenticationRecord
        """The account that signed in before; None where nobody did, or what is remembered is no account."""
        kept = self._setting.memory.recall(self._name)
        try:
            return self._package.AuthenticationRecord.deserialize(kept) if kept else None
        except (ValueError, KeyError, TypeError, AttributeError):
            return None

    def _cache(self) -> Any:  # noqa: ANN401 - azure-identity's TokenCachePersistenceOptions
        """Where tokens are kept; None where they would lie open and nobody allowed that."""
        plain = self._setting.environment.get(CACHE_VARIABLE) == "plain"
        if not plain and not _can_encrypt():
            self._setting.tell(
                f"This sign-in is not remembered: no keyring is here. {CACHE_VARIABLE}=plain keeps it unencrypted."
            )
            return None
        return self._package.TokenCachePersistenceOptions(name=_CACHE_NAME, allow_unencrypted_storage=plain)


def _can_encrypt() -> bool:
    """Whether this machine has a keyring that works; the package says no in errors of any kind."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            importlib.import_module("msal_extensions").build_encrypted_persistence(str(Path(folder) / "trial"))
        except Exception:  # noqa: BLE001 - the keyring's own errors, of a package that need not be there
            return False
    return True


def _name(setting: Setting, client_id: str) -> str:
    """What the account is remembered by: another tenant, application or place to sign in has another account."""
    whose = "\n".join((setting.issuer.authority, setting.tenant.id.lower(), client_id.lower()))
    return f"account-{hashlib.sha256(whose.encode()).hexdigest()[:32]}"
