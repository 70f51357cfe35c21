"""The three states of the world: desired, live and applied. They share addresses and fields; only the cell differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from reconciler.model.address import Address, Kind
from reconciler.model.cells import (
    ABSENT,
    NEVER,
    UNMANAGED,
    AppliedCell,
    Clear,
    DesiredCell,
    Known,
    LiveCell,
    Unreadable,
    Value,
)
from reconciler.model.fields import MAPPING_PREFIX, MAPPINGS, Surface, surface_of
from reconciler.model.mappings import DesiredMapping, ObjectMapping
from reconciler.model.place import Place, Placed
from reconciler.model.secret import SecretSource

FieldValue = (
    str | bool | int | Address | frozenset[Address] | tuple[str, ...] | SecretSource | DesiredMapping | ObjectMapping
)
"""What a cell can hold. A live app's `group` is a set, since the service may hold several."""

C = TypeVar("C")


class Thing(Placed, Generic[C], frozen=True):
    """One agent, group, app, proxy, connector host or the updater, with its cells by field key.

    `place` is where the spec defines it; `live_id` the id of the live object (for an app, of its service principal).
    """

    address: Address
    cells: Mapping[str, C]
    place: Place | None = None
    live_id: str = ""


Desired = Thing[DesiredCell[FieldValue]]
Live = Thing[LiveCell[FieldValue]]
Applied = Thing[AppliedCell[FieldValue]]


class DesiredState(Struct, frozen=True):
    """What the spec wants."""

    things: Mapping[Address, Desired]

    def cell(self, address: Address, key: str) -> DesiredCell[FieldValue]:
        """What the spec says of one field; UNMANAGED where it says nothing."""
        thing = self.things.get(address)
        return thing.cells.get(key, UNMANAGED) if thing else UNMANAGED

    def of(self, kind: Kind) -> Iterator[Desired]:
        """The things of one kind, in the spec's order."""
        return (thing for thing in self.things.values() if thing.address.kind is kind)

    def text(self, address: Address, key: str, default: str = "") -> str:
        """The value of a textual field, or the default where it is unmanaged, cleared or no text."""
        match self.cell(address, key):
            case Value(str() as text):
                return text
        return default

    def members(self, address: Address, key: str = "agents") -> frozenset[Address]:
        """The value of a field that holds a set of addresses; empty where it is unmanaged or cleared."""
        match self.cell(address, key):
            case Value(frozenset() as members):
                return members
        return frozenset()

    def place(self, address: Address, key: str) -> Place | None:
        """Where the spec says what it says of a field; of the thing where it does not name the field."""
        match self.cell(address, key):
            case Value(place=Place() as place) | Clear(place=Place() as place):
                return place
        thing = self.things.get(address)
        return thing.place if thing else None


class Edge(Struct, frozen=True, order=True):
    """A membership (agent in group) or an assignment (app to group)."""

    member: Address
    group: Address


class LiveState(Struct, frozen=True):
    """What the service holds, as far as it was read. `unsettled` edges exist but do not serve yet.

    Live objects that no key of the spec is bound to are here too, at `Address.unbound`: what serves them counts.
    `unread` says why a whole surface is not known. `several` names, of each app whose schema was read and by object of
    its target, the attributes that hold several values.
    """

    things: Mapping[Address, Live]
    unsettled: frozenset[Edge] = frozenset()
    unread: Mapping[Surface, Unreadable] = field(default_factory=dict)
    several: Mapping[Address, Mapping[str, frozenset[str]]] = field(default_factory=dict)

    def cell(self, address: Address, key: str) -> LiveCell[FieldValue]:
        """What the service holds in one field; ABSENT where the thing or the field does not exist.

        Of a surface that was not read nobody can say so: what is not here is Unreadable then, as are all mappings of
        an app whose schema was not read.
        """
        thing = self.things.get(address)
        cells: Mapping[str, LiveCell[FieldValue]] = thing.cells if thing else {}
        known = cells.get(key)
        if known is None and key.startswith(MAPPING_PREFIX):
            known = cells.get(MAPPINGS)
        if known is None and self.unread:
            surface = surface_of(address.kind, key)
            known = self.unread.get(surface) if surface else None
        return ABSENT if known is None else known

    @property
    def edges(self) -> frozenset[Edge]:
        """Every membership and every assignment that was read."""
        members = (
            Edge(member, group.address)
            for group in self.of(Kind.GROUP)
            for member in self.members(group.address, "agents")
        )
        served = (Edge(app.address, group) for app in self.of(Kind.APP) for group in self.members(app.address, "group"))
        return frozenset((*members, *served))

    def of(self, kind: Kind) -> Iterator[Live]:
        """The things of one kind."""
        return (thing for thing in self.things.values() if thing.address.kind is kind)

    def members(self, address: Address, key: str) -> frozenset[Address]:
        """The value of a field that holds a set of addresses; empty where it is absent or unreadable."""
        match self.cell(address, key):
            case Known(frozenset() as members):
                return members
        return frozenset()

    def text(self, address: Address, key: str, default: str = "") -> str:
        """The value of a textual field, or the default where it is absent, unreadable or no text."""
        match self.cell(address, key):
            case Known(str() as text):
                return text
        return default

    def with_cells(self, address: Address, cells: Mapping[str, LiveCell[FieldValue]]) -> LiveState:
        """The state in which these cells of a thing hold new values; the thing is made where it did not exist."""
        thing = self.things.get(address) or Thing(address, {})
        return replace(self, things={**self.things, address: replace(thing, cells={**thing.cells, **cells})})

    def without(self, address: Address) -> LiveState:
        """The state in which a thing does not exist."""
        return replace(self, things={key: thing for key, thing in self.things.items() if key != address})


class Capabilities(Struct, frozen=True):
    """What this service was seen to allow; None is not yet known."""

    several_groups_per_resource: bool | None = None


class AppliedState(Struct, frozen=True):
    """What this repository applied before, from the ledger. `known` is False where there is no ledger at all."""

    things: Mapping[Address, Applied] = field(default_factory=dict)
    capabilities: Capabilities = Capabilities()
    secret_digests: Mapping[Address, str] = field(default_factory=dict)
    known: bool = False

    def cell(self, address: Address, key: str) -> AppliedCell[FieldValue]:
        """What was last applied to a field; NEVER where nothing was."""
        thing = self.things.get(address)
        return thing.cells.get(key, NEVER) if thing else NEVER

    def manages(self, address: Address) -> bool:
        """Whether this repository applied anything to a thing."""
        return address in self.things
