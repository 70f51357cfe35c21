"""What was applied, under other keys: a key that is renamed takes its record and every mention of it along."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec.structs import replace

from reconciler.model.address import Address
from reconciler.model.cells import AppliedCell, Value
from reconciler.model.states import Applied, AppliedState, Edge, FieldValue

Moves = Mapping[Address, Address]
"""The new address of each old one."""


def rekeyed(applied: AppliedState, moves: Moves) -> AppliedState:
    """The applied state with these things under their new addresses, also where others name them."""
    things = {moves.get(address, address): _thing(thing, moves) for address, thing in applied.things.items()}
    digests = {_part(address, moves): digest for address, digest in applied.secret_digests.items()}
    return replace(applied, things=things, secret_digests=digests)


def rekeyed_edges(edges: Mapping[Edge, datetime], moves: Moves) -> dict[Edge, datetime]:
    """Memberships and assignments with these things under their new addresses."""
    return {
        Edge(moves.get(edge.member, edge.member), moves.get(edge.group, edge.group)): since
        for edge, since in edges.items()
    }


def _part(address: Address, moves: Moves) -> Address:
    thing = moves.get(address.thing)
    return address if thing is None else Address(thing.kind, thing.key, address.part)


def _thing(thing: Applied, moves: Moves) -> Applied:
    cells = {key: _cell(cell, moves) for key, cell in thing.cells.items()}
    return replace(thing, address=moves.get(thing.address, thing.address), cells=cells)


def _cell(cell: AppliedCell[FieldValue], moves: Moves) -> AppliedCell[FieldValue]:
    match cell:
        case Value(Address() as address):
            return Value(moves.get(address, address))
        case Value(frozenset() as members):
            return Value(frozenset(moves.get(member, member) for member in members))
    return cell
