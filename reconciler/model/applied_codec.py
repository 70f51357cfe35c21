"""The applied state as JSON, and back. A mapping that many apps share stands once, under its digest."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.model.address import Address
from reconciler.model.cells import NEVER, AppliedCell, Never, Value
from reconciler.model.mappings import DesiredMapping, ObjectMapping
from reconciler.model.states import Applied, AppliedState, Capabilities, FieldValue, Thing
from reconciler.model.values import (
    Json,
    Malformed,
    address_from,
    digest_of,
    members,
    text,
    value_from_json,
    value_to_json,
)

_SHARED = "shared"


def applied_to_json(applied: AppliedState) -> Json:
    """The whole applied state; `known` is not written, since whoever writes a ledger has one."""
    mappings = _Mappings()
    things: dict[str, Json] = {
        str(thing.address): _thing(thing, mappings) for thing in sorted(applied.things.values(), key=_order)
    }
    return {
        "things": things,
        "mappings": {digest: mappings.documents[digest] for digest in sorted(mappings.documents)},
        "capabilities": {"severalGroupsPerResource": applied.capabilities.several_groups_per_resource},
        "secretDigests": {str(address): digest for address, digest in sorted(applied.secret_digests.items())},
    }


def applied_from_json(document: Json) -> AppliedState:
    """The applied state that `applied_to_json` wrote; its mappings are shared as they were. Raises Malformed."""
    found = members(document)
    mappings = {digest: value_from_json(value) for digest, value in members(found.get("mappings")).items()}
    things = {
        address_from(name): _thing_from(address_from(name), members(thing), mappings)
        for name, thing in members(found.get("things")).items()
    }
    several = members(found.get("capabilities")).get("severalGroupsPerResource")
    if several is not None and not isinstance(several, bool):
        raise Malformed("a capability is true, false or not known")
    digests = {address_from(name): text(digest) for name, digest in members(found.get("secretDigests")).items()}
    return AppliedState(things, Capabilities(several), digests, known=True)


class _Mappings:
    """The mappings that were met so far, by digest. One object is hashed once, however many apps hold it."""

    def __init__(self) -> None:
        self.documents: dict[str, Json] = {}
        self._digests: dict[int, tuple[FieldValue, str]] = {}

    def digest(self, mapping: DesiredMapping | ObjectMapping) -> str:
        """The digest under which a mapping is written."""
        known = self._digests.get(id(mapping))
        if known is None:
            document = value_to_json(mapping)
            known = (mapping, digest_of(document))
            self._digests[id(mapping)] = known
            self.documents[known[1]] = document
        return known[1]


def _order(thing: Applied) -> str:
    return str(thing.address)


def _thing(thing: Applied, mappings: _Mappings) -> Json:
    cells: dict[str, Json] = {}
    for key, cell in thing.cells.items():
        match cell:
            case Value(DesiredMapping() | ObjectMapping() as mapping):
                cells[key] = {_SHARED: mappings.digest(mapping)}
            case Value(value):
                cells[key] = value_to_json(value)
            case Never():
                pass
    return {"id": thing.live_id, "cells": cells}


def _thing_from(address: Address, found: Mapping[str, Json], mappings: Mapping[str, FieldValue | None]) -> Applied:
    cells = {key: _cell_from(value, mappings) for key, value in members(found.get("cells")).items()}
    return Thing(address, cells, live_id=text(found.get("id")))


def _cell_from(document: Json, mappings: Mapping[str, FieldValue | None]) -> AppliedCell[FieldValue]:
    match document:
        case {"shared": str(digest)}:
            if digest not in mappings:
                raise Malformed(f"a mapping with digest {digest} is missing")
            value = mappings[digest]
        case _:
            value = value_from_json(document)
    return NEVER if value is None else Value(value)
