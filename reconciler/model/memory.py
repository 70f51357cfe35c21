"""What the ledger remembers of each key, also of a key that the spec has renamed since."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct, field

from reconciler.model.address import Address, Kind
from reconciler.model.cells import Value
from reconciler.model.states import AppliedState, DesiredState

RESOURCE_ID = "resource.id"
"""The applied cell that keeps the live id of an app's published resource."""


class Memory(Struct, frozen=True):
    """The ledger, read through the keys that were renamed: the new and the old address of each."""

    applied: AppliedState
    renamed: Mapping[Address, Address] = field(default_factory=dict)

    @classmethod
    def of(cls, desired: DesiredState, applied: AppliedState) -> Memory:
        """The ledger with the renames that the spec declares by `previously: {key}`."""
        return cls(applied).recognising(_declared_renames(desired, applied))

    def recognising(self, renames: Iterable[tuple[Address, Address]]) -> Memory:
        """The memory with more renames; an old key goes to one new key, and the first one stays."""
        renamed = dict(self.renamed)
        old_keys = set(renamed.values())
        for new, old in renames:
            if new not in renamed and old not in old_keys:
                renamed[new] = old
                old_keys.add(old)
        return Memory(self.applied, renamed)

    def recognised(self, desired: DesiredState, bound: Mapping[Address, str]) -> Memory:
        """The memory with the renames that bindings show: a new key stands for the live object of a lost one."""
        # Of two keys that hold one object, as in a damaged ledger, the first one counts, whatever the ledger's order.
        lost = {
            (address.kind, self.applied.things[address].live_id): address for address in reversed(self._lost(desired))
        }
        return self.recognising(
            (address, lost[address.kind, live_id])
            for address, live_id in sorted(bound.items())
            if (address.kind, live_id) in lost and address not in self.applied.things
        )

    def live_id(self, address: Address) -> str:
        """The live id of an agent or a group, for an app of its principal; "" where there is none."""
        thing = self.applied.things.get(self.renamed.get(address, address))
        return thing.live_id if thing else ""

    def resource_id(self, address: Address) -> str:
        """The live id of an app's published resource; "" where there is none."""
        match self.applied.cell(self.renamed.get(address, address), RESOURCE_ID):
            case Value(str() as live_id):
                return live_id
        return ""

    def dropped(self, desired: DesiredState, kind: Kind) -> tuple[Address, ...]:
        """The keys of a kind that the spec no longer has and did not rename, in order."""
        old_keys = set(self.renamed.values())
        return tuple(address for address in self._lost(desired) if address.kind is kind and address not in old_keys)

    def live_ids(self, desired: DesiredState, kind: Kind) -> dict[Address, str]:
        """The live ids of dropped keys."""
        return {address: self.live_id(address) for address in self.dropped(desired, kind)}

    def resource_ids(self, desired: DesiredState) -> dict[Address, str]:
        """The live ids of the published resources of dropped apps."""
        return {address: self.resource_id(address) for address in self.dropped(desired, Kind.APP)}

    def _lost(self, desired: DesiredState) -> list[Address]:
        return sorted(address for address in self.applied.things if address not in desired.things)


def _declared_renames(desired: DesiredState, applied: AppliedState) -> Iterator[tuple[Address, Address]]:
    for address in sorted(desired.things):
        old = Address(address.kind, desired.text(address, "previously.key"))
        if old in applied.things and old not in desired.things and address not in applied.things:
            yield address, old
