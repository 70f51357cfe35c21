"""Let a call in or refuse it, by what its token says: 401 where nobody can be told, 403 where somebody may not.

Pages: learn.microsoft.com/graph/errors and learn.microsoft.com/graph/resolve-auth-errors.
"""

from __future__ import annotations

from http import HTTPStatus

from msgspec import Struct

from reconciler.emulator.context import Operation
from reconciler.emulator.errors import GraphError
from reconciler.emulator.permissions import ADMINISTRATORS, Needs, needs_of
from reconciler.emulator.switches import AppOnlyTopology, Auth, MissingPermission, Switches
from reconciler.emulator.tokens import Caller

_TOPOLOGY = "/onpremisespublishingprofiles"
_SYNCHRONIZATION = "/synchronization"


class Door(Struct, frozen=True):
    """Who is let in, at a moment: `now` in seconds since 1970, `origin` as callers write it."""

    switches: Switches
    tenant: str
    now: float
    origin: str

    def require_known(self, caller: Caller) -> None:
        """Raise GraphError 401 where a token is required and there is none that counts here and now."""
        if self.switches.auth is Auth.OFF:
            return
        message = self._why_unknown(caller)
        if message:
            challenge = f'Bearer realm="", authorization_uri="{self.origin}/common/oauth2/authorize"'
            headers = (("WWW-Authenticate", challenge),)
            raise GraphError(HTTPStatus.UNAUTHORIZED, "InvalidAuthenticationToken", message, headers=headers)

    def require_allowed(self, caller: Caller, operation: Operation) -> None:
        """Raise GraphError where a caller may not call an operation: 403, or what the switches say instead."""
        topology = operation.template.lower().startswith(_TOPOLOGY)
        refused = self.switches.app_only_topology is AppOnlyTopology.REFUSED
        if topology and caller.app_only and refused:
            raise _denied()
        if self.switches.auth is Auth.OFF or _may(caller, needs_of(operation), as_user=topology):
            return
        odd = self.switches.missing_permission is MissingPermission.UNKNOWN_ERROR
        if odd and _SYNCHRONIZATION in operation.template.lower():
            raise GraphError(HTTPStatus.UNAUTHORIZED, "UnknownError", "")
        raise _denied()

    def _why_unknown(self, caller: Caller) -> str:
        """What is wrong with a token; "" where nothing is."""
        if not caller.bears:
            return "Access token is empty."
        if not caller.readable:
            return "IDX14100: JWT is not well formed, there are no dots (.)."
        if caller.expires is None or caller.expires <= self.now:
            return "Lifetime validation failed, the token is expired."
        if (caller.tenant or "").lower() != self.tenant.lower():
            return "Access token validation failure. Invalid tenant."
        return ""


def _may(caller: Caller, needs: Needs, *, as_user: bool) -> bool:
    """Whether a caller has a permission that counts; `as_user` counts those of users for an application too."""
    if needs.is_open:
        return True
    if caller.app_only:
        return bool(caller.permissions & (needs.application | (needs.delegated if as_user else frozenset())))
    return bool(caller.permissions & needs.delegated) and (not needs.role or bool(caller.roles & ADMINISTRATORS))


def _denied() -> GraphError:
    message = "Insufficient privileges to complete the operation."
    return GraphError(HTTPStatus.FORBIDDEN, "Authorization_RequestDenied", message)
