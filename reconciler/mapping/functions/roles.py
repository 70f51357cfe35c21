"""Functions for the roles of an application that a user was assigned, and for the tenant's domain."""

from __future__ import annotations

import json

from reconciler.mapping.failure import Failed
from reconciler.mapping.functions.function import Function, Kind, Slot, Way
from reconciler.mapping.functions.lists import values_of
from reconciler.mapping.sources import Sources
from reconciler.mapping.values import Value, text_of

DEFAULT_DOMAIN = "%DefaultDomain%"
"""The word under which `Sources` holds the tenant's default domain."""

_PAGE = "https://learn.microsoft.com/entra/identity/app-provisioning/customize-application-attributes"
_ROLE_TYPE = "WindowsAzureActiveDirectoryRole"


def _single(roles: Value) -> Value:
    values = values_of(roles)
    if len(values) > 1:
        raise Failed(f"the user has {len(values)} roles of this application, and this function takes one")
    return text_of(values[0]) if values else None


def _all(roles: Value) -> Value:
    return tuple(text_of(role) or "" for role in values_of(roles))


def _complex(roles: Value) -> Value:
    """Each role as the SCIM object that the service sends."""
    names = (text_of(role) or "" for role in values_of(roles))
    return tuple(
        json.dumps({"primary": False, "type": _ROLE_TYPE, "display": name, "value": name}, separators=(",", ":"))
        for name in names
    )


def _default_domain(sources: Sources) -> Value:
    domain = sources.words.get(DEFAULT_DOMAIN)
    if domain is None:
        raise Failed("nothing says what the tenant's default domain is")
    return domain


_ROLES = Slot("appRoleAssignments", "source", Kind.ROLES)

FUNCTIONS = (
    Function(
        "SingleAppRoleAssignment",
        (_ROLES,),
        Kind.TEXT,
        _single,
        page=_PAGE,
        note="Fails for a user with several roles of the application.",
    ),
    Function("AppRoleAssignments", (_ROLES,), Kind.LIST, _all, page="", note="Only in the listing of functions."),
    Function("AppRoleAssignmentsComplex", (_ROLES,), Kind.LIST, _complex, page=_PAGE),
    Function("AssertiveAppRoleAssignmentsComplex", (_ROLES,), Kind.LIST, _complex, page=_PAGE),
    Function(
        "DefaultDomain", (), Kind.TEXT, _default_domain, Way.SOURCED, page="", note="Only in the listing of functions."
    ),
)
