"""The applied state as JSON, and back. A mapping that many apps share stands there once, by its digest.

{"version": 1, "capabilities": {…}, "secretDigests": {address: digest},
 "shared": {digest: value}, "things": {address: {"liveId": id, "cells": {key: value | {"shared": digest}}}}}
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct, field

from reconciler.model.address import Address
from reconciler.model.cells import Value
from reconciler.model.documents import (
    Json,
    Malformed,
    address_from,
    digest_of,
    expect_version,
    flag,
    keyed,
    members,
    optional,
    table,
    take,
    text,
)
from reconciler.model.fields import is_field
from reconciler.model.mappings import DesiredMapping, ObjectMapping
from reconciler.model.states import Applied, AppliedState, Capabilities, FieldValue, Thing
from reconciler.model.values import value_from_json, value_to_json

VERSION = 1
"""The version of the applied state's document; a reader refuses any other."""

_SHARED = "shared"


def applied_to_json(applied: AppliedState) -> Json:
    """The JSON of an applied state. Fields that were never applied are left out, and so is `known`."""
    shelf = _Shelf()
    things: Mapping[str, Json] = {
        str(address): {"liveId": thing.live_id, "cells": dict(_cells_to_json(thing, shelf))}
        for address, thing in applied.things.items()
    }
    return {
        "version": VERSION,
        "capabilities": {"severalGroupsPerResource": applied.capabilities.several_groups_per_resource},
        "secretDigests": {str(address): digest for address, digest in applied.secret_digests.items()},
        _SHARED: shelf.values,
        "things": things,
    }


def applied_from_json(document: Json) -> AppliedState:
    """The applied state that `applied_to_json` wrote, with mappings shared as before. Raises Malformed."""
    found = members(document)
    expect_version(found, VERSION)
    shared = take(found, _SHARED, table(_value_from))
    things = take(found, "things", keyed(lambda name: _thing_from(name, shared)))
    return AppliedState(
        {thing.address: thing for thing in things.values()},
        take(found, "capabilities", _capabilities_from),
        take(found, "secretDigests", lambda digests: _by_address(table(text)(digests))),
        known=True,
    )


class _Shelf(Struct, frozen=True):
    """Mappings by digest. `digests` saves digesting an object again that many apps share."""

    values: dict[str, Json] = field(default_factory=dict)
    digests: dict[int, str] = field(default_factory=dict)

    def put(self, value: DesiredMapping | ObjectMapping) -> str:
        digest = self.digests.get(id(value))
        if digest is None:
            document = value_to_json(value)
            digest = self.digests[id(value)] = digest_of(document)
            self.values[digest] = document
        return digest


def _cells_to_json(thing: Applied, shelf: _Shelf) -> Iterator[tuple[str, Json]]:
    for key, cell in thing.cells.items():
        match cell:
            case Value(DesiredMapping() | ObjectMapping() as mapping):
                yield key, {_SHARED: shelf.put(mapping)}
            case Value(value):
                yield key, value_to_json(value)


def _thing_from(name: str, shared: Mapping[str, FieldValue]) -> Callable[[Json], Applied]:
    def read_cell(document: Json) -> Value[FieldValue]:
        match document:
            case {"shared": str(digest), **rest} if not rest:
                if digest not in shared:
                    raise Malformed(f"no shared value has the digest {digest}")
                return Value(shared[digest])
        return Value(_value_from(document))

    def read_thing(document: Json) -> Applied:
        found = members(document)
        address = address_from(name)
        cells = take(found, "cells", table(read_cell))
        for key in cells:
            if not is_field(address.kind, key):
                raise Malformed(f"{name} has no field {key!r}")
        return Thing(address, cells, live_id=take(found, "liveId", text))

    return read_thing


def _value_from(document: Json) -> FieldValue:
    value = value_from_json(document)
    if value is None:
        raise Malformed("expected a value, found nothing")
    return value


def _capabilities_from(document: Json) -> Capabilities:
    return Capabilities(take(members(document), "severalGroupsPerResource", optional(flag)))


def _by_address(digests: Mapping[str, str]) -> dict[Address, str]:
    return {address_from(address): digest for address, digest in digests.items()}
