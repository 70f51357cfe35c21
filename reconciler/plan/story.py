"""Everything that is known of one thing, field by field: desired, live, applied, and who manages it.

An object mapping is told part by part: its flow, its match, its filter, and each attribute.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from msgspec import Struct

from reconciler.model.address import Address, Kind
from reconciler.model.cells import (
    Absent,
    AppliedCell,
    DesiredCell,
    LiveCell,
    Never,
    Reason,
    Unmanaged,
    Unreadable,
)
from reconciler.model.fields import FIELDS, MAPPING_PREFIX, MAPPINGS, Field, Role, Surface, field_of
from reconciler.model.spec import Spec
from reconciler.model.states import AppliedState, FieldValue, LiveState
from reconciler.plan.mapping_parts import Part, parts


class Keeper(Enum):
    """Who manages a field."""

    SPEC = "the spec"
    BINDING = "the spec, to find the live object"
    POLICY = "the spec, for rules and guards only"
    RECORD = "this repository, which applied it once: the spec no longer names it"
    LEDGER = "the ledger, to find the live object"
    SERVICE = "the service"
    NOBODY = "nobody"


Told = FieldValue | Part


class Story(Struct, frozen=True):
    """What is known of one field."""

    key: str
    summary: str
    desired: DesiredCell[Told]
    live: LiveCell[Told]
    applied: AppliedCell[Told]
    keeper: Keeper

    @property
    def is_empty(self) -> bool:
        """Whether nobody says anything of the field."""
        nothing = isinstance(self.live, Absent | Unreadable)
        return isinstance(self.desired, Unmanaged) and isinstance(self.applied, Never) and nothing


def stories(address: Address, spec: Spec, live: LiveState, applied: AppliedState) -> tuple[Story, ...]:
    """Every field of a thing, in the order of the field table; of a part of a thing, what is at and below it."""
    thing = address.thing
    told = (story for field in FIELDS[thing.kind] for story in _of_field(thing, field, spec, live, applied))
    return tuple(story for story in told if _is_at(story.key, address.part))


def _is_at(key: str, part: str) -> bool:
    return not part or key == part or key.startswith((f"{part}/", f"{part}."))


def _of_field(thing: Address, field: Field, spec: Spec, live: LiveState, applied: AppliedState) -> Iterator[Story]:
    if field.key == MAPPINGS:
        yield from _of_mappings(thing, spec, live, applied)
        return
    desired, was = spec.desired.cell(thing, field.key), applied.cell(thing, field.key)
    yield Story(field.key, field.summary, desired, _shown(thing, field, spec, live), was, _keeper(field, desired, was))


def _shown(thing: Address, field: Field, spec: Spec, live: LiveState) -> LiveCell[FieldValue]:
    """What is live of a field. What no surface shows, or is out of scope, is not absent."""
    if field.surface is None:
        return Unreadable(Reason.NOT_READ)
    if field.surface is Surface.HOSTS:
        return Unreadable(Reason.NO_FACTS)
    if field.surface not in spec.surfaces:
        return Unreadable(Reason.OUT_OF_SCOPE)
    return live.cell(thing, field.key)


def _keeper(field: Field, desired: DesiredCell[Told], applied: AppliedCell[Told]) -> Keeper:
    if field.role is Role.OBSERVED:
        return Keeper.SERVICE
    if isinstance(desired, Unmanaged) and isinstance(applied, Never):
        return Keeper.NOBODY
    if isinstance(desired, Unmanaged):
        return Keeper.LEDGER if field.role is Role.BINDING else Keeper.RECORD
    return _BY_ROLE.get(field.role, Keeper.SPEC)


_BY_ROLE = {Role.BINDING: Keeper.BINDING, Role.POLICY: Keeper.POLICY}


def _of_mappings(thing: Address, spec: Spec, live: LiveState, applied: AppliedState) -> Iterator[Story]:
    """The parts of every object mapping that any state knows of."""
    states = (spec.desired.things, live.things, applied.things)
    keys = {key for things in states if thing in things for key in things[thing].cells}
    for key in sorted(key for key in keys if key.startswith(MAPPING_PREFIX)):
        told = parts(spec.desired.cell(thing, key), live.cell(thing, key), applied.cell(thing, key))
        for name, (desired, shown, was) in told.items():
            summary = _SUMMARIES.get(name, "where the attribute's value comes from")
            yield Story(f"{key}/{name}", summary, desired, shown, was, _keeper(_MAPPING, desired, was))


_SUMMARIES = {field.key: field.summary for field in FIELDS[Kind.MAPPING] if field.key != "attributes"}
_MAPPING = field_of(Kind.APP, MAPPINGS)
