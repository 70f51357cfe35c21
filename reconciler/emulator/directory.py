"""Find the directory objects that an address names, for reading and for writing."""

from __future__ import annotations

from reconciler.emulator.context import Context, Key
from reconciler.emulator.errors import bad_request, not_found
from reconciler.emulator.store import Document, Kind

OWNED_BY_PRINCIPAL = (Kind.JOB, Kind.SCHEMA, Kind.SECRETS, Kind.CYCLE, Kind.APP_ROLE_ASSIGNMENT)
"""What a service principal owns; it goes when the principal goes."""


def readable(context: Context, kind: Kind, key: Key) -> Document:
    """The document that callers can see under a key.

    Applications and principals are also known by `(appId='…')`. Raises GraphError 404 where there is none, 400 for
    another alternate key.
    """
    if key.alternate is None:
        found = context.view.get(kind, key.value)
    elif key.alternate == "appId" and kind in (Kind.APPLICATION, Kind.SERVICE_PRINCIPAL):
        found = next(iter(context.view.documents(kind, alias=key.value)), None)
    else:
        raise bad_request(f"The key '{key.alternate}' is not a key of this resource.")
    if found is None:
        raise not_found(key.value)
    return found


def writable(context: Context, kind: Kind, key: Key) -> Document:
    """The truth of what a write addresses.

    Raises GraphError 404 where callers cannot see it yet, or where it is gone though they still see it.
    """
    identifier = str(readable(context, kind, key)["id"])
    found = context.truth.get(kind, identifier)
    if found is None:
        raise not_found(key.value)
    return found


def principal_of(context: Context, key: Key) -> Document:
    """The service principal of `/servicePrincipals/ID` or `(appId='…')`, as callers see it. Raises GraphError 404."""
    return readable(context, Kind.SERVICE_PRINCIPAL, key)


def principal_to_write(context: Context, key: Key) -> Document:
    """The service principal that a write addresses. Raises GraphError 404 as `writable` does."""
    return writable(context, Kind.SERVICE_PRINCIPAL, key)
