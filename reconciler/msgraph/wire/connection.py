"""The one list of an app's connection settings and tokens: read into cells, and written whole.

The service deprecates these calls, so nothing outside of this module knows how the list looks.
Page: learn.microsoft.com/graph/api/synchronization-serviceprincipal-put-synchronization (beta).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence

import msgspec
from msgspec import Struct

from reconciler.errors import ReconcilerError
from reconciler.model.address import Kind
from reconciler.model.cells import ABSENT, Known, LiveCell, Reason, Unreadable
from reconciler.model.fields import Surface
from reconciler.model.secret import SecretText
from reconciler.model.states import FieldValue
from reconciler.model.steps import ConnectionValue
from reconciler.msgraph.wire.decoding import Encoded, Malformed, decode
from reconciler.msgraph.wire.fields import WIRE_PATHS, Resource, wire_path
from reconciler.msgraph.wire.paths import connection
from reconciler.msgraph.wire.request import Request

MASK = "*"
"""What the service shows instead of a value that it hides."""

CONNECTION_KEYS = tuple(
    key for (kind, key), path in WIRE_PATHS.items() if kind is Kind.APP and path.resource is Resource.CONNECTION
)
"""The field keys that stand in the list."""

_TOKEN = "connector.secretToken"  # noqa: S105 - a field's key
_NOTIFICATION = wire_path(Kind.APP, "provisioning.notify").head

Members = dict[str, bool | int | float | str | list[object] | dict[str, object] | None]


class SecretWouldBeLost(ReconcilerError):
    """Raised when the list holds a value that the service hides and that the spec does not declare."""


class Setting(Struct, frozen=True):
    """One entry of the list; the value prints as a mask, since any entry may hold a credential."""

    key: str
    value: str | SecretText

    def __repr__(self) -> str:
        return f"Setting({self.key!r}, ***)"


class _Entry(msgspec.Struct):
    key: str
    value: str | None = None


class _List(msgspec.Struct):
    value: list[_Entry]
    more: str | None = msgspec.field(name="@odata.nextLink", default=None)


def settings_in(body: Encoded) -> tuple[Setting, ...]:
    """The entries of the list, in its order. Raises Malformed, also for a page that is not the whole list."""
    page = decode(body, _List)
    if page.more:
        raise Malformed("an answer gives a part of the connection settings only")
    return tuple(Setting(entry.key, entry.value or "") for entry in page.value)


def connection_cells(settings: Sequence[Setting]) -> Mapping[str, LiveCell[FieldValue]]:
    """The cells that the list fills. An empty value is none.

    A hidden value that is no field of ours has a cell of its wire name: a write of the list would lose it.
    """
    texts = {setting.key: setting.value for setting in settings if isinstance(setting.value, str)}
    cells: dict[str, LiveCell[FieldValue]] = {}
    for key in CONNECTION_KEYS:
        path = wire_path(Kind.APP, key)
        text = texts.get(path.head)
        if text == MASK or (text and key == _TOKEN):
            cells[key] = Unreadable(Reason.MASKED)
        else:
            cells[key] = _READERS[key](text) if text else ABSENT
    ours = {wire_path(Kind.APP, key).head for key in CONNECTION_KEYS}
    return cells | {key: Unreadable(Reason.MASKED) for key, text in texts.items() if text == MASK and key not in ours}


def rewritten(
    live: Sequence[Setting], settings: Mapping[str, ConnectionValue], secrets: Mapping[str, SecretText]
) -> tuple[Setting, ...]:
    """The list to write: every entry that live holds, with these changes and secrets by field key.

    What is cleared is sent empty and not left out: a service that merges would keep what it is not sent. An empty
    SecretToken is legal: the service then sends a token of its own.
    Source: https://learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups

    Raises SecretWouldBeLost, and Malformed where the live notification settings cannot be kept.
    """
    values: dict[str, str | SecretText] = {setting.key: setting.value for setting in live}
    for key, value in settings.items():
        path = wire_path(Kind.APP, key)
        if path.tail:
            values[path.head] = _notification(values.get(path.head), key, value)
        else:
            values[path.head] = _WRITERS[key](value)
    values |= {wire_path(Kind.APP, key).head: text for key, text in secrets.items()}
    hidden = sorted(key for key, value in values.items() if value == MASK)
    if hidden:
        raise SecretWouldBeLost(
            f"the service hides {', '.join(hidden)} of the connection settings: writing the list would lose it",
            hint="declare its source in the spec, or change the settings at the portal",
        )
    return tuple(Setting(key, value) for key, value in values.items())


def read_request(principal_id: str) -> Request:
    """The call that reads the list."""
    return Request("GET", connection(principal_id), Surface.APPS)


def write_request(principal_id: str, settings: Sequence[Setting]) -> Request:
    """The call that replaces the list."""
    body = {"value": [{"key": setting.key, "value": setting.value} for setting in settings]}
    return Request("PUT", connection(principal_id), Surface.APPS, body)


def _present(text: str) -> LiveCell[FieldValue]:  # noqa: ARG001 - what a secret says is nobody's business
    """A secret that the service shows: a write of the list keeps it as it was read, and nothing else knows it."""
    return Known("")


def _switch(text: str) -> LiveCell[FieldValue]:
    truth = {"true": True, "false": False}.get(text.casefold())
    return Unreadable(Reason.FAILED, f"neither True nor False: {text[:40]}") if truth is None else Known(truth)


def _scope(text: str) -> LiveCell[FieldValue]:
    match _switch(text):
        case Known(everybody):
            return Known("all" if everybody else "assigned")
        case unknown:
            return unknown


def _recipients(text: str) -> LiveCell[FieldValue]:
    return _of_notification(text, "Enabled", "Recipients", lambda value: value if isinstance(value, str) else None)


def _threshold(text: str) -> LiveCell[FieldValue]:
    return _of_notification(text, "DeleteThresholdEnabled", "DeleteThresholdValue", _whole_number)


def _of_notification(
    text: str, enabled: str, member: str, read: Callable[[object], FieldValue | None]
) -> LiveCell[FieldValue]:
    members = _members(text)
    if members is None:
        return Unreadable(Reason.FAILED, f"{_NOTIFICATION} is not a JSON object")
    if str(members.get(enabled)).casefold() != "true" or members.get(member) in (None, ""):
        return ABSENT
    value = read(members[member])
    return Unreadable(Reason.FAILED, f"{_NOTIFICATION} has a strange {member}") if value is None else Known(value)


def _whole_number(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
        return int(number) if number == int(number) else None
    except (ValueError, OverflowError):
        return None


def _notification(live: str | SecretText | None, key: str, value: ConnectionValue) -> str:
    """The JSON text of the notification settings with one setting changed; members that nobody manages stay."""
    members: Members | None = {}
    if isinstance(live, str) and live:
        members = _members(live)
    if members is None:
        raise Malformed(f"{_NOTIFICATION} is not a JSON object, so that its other members could not be kept")
    path = wire_path(Kind.APP, key)
    if value is None:
        return json.dumps({**members, _ENABLED[key]: False})
    return json.dumps({**members, _ENABLED[key]: True, path.tail: value})


def _members(text: str) -> Members | None:
    try:
        members = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return members if isinstance(members, dict) else None


def _written_text(value: ConnectionValue) -> str:
    return "" if value is None else str(value)


def _written_scope(value: ConnectionValue) -> str:
    return "" if value is None else str(value == "all")


_ENABLED = {"provisioning.notify": "Enabled", "provisioning.deleteThreshold": "DeleteThresholdEnabled"}

_READERS: Mapping[str, Callable[[str], LiveCell[FieldValue]]] = {
    "connector.url": Known,
    "connector.compatibilityKey": _present,
    "provisioning.scope": _scope,
    "provisioning.skipOutOfScopeDeletions": _switch,
    "provisioning.notify": _recipients,
    "provisioning.deleteThreshold": _threshold,
}

_WRITERS: Mapping[str, Callable[[ConnectionValue], str]] = {
    "connector.url": _written_text,
    _TOKEN: _written_text,
    "provisioning.scope": _written_scope,
    "provisioning.skipOutOfScopeDeletions": _written_text,
}
