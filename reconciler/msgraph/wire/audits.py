"""The directory audit log: the one call that reads it for all apps together, and what it answers.

Pages: learn.microsoft.com/graph/api/directoryaudit-list, and for the names of activities
learn.microsoft.com/entra/identity/monitoring-health/reference-audit-activities.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from urllib.parse import quote

import msgspec

from reconciler.model.fields import Surface
from reconciler.model.trail import Entry, Touch
from reconciler.msgraph.wire.decoding import Encoded, Malformed, decode
from reconciler.msgraph.wire.links import below
from reconciler.msgraph.wire.request import Request

ACTIVITIES: Mapping[str, Touch] = {
    "Update attribute mappings or scope": Touch.MAPPINGS,
    "Update provisioning setting or credentials": Touch.SETTINGS,
    "Enable/start provisioning configuration": Touch.RUNNING,
    "Enable/restart provisioning configuration": Touch.RUNNING,
    "Disable/pause provisioning configuration": Touch.RUNNING,
    "Add provisioning configuration": Touch.WHOLE,
    "Delete provisioning configuration": Touch.WHOLE,
    "Add connector Group": Touch.GROUP,
    "Update Connector Group": Touch.GROUP,
    "Delete Connector Group": Touch.GROUP,
    "Add a Connector to Connector Group": Touch.MEMBER,
    "Add application": Touch.RESOURCE,
    "Update application": Touch.RESOURCE,
    "Delete application": Touch.RESOURCE,
}
"""The activities that are about what a spec manages. Asked for by name: the log of every export is in there too."""

_PAGE = 999
_TOUCHES = {name.casefold(): touch for name, touch in ACTIVITIES.items()}


class _User(msgspec.Struct, rename="camel"):
    id: str | None = None
    display_name: str | None = None
    user_principal_name: str | None = None


class _App(msgspec.Struct, rename="camel"):
    app_id: str | None = None
    display_name: str | None = None
    service_principal_id: str | None = None


class _Initiator(msgspec.Struct):
    user: _User | None = None
    app: _App | None = None


class _Property(msgspec.Struct, rename="camel"):
    display_name: str | None = None


class _Target(msgspec.Struct, rename="camel"):
    id: str | None = None
    modified_properties: list[_Property] | None = None


class _Audit(msgspec.Struct, rename="camel"):
    activity_date_time: datetime
    activity_display_name: str = ""
    result: str | None = None
    initiated_by: _Initiator | None = None
    target_resources: list[_Target] | None = None


class _Audits(msgspec.Struct):
    value: list[_Audit]
    more: str | None = msgspec.field(name="@odata.nextLink", default=None)


def first_page(surface: Surface, most: int = _PAGE) -> Request:
    """The call for the newest entries. The log has no surface of its own: the token is that of `surface`."""
    clauses = " or ".join(f"activityDisplayName eq '{name}'" for name in ACTIVITIES)
    order = quote("activityDateTime desc", safe="")
    path = f"/auditLogs/directoryAudits?$filter={quote(clauses, safe='')}&$orderby={order}&$top={most}"
    return Request("GET", path, surface)


def entries_in(base: str, body: Encoded, surface: Surface) -> tuple[tuple[Entry, ...], Request | None]:
    """The entries of a page that are about what a spec manages, and the call for the next page.

    Raises Malformed and ForeignLink.
    """
    page = decode(body, _Audits)
    following = Request("GET", below(base, page.more), surface) if page.more else None
    return tuple(_entries(page.value)), following


def _entries(audits: list[_Audit]) -> Iterator[Entry]:
    for audit in audits:
        touch = _TOUCHES.get(audit.activity_display_name.casefold())
        if touch is None or audit.result not in (None, "success"):
            continue
        if audit.activity_date_time.tzinfo is None:
            raise Malformed("an entry of the audit log has a time without a zone")
        targets = audit.target_resources or []
        names = [each.display_name or "" for target in targets for each in target.modified_properties or ()]
        yield Entry(
            audit.activity_date_time,
            _who(audit.initiated_by or _Initiator()),
            touch,
            frozenset((target.id or "").lower() for target in targets) - {""},
            frozenset(name.lower() for name in names),
        )


def _who(initiator: _Initiator) -> str:
    """What a reader knows them by: a user's principal name, an application's name, or an id."""
    user, app = initiator.user or _User(), initiator.app or _App()
    known = (user.user_principal_name, user.display_name, user.id)
    return next((name for name in (*known, app.display_name, app.app_id, app.service_principal_id) if name), "")
