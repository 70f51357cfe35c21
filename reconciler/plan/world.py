"""The three states that a plan is made from, all by the keys that the spec uses now."""

from __future__ import annotations

from msgspec import Struct

from reconciler.model.address import Address, Kind
from reconciler.model.bindings import Bindings
from reconciler.model.cells import Known, LiveCell, Reason, Unreadable
from reconciler.model.fields import Field, Surface
from reconciler.model.memory import Memory
from reconciler.model.rekeying import rekeyed
from reconciler.model.spec import Spec
from reconciler.model.states import AppliedState, FieldValue, LiveState

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
        return cls(spec, live, rekeyed(applied, moved) if moved else applied, bindings)

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
