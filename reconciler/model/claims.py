"""How live objects are given out to keys: strongest claims first, each object to one key, each key one object.

    tier 1   id:            every key that declares an id           ──┐
    tier 2   ledger         of the keys that are left, …            ──┤ each tier sees only the objects that no
    tier 3   previous name                                          ──┤ stronger claim has taken
    tier 4   name                                                   ──┘

Within a tier all keys look at the same objects, and go in the order of their addresses: so the order in which a spec
or a service lists things decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Generic, Protocol, TypeAlias, TypeVar

from msgspec import Struct, field

from reconciler.model.address import Address
from reconciler.model.binding_rules import BOUND_TWICE, LEDGER_DISAGREES, NO_SUCH_ID, TWO_CANDIDATES
from reconciler.model.cells import Unreadable
from reconciler.model.finding import Finding
from reconciler.model.place import Related
from reconciler.model.states import DesiredState


class Record(Protocol):
    """A live object that was read."""

    @property
    def id(self) -> str:
        """The live id."""


R = TypeVar("R", bound=Record)

Answer: TypeAlias = R | Finding | Unreadable | None
"""What a tier says of a key: its object; that it may have none, and why; that nobody can tell; or ask the next tier."""

Tier: TypeAlias = Callable[[Address, AbstractSet[str]], Answer[R]]
"""Asked with an address and the ids that stronger claims have taken."""


class Settled(Struct, Generic[R], frozen=True):
    """Who got what; the faults; the keys that nobody answered for; and those that nobody can tell of."""

    records: Mapping[Address, R] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    nothing: tuple[Address, ...] = ()
    unread: Mapping[Address, Unreadable] = field(default_factory=dict)

    @property
    def ids(self) -> dict[Address, str]:
        """The live ids by address."""
        return {address: record.id for address, record in self.records.items()}


def settle(desired: DesiredState, addresses: Iterable[Address], tiers: Sequence[Tier[R]]) -> Settled[R]:
    """Ask tier after tier for the object of every address that has none yet."""
    holders: dict[str, Address] = {}
    records: dict[Address, R] = {}
    findings: list[Finding] = []
    unread: dict[Address, Unreadable] = {}
    waiting = sorted(addresses)
    for tier in tiers:
        taken = frozenset(holders)
        answers = [(address, tier(address, taken)) for address in waiting]
        waiting = [address for address, answer in answers if answer is None]
        for address, answer in answers:
            if answer is None:
                continue
            if isinstance(answer, Finding):
                findings.append(answer)
            elif isinstance(answer, Unreadable):
                unread[address] = answer
            elif holders.setdefault(answer.id, address) == address:
                records[address] = answer
            else:
                findings.append(_bound_twice(desired, address, holders[answer.id], answer.id))
    return Settled(records, tuple(findings), tuple(waiting), unread)


class Table(Struct, Generic[R], frozen=True):
    """Live objects of one kind by id and by natural name, both compared without case; names in the order of ids."""

    by_id: Mapping[str, R]
    by_name: Mapping[str, tuple[R, ...]]

    @classmethod
    def of(cls, records: Iterable[R], name: Callable[[R], str]) -> Table[R]:
        """The table of these records."""
        by_id: dict[str, R] = {}
        by_name: dict[str, tuple[R, ...]] = {}
        for record in sorted(records, key=lambda record: record.id):
            by_id[record.id.casefold()] = record
            key = name(record).casefold()
            by_name[key] = (*by_name.get(key, ()), record)
        return cls(by_id, by_name)

    def get(self, live_id: str) -> R | None:
        """The object with an id."""
        return self.by_id.get(live_id.casefold())

    def named(self, name: str, taken: AbstractSet[str] = frozenset()) -> tuple[R, ...]:
        """The objects of a name that nobody has taken; none where the name is empty."""
        return tuple(record for record in self.by_name.get(name.casefold(), ()) if name and record.id not in taken)


def declared(desired: DesiredState, address: Address, key: str, table: Table[R]) -> R | Finding | None:
    """The object whose id the spec gives under a key; a finding where it does not exist."""
    live_id = desired.text(address, key)
    if not live_id:
        return None
    return table.get(live_id) or NO_SUCH_ID.finding(
        f"the service holds no object with the id that {address} gives",
        address=str(address),
        place=desired.place(address, key),
        found=live_id,
        hint="mend the id, or leave it out and let the name decide",
    )


def only(desired: DesiredState, address: Address, key: str, candidates: Sequence[R], hint: str) -> R | Finding | None:
    """The one candidate for what the spec says under a key; a finding that names the ids where there are several."""
    if len(candidates) <= 1:
        return next(iter(candidates), None)
    return TWO_CANDIDATES.finding(
        f"{address} may be any of {len(candidates)} live objects named {desired.text(address, key)!r}: "
        f"{' and '.join(sorted(record.id for record in candidates))}",
        address=str(address),
        place=desired.place(address, key),
        found=desired.text(address, key),
        expected="a name that one live object has",
        hint=hint,
    )


def disagreement(desired: DesiredState, address: Address, key: str, known: Record, rival: Record) -> Finding:
    """The ledger says one object, and the name of the spec, which cannot be written, says another."""
    return LEDGER_DISAGREES.finding(
        f"{address} stood for {known.id} until now, and the spec's name is that of {rival.id}",
        address=str(address),
        place=desired.place(address, key),
        found=desired.text(address, key),
        hint="say with its id which of the two is meant",
    )


def _bound_twice(desired: DesiredState, address: Address, first: Address, live_id: str) -> Finding:
    where = desired.things[first].place
    return BOUND_TWICE.finding(
        f"{address} and {first} stand for the same live object, {live_id}",
        address=str(address),
        place=desired.things[address].place,
        related=() if where is None else (Related(where, f"{first} is defined here"),),
        hint="take one of them out of the spec, or give each an id of its own",
    )
