"""A service in memory that does what the model says steps do, with the faults and the lag that a test asks for.

Its objects have ids of their own. What is not bound in a look stands at `Address.unbound`, as with the real one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum, auto

from msgspec.structs import replace

from reconciler.model.address import Address, Kind
from reconciler.model.bindings import Bindings
from reconciler.model.cells import ABSENT, Known, LiveCell, Reason, Unreadable
from reconciler.model.conditions import holds, pre
from reconciler.model.fields import Surface
from reconciler.model.finding import Finding
from reconciler.model.secret import SecretSource, SecretText
from reconciler.model.service import AppPart, CallFailed, Outcome, Scope
from reconciler.model.states import FieldValue, LiveState, Thing
from reconciler.model.steps import Assign, CreateGroup, CreateJob, CreateResource, Step, WriteConnection
from reconciler.model.transitions import after
from tests.ledger.memory_files import Power

BEGUN = datetime(2026, 11, 24, 12, tzinfo=UTC)


@dataclass
class FakeClock:
    """Time that passes only when somebody sleeps."""

    seconds: float = 0.0

    def now(self) -> datetime:
        return BEGUN + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds
        await asyncio.sleep(0)


@dataclass
class FakeChance:
    """Numbers in a row."""

    drawn: int = 0

    def uniform(self, low: float, high: float) -> float:
        return (low + high) / 2

    def token(self) -> str:
        self.drawn += 1
        return f"{self.drawn:032x}"


class Fault(Enum):
    """What goes wrong with a call."""

    REFUSED = auto()
    NO_ANSWER_DONE = auto()
    NO_ANSWER_NOT_DONE = auto()
    BROKEN = auto()


Faults = Callable[[Step], Fault | None]

_PARTS = {AppPart.JOB: "job.", AppPart.SCHEMA: "mapping/", AppPart.CONNECTION: ("connector.", "provisioning.")}
_RESOURCE = ("resource.id", "resource.resourceName", "resource.displayName", "group")


@dataclass
class FakeService:
    """Implements `Service`. `lag` is the seconds after which a write shows; `blind` makes reads fail."""

    state: LiveState
    clock: FakeClock
    power: Power = field(default_factory=Power)
    lag: float = 0.0
    faults: Faults = lambda _: None
    blind: Callable[[], bool] = lambda: False
    several_groups: bool = True
    calls: int = 0
    performed: list[Step] = field(default_factory=list)
    under_way: int = 0
    most_under_way: int = 0
    secrets: dict[tuple[Address, str], SecretText] = field(default_factory=dict)
    ids: dict[Address, str] = field(default_factory=dict)
    _history: list[tuple[float, LiveState]] = field(default_factory=list)

    async def perform(self, step: Step, bindings: Bindings, secrets: Mapping[SecretSource, SecretText]) -> Bindings:
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            await self.clock.sleep(0)
            return self._perform(step, bindings, secrets)
        finally:
            self.under_way -= 1

    def _perform(self, step: Step, bindings: Bindings, secrets: Mapping[SecretSource, SecretText]) -> Bindings:
        self.power.tick()
        self.calls += 1
        fault = self.faults(step)
        if fault is Fault.BROKEN:
            raise RuntimeError("a fault of the program")
        if fault is Fault.REFUSED or self._refuses(step):
            raise CallFailed(Finding("EPR440", f"400 for {type(step).__name__}"), Outcome.REFUSED, 400)
        if fault is not Fault.NO_ANSWER_NOT_DONE:
            self._do(step, secrets)
        self.power.tick()
        if fault is not None:
            raise CallFailed(Finding("EPR441", f"no answer to {type(step).__name__}"), Outcome.UNKNOWN)
        return self._created(step)

    def _refuses(self, step: Step) -> bool:
        if isinstance(step, Assign) and not self.several_groups and self.state.members(step.app, "group"):
            return True
        return any(holds(self.state, condition) is False for condition in pre(step))

    def _do(self, step: Step, secrets: Mapping[SecretSource, SecretText]) -> None:
        self.performed.append(step)
        self.state = after(self.state, step)
        match step:
            case CreateGroup(address):
                self.ids[address] = f"id-{len(self.ids)}"
            case CreateResource(address):
                live_id = f"id-{len(self.ids)}"
                self.ids[address] = live_id
                self.state = self.state.with_cells(address, {"resource.id": Known(live_id)})
            case CreateJob(address):
                self.state = self.state.with_cells(address, {"job.id": Known(f"job-{address.key}")})
            case WriteConnection(address, _, sources):
                self.secrets.update({(address, key): secrets[source] for key, source in sources.items()})
        self._history.append((self.clock.monotonic() + self.lag, self.state))

    def _created(self, step: Step) -> Bindings:
        match step:
            case CreateGroup(address):
                return Bindings().with_group(address, self.ids[address])
            case CreateResource(address):
                return Bindings().with_resource(address, self.ids[address])
            case CreateJob(address):
                return Bindings().with_job(address, f"job-{address.key}")
        return Bindings()

    def begin_anew(self) -> None:
        pass

    async def observe(self, scope: Scope, bindings: Bindings) -> LiveState:
        self.power.tick()
        self.calls += 1
        if self.blind():
            failed = Unreadable(Reason.FAILED, "503")
            return LiveState({}, unread=dict.fromkeys(Surface, failed))
        return look(self._visible(), scope, bindings, self.ids)

    def _visible(self) -> LiveState:
        now = self.clock.monotonic()
        due = [state for at, state in self._history if at <= now]
        if due:
            return due[-1]
        return self._first if self._history else self.state

    def __post_init__(self) -> None:
        self._first = self.state

    def all_bindings(self) -> Bindings:
        """What binding by natural name would find."""
        groups = {a: i for a, i in self.ids.items() if a.kind is Kind.GROUP and a in self.state.things}
        apps = {a: i for a, i in self.ids.items() if a.kind is Kind.APP}
        return Bindings(groups=groups, resources=apps)


def look(state: LiveState, scope: Scope, bindings: Bindings, ids: Mapping[Address, str]) -> LiveState:
    """What of a state a look shows, at the addresses that the bindings give."""
    things: dict[Address, Thing[LiveCell[FieldValue]]] = {}
    new = {a: Address.unbound(Kind.GROUP, ids[a]) for a in ids if a.kind is Kind.GROUP and a not in bindings.groups}
    for thing in state.things.values():
        cells = {key: cell for key, cell in thing.cells.items() if _in_scope(thing.address, key, scope)}
        for key, cell in cells.items():
            match cell:
                case Known(frozenset() as members):
                    cells[key] = Known(frozenset(new.get(member, member) for member in members))
        address = new.get(thing.address, thing.address)
        if address.kind is Kind.APP and address in ids and address not in bindings.resources:
            resource = {key: cells.pop(key) for key in _RESOURCE if key in cells}
            if resource and resource.get("resource.resourceName") != ABSENT:
                unbound = Address.unbound(Kind.APP, ids[address])
                things[unbound] = Thing(unbound, resource)
        things[address] = replace(thing, address=address, cells=cells)
    return LiveState(things)


def _in_scope(address: Address, key: str, scope: Scope) -> bool:
    if address.kind is not Kind.APP or key in _RESOURCE:
        return scope.topology
    parts = scope.apps.get(address, AppPart(0))
    return any(part in parts and key.startswith(prefix) for part, prefix in _PARTS.items())
