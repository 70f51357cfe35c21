"""What spec and service agree on is on record too, whoever made it so: from then on a difference has a cause."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec.structs import replace

from reconciler.model.address import Address, Kind
from reconciler.model.bindings import Bindings
from reconciler.model.cells import AppliedCell, Clear, DesiredCell, Value
from reconciler.model.fields import Role, Surface, field_of
from reconciler.model.memory import RESOURCE_ID
from reconciler.model.plan import Plan
from reconciler.model.recording import JOB_ID
from reconciler.model.secret import SecretSource
from reconciler.model.states import AppliedState, Desired, DesiredState, FieldValue, Thing

_NOT_LIVE = (Kind.PROXY, Kind.CONNECTOR_HOST, Kind.MAPPING)


def adopted(
    applied: AppliedState, desired: DesiredState, bindings: Bindings, plan: Plan, *, forget: bool
) -> AppliedState:
    """The applied state once everything that the spec manages and that is in sync is on record.

    `plan` tells what is not: a field that it changes or cannot verify keeps what was applied. Where every surface was
    read (`forget`), things of the ledger that the spec has dropped and that the plan says nothing of are gone.
    """
    open_fields = _open_fields(plan)
    things = {
        address: thing for address, thing in applied.things.items() if not forget or _stays(address, desired, plan)
    }
    for thing in desired.things.values():
        if thing.address.kind not in _NOT_LIVE and _is_live(thing.address, bindings):
            known = things.get(thing.address) or Thing(thing.address, {})
            cells = _cells(_compared(thing, bindings), known.cells, open_fields.get(thing.address, frozenset()))
            for key, table in ((RESOURCE_ID, bindings.resources), (JOB_ID, bindings.jobs)):
                if thing.address in table:
                    cells[key] = Value(table[thing.address])
            live_id = _live_id(thing.address, bindings) or known.live_id
            things[thing.address] = replace(known, cells=cells, live_id=live_id)
    digests = {
        address: digest
        for address, digest in applied.secret_digests.items()
        if address.thing in things and address.part in things[address.thing].cells
    }
    return replace(applied, things=things, secret_digests=digests)


def _open_fields(plan: Plan) -> Mapping[Address, frozenset[str]]:
    """The fields that are not in sync, by thing; the empty text stands for a change of the whole thing."""
    found: dict[Address, set[str]] = {}
    for change in plan.changes:
        found.setdefault(change.address.thing, set()).update(field.key for field in change.fields)
        if not change.fields:
            found[change.address.thing].add("")
    for unknown in plan.unverifiable:
        found.setdefault(unknown.address.thing, set()).add(unknown.key)
    return {address: frozenset(keys) for address, keys in found.items()}


def _stays(address: Address, desired: DesiredState, plan: Plan) -> bool:
    if address in desired.things:
        return True
    mentioned: Iterable[Address] = (*(c.address for c in plan.changes), *(u.address for u in plan.unverifiable))
    return any(other.thing == address for other in mentioned)


def _compared(thing: Desired, bindings: Bindings) -> Iterator[tuple[str, DesiredCell[FieldValue]]]:
    """The managed cells that were compared. Of an app without a principal nothing was that a principal holds."""
    without = thing.address.kind is Kind.APP and thing.address not in bindings.principals
    for key, cell in thing.cells.items():
        field = field_of(thing.address.kind, key)
        if field.role is Role.MANAGED and not (without and field.surface is Surface.APPS):
            yield key, cell


def _cells(
    compared: Iterable[tuple[str, DesiredCell[FieldValue]]],
    known: Mapping[str, AppliedCell[FieldValue]],
    open_fields: frozenset[str],
) -> dict[str, AppliedCell[FieldValue]]:
    cells = dict(known)
    for key, cell in compared:
        if _is_open(key, open_fields):
            continue
        match cell:
            case Value(SecretSource()):
                pass
            case Value(value):
                cells[key] = Value(value)
            case Clear():
                cells.pop(key, None)
    return cells


def _is_open(key: str, open_fields: frozenset[str]) -> bool:
    """Whether a cell, or a part of it, is not in sync: `mapping/User/department` is a part of `mapping/User`."""
    return any(not open_key or open_key == key or open_key.startswith(f"{key}/") for open_key in open_fields)


def _is_live(address: Address, bindings: Bindings) -> bool:
    return address.kind is Kind.UPDATER or bool(_live_id(address, bindings)) or address in bindings.resources


def _live_id(address: Address, bindings: Bindings) -> str:
    tables = {Kind.AGENT: bindings.agents, Kind.GROUP: bindings.groups, Kind.APP: bindings.principals}
    return tables.get(address.kind, {}).get(address, "")
