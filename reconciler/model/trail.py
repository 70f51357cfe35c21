"""Who changed what, as far as the service's audit log tells: its entries, and which of them belongs to a difference."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from enum import Enum

from msgspec import Struct

from reconciler.model.address import Address, Kind
from reconciler.model.bindings import Bindings
from reconciler.model.fields import MAPPINGS
from reconciler.model.plan import Change, FieldChange


class Touch(Enum):
    """What kind of change an entry tells of."""

    GROUP = "an agent group"
    MEMBER = "an agent's membership"
    RESOURCE = "a published resource"
    RUNNING = "whether a job runs"
    SETTINGS = "settings or credentials of provisioning"
    MAPPINGS = "mappings or scope"
    WHOLE = "a job as a whole"


class Entry(Struct, frozen=True):
    """One entry: when, by whom ("" where it does not say), of what kind, the live ids it is about, and the properties.

    Ids and properties are in small letters.
    """

    at: datetime
    who: str
    touch: Touch
    ids: frozenset[str]
    properties: frozenset[str] = frozenset()


class Author(Struct, frozen=True):
    """Who changed something last, and when; `others` are how many others may have changed it before."""

    who: str
    at: datetime
    others: int = 0


class Trail(Struct, frozen=True):
    """The entries that were read; `gap` says why there may be more, "" where all were read."""

    entries: tuple[Entry, ...] = ()
    gap: str = ""


_WHOLLY = frozenset((Touch.RUNNING, Touch.WHOLE, Touch.MEMBER))
"""Kinds of entry of which the newest alone made what is live; any other may be about another field."""

Authors = Mapping[tuple[Address, str], Author]
"""By address and key of a field that differs."""

_APP_TOUCHES: tuple[tuple[str, tuple[Touch, ...]], ...] = (
    ("group", (Touch.RESOURCE,)),
    ("resource.", (Touch.RESOURCE,)),
    ("job.", (Touch.RUNNING, Touch.WHOLE)),
    ("connector.", (Touch.SETTINGS,)),
    ("provisioning.", (Touch.SETTINGS,)),
    (MAPPINGS, (Touch.MAPPINGS, Touch.WHOLE)),
)
"""Which kinds of entry can be about a field of an app, by how its key begins."""

_PROPERTIES: Mapping[str, str] = {
    "displayName": "displayname",
    "connector.url": "baseaddress",
    "connector.secretToken": "secrettoken",
    "connector.compatibilityKey": "syncagentcompatibilitykey",
    "provisioning.scope": "syncall",
    "provisioning.deleteThreshold": "syncnotificationsettings",
    "provisioning.notify": "syncnotificationsettings",
    "group": "agentgroups",
    "agents": "agents",
}
"""What a field may be called in an entry's properties, which no page tells for certain."""


def authors_of(changes: Collection[Change], bindings: Bindings, trail: Trail) -> Authors:
    """Who last changed each field of these changes. A field that no entry is about has no author."""
    found: dict[tuple[Address, str], Author] = {}
    for change in changes:
        for field in change.fields:
            author = _author([each for each in trail.entries if _is_about(each, change, field, bindings)], field.key)
            if author is not None:
                found[change.address, field.key] = author
    return found


def _author(entries: list[Entry], key: str) -> Author | None:
    """The newest of the entries; those that name the field count alone, where there are any."""
    word = _PROPERTIES.get(key) or key.rpartition("/")[2].lower()
    named = [entry for entry in entries if any(_names(each, word) for each in entry.properties)]
    chosen = named or entries
    newest = max(chosen, key=lambda entry: entry.at, default=None)
    if newest is None or not newest.who:
        return None
    certain = named or newest.touch in _WHOLLY
    people = {entry.who for entry in chosen if entry.who}
    return Author(newest.who, newest.at, 0 if certain else len(people) - 1)


def _names(name: str, word: str) -> bool:
    return name == word or name.endswith((f".{word}", f":{word}"))


def _is_about(entry: Entry, change: Change, field: FieldChange, bindings: Bindings) -> bool:
    match change.address.kind:
        case Kind.GROUP:
            return _is_about_group(entry, change, field, bindings)
        case Kind.APP:
            touches = next((kinds for start, kinds in _APP_TOUCHES if field.key.startswith(start)), ())
            table = bindings.resources if Touch.RESOURCE in touches else bindings.principals
            return entry.touch in touches and table.get(change.address, "").lower() in entry.ids
    return False


def _is_about_group(entry: Entry, change: Change, field: FieldChange, bindings: Bindings) -> bool:
    """A membership is told of as the agent's where it begins, and as the group's where it ends."""
    own = bindings.groups.get(change.address, "").lower()
    if field.key != "agents":
        return entry.touch is Touch.GROUP and own in entry.ids
    agents = {bindings.agents.get(each, "").lower() for each in _moved(field)}
    if entry.touch is Touch.MEMBER:
        return bool(agents & entry.ids) or own in entry.ids
    return entry.touch is Touch.GROUP and own in entry.ids and "agents" in entry.properties


def _moved(field: FieldChange) -> Iterator[Address]:
    """The agents that only one side has."""
    before, after = (value if isinstance(value, frozenset) else frozenset() for value in (field.before, field.after))
    yield from before ^ after
