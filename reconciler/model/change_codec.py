"""Changes and the live values that they start from as JSON, and back; and the digest of one change."""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.model.address import Address
from reconciler.model.documents import (
    Json,
    Malformed,
    address_from,
    digest_of,
    every,
    member,
    members,
    optional,
    take,
    text,
    whole,
)
from reconciler.model.fields import Surface, surface_of
from reconciler.model.place import Place
from reconciler.model.plan import Action, Cause, Change, FieldChange, StartValue
from reconciler.model.values import value_from_json, value_to_json


def change_digest(address: Address, action: Action, changes: Iterable[FieldChange]) -> str:
    """The digest of one change: its address, its action, every value before and after.

    Like a plan's it is over the document: `address`, `action` and each field's `field`, `before` and `after`.
    """
    return digest_of(
        {
            "address": str(address),
            "action": _action_to_json(action),
            "fields": [field_core(field_change_to_json(change)) for change in changes],
        }
    )


def acknowledged_digest(change: Change) -> str:
    """The digest by which a person acknowledges a change.

    Where the change touches what ties things to each other, which is what guards refuse, only that counts: the word for
    a move holds under every choice of surfaces that shows it, whatever else the same change does.
    """
    ties = tuple(part for part in change.fields if surface_of(change.address.kind, part.key) is Surface.TOPOLOGY)
    return change_digest(change.address, change.action, ties) if ties else change.digest


def change_to_json(change: Change) -> dict[str, Json]:
    """The JSON of a change."""
    return {
        "address": str(change.address),
        "action": _action_to_json(change.action),
        "digest": change.digest,
        "blocked": change.blocked,
        "reason": change.reason,
        "place": place_to_json(change.place),
        "fields": [field_change_to_json(below) for below in change.fields],
    }


def change_from_json(document: Json) -> Change:
    """The change that `change_to_json` wrote. Raises Malformed."""
    found = members(document)
    return Change(
        take(found, "address", address_from),
        take(found, "action", _action_from),
        take(found, "fields", every(_field_change_from)),
        take(found, "reason", text),
        take(found, "digest", text),
        take(found, "blocked", text),
        take(found, "place", optional(place_from_json)),
    )


def field_change_to_json(change: FieldChange) -> dict[str, Json]:
    """The JSON of one field of a change."""
    return {
        "field": change.key,
        "before": value_to_json(change.before),
        "after": value_to_json(change.after),
        "cause": change.cause.value,
        "lines": list(change.lines),
        "place": place_to_json(change.place),
    }


def change_core(change: Json) -> Json:
    """Of a change's JSON what its plan's digest covers: neither places nor reasons nor wording."""
    found = members(change)
    kept = {name: found.get(name) for name in ("address", "action", "digest")}
    return {**kept, "fields": take(found, "fields", every(field_core))}


def field_core(change: Json) -> Json:
    """Of a field change's JSON what digests cover."""
    found = members(change)
    return {name: found.get(name) for name in ("field", "before", "after")}


def start_to_json(value: StartValue) -> Json:
    """The JSON of a value that a plan starts from or reaches."""
    document: dict[str, Json] = {"address": str(value.address), "field": value.key, "value": value.text}
    if value.digest:
        document["digest"] = value.digest
    return document


def start_from_json(document: Json) -> StartValue:
    """The value that `start_to_json` wrote. Raises Malformed."""
    found = members(document)
    return StartValue(
        take(found, "address", address_from),
        take(found, "field", text),
        take(found, "value", text),
        take(found, "digest", optional(text)) or "",
    )


def place_to_json(place: Place | None) -> Json:
    """The JSON of a place in a file; null where there is none."""
    if place is None:
        return None
    return {
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }


def place_from_json(document: Json) -> Place:
    """The place that `place_to_json` wrote. Raises Malformed."""
    found = members(document)
    return Place(
        take(found, "file", text),
        take(found, "line", whole),
        take(found, "column", whole),
        take(found, "endLine", whole),
        take(found, "endColumn", whole),
    )


def _field_change_from(document: Json) -> FieldChange:
    found = members(document)
    return FieldChange(
        take(found, "field", text),
        take(found, "before", value_from_json),
        take(found, "after", value_from_json),
        take(found, "cause", lambda cause: member(Cause, cause)),
        take(found, "lines", every(text)),
        take(found, "place", optional(place_from_json)),
    )


def _action_to_json(action: Action) -> str:
    return action.name.lower()


def _action_from(document: Json) -> Action:
    try:
        return Action[text(document).upper()]
    except KeyError as error:
        raise Malformed(f"an action {text(document)!r} is unknown") from error
