"""The three states that a plan is made from, all by the keys that the spec uses now."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from reconciler.model.address import Address, Kind
from reconciler.model.bindings import Bindings
from reconciler.model.cells import AppliedCell, Known, LiveCell, Reason, Unreadable, Value
from reconciler.model.fields import Field, Surface
from reconciler.model.memory import Memory
from reconciler.model.spec import Spec
from reconciler.model.states import Applied, AppliedState, FieldValue, LiveState

_NO_FACTS = Unreadable(Reason.NO_FACTS)


class World(Struct, frozen=True):
    """What the spec wants, what the service holds, what was applied before, and which key stands for which object."""

    spec: Spec
    live: LiveState
    applied: AppliedState
    bindings: Bindings

    @classmethod
    def of(cls, spec: Spec, live: LiveState, applied: AppliedState, bindings: Bindings) -> World:
        """The world, with what was applied under a key that the spec has renamed since moved to the new key."""
        bound = {**bindings.agents, **bindings.groups, **bindings.principals}
        memory = Memory.of(spec.desired, applied).recognised(spec.desired, bound)
        moved = {old: new for new, old in memory.renamed.items()}
        return cls(spec, live, _moved(applied, moved) if moved else applied, bindings)

    def shown(self, address: Address, field: Field) -> LiveCell[FieldValue]:
        """What the service shows of a field. What stands on hosts is not known without facts from them."""
        cell = self.live.cell(address, field.key)
        if field.surface is Surface.HOSTS and not isinstance(cell, Known | Unreadable):
            return _NO_FACTS
        return cell

    def dropped(self, kind: Kind) -> tuple[Address, ...]:
        """The things of a kind that this repository manages at the service and the spec no longer has, in order."""
        gone = (key for key in self.applied.things if key.kind is kind and key not in self.spec.desired.things)
        return tuple(sorted(address for address in gone if address in self.live.things))


def _moved(applied: AppliedState, moved: Mapping[Address, Address]) -> AppliedState:
    things = {moved.get(address, address): _moved_thing(thing, moved) for address, thing in applied.things.items()}
    return replace(applied, things=things)


def _moved_thing(thing: Applied, moved: Mapping[Address, Address]) -> Applied:
    cells = {key: _moved_cell(cell, moved) for key, cell in thing.cells.items()}
    return replace(thing, address=moved.get(thing.address, thing.address), cells=cells)


def _moved_cell(cell: AppliedCell[FieldValue], moved: Mapping[Address, Address]) -> AppliedCell[FieldValue]:
    match cell:
        case Value(Address() as address):
            return Value(moved.get(address, address))
        case Value(frozenset() as members):
            return Value(frozenset(moved.get(member, member) for member in members))
    return cell
