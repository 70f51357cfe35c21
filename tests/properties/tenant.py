"""A tenant in the emulator and whole applies on it, with a witness who looks at the truth after every step.

apply → witness.perform(step) → client → every request → transport, which asks who serves what
             └─ reads the truth, past all delay ─→ is it what the model's transition says?
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from msgspec.structs import replace

from reconciler.apply.ports import Patience, Ports
from reconciler.emulator.app import Emulator
from reconciler.emulator.context import Context
from reconciler.emulator.errors import ConnectionDropped
from reconciler.emulator.ports import SeededIds
from reconciler.emulator.seed import checked_seed
from reconciler.emulator.store import TRUTH, Store
from reconciler.emulator.switches import GroupsPerResource, ThrottleClass
from reconciler.emulator.tokens import caller_of
from reconciler.emulator.world import World
from reconciler.errors import GuardRefused
from reconciler.ledger.ledger import Ledger, open_ledger
from reconciler.ledger.stores.directory import DirectoryStore
from reconciler.model.address import Address, Kind
from reconciler.model.bindings import Bindings
from reconciler.model.cells import Known
from reconciler.model.events import Event, StepDone
from reconciler.model.plan import Plan
from reconciler.model.secret import SecretSource, SecretText
from reconciler.model.service import AppPart, CallFailed, Scope
from reconciler.model.spec import Spec
from reconciler.model.states import LiveState
from reconciler.model.steps import CreateJob, Settle, Step
from reconciler.model.transitions import after
from reconciler.msgraph.client import GraphClient
from reconciler.msgraph.demands import Demand
from reconciler.msgraph.transport.asgi import AsgiTransport
from reconciler.msgraph.transport.budget import Ceiling, Meter
from reconciler.operations.applying import Applied, Apply, Person
from reconciler.operations.edges.connect import EMULATOR_BASE, Connection
from reconciler.operations.edges.interrupts import StopWish
from reconciler.operations.run import Request, survey
from reconciler.operations.validate import Validation
from reconciler.policy.availability import minimum, serving
from tests.apply.emulated import NoToken
from tests.apply.fake_service import FakeChance
from tests.ledger.memory_files import MemoryFiles
from tests.properties.worlds import APPS, TENANT

EVERYTHING = Demand(AppPart.JOB | AppPart.SCHEMA | AppPart.CONNECTION, targets={"User": "User"})
SAID_BY_THE_SERVICE = {"resource.id", "job.id", "job.status", "job.quarantine"}
"""Ids, and how the service fares with a job's settings and cycles: no model can foretell them."""


@dataclass
class Time:
    """The time of the program and of the service. It passes while somebody sleeps."""

    seconds: float = 0.0

    def now(self) -> datetime:
        return datetime(2026, 11, 24, tzinfo=UTC) + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds
        await asyncio.sleep(0)


class SeenWorld(World):
    """A world that shows what was written, visible to readers or not, while somebody looks at the truth."""

    looking: bool = False

    def context(self, origin: str, version: str) -> Context:
        found = super().context(origin, version)
        return replace(found, moment=TRUTH) if self.looking else found


@dataclass(frozen=True)
class Sample:
    """Who served each published resource at one moment, by ids, and the apps whose job ran then."""

    serving: Mapping[str, frozenset[str]]
    running: frozenset[Address]


class Watched(httpx.AsyncBaseTransport):
    """A transport that asks the control plane after every request who serves what, and keeps each new answer."""

    def __init__(self, emulator: Emulator) -> None:
        self._inner = AsgiTransport(emulator, lambda error: isinstance(error, ConnectionDropped))
        self.samples: list[Sample] = []
        self.running: Callable[[], frozenset[Address]] = frozenset

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        self.samples.append(Sample(await self.serving(), self.running()))
        return response

    async def serving(self) -> Mapping[str, frozenset[str]]:
        """The agents that serve each published resource now, by ids."""
        request = httpx.Request("GET", "http://emulator/emulator/serving")
        response = await self._inner.handle_async_request(request)
        found = json.loads(await response.aread())["value"]
        return {each["id"]: frozenset(each["agents"]) for each in found}


@dataclass
class Witness:
    """A service that does what the client does, and sees after each step that the truth is what the model says."""

    client: GraphClient
    truth: GraphClient
    world: SeenWorld
    transport: Watched
    bindings: Bindings
    expected: LiveState
    steps: Counter[str]

    @property
    def calls(self) -> int:
        return self.client.calls

    def begin_anew(self) -> None:
        self.client.begin_anew()

    async def observe(self, scope: Scope, bindings: Bindings) -> LiveState:
        return await self.client.observe(scope, bindings)

    async def perform(self, step: Step, bindings: Bindings, secrets: Mapping[SecretSource, SecretText]) -> Bindings:
        try:
            created = await self.client.perform(step, bindings, secrets)
        except CallFailed:
            seen = await look(self.world, self.truth, self.bindings)
            self._agree(f"refused: {step}", seen)
            raise
        self.bindings = self.bindings.merged(bindings).merged(created)
        seen = await look(self.world, self.truth, self.bindings)
        self.expected = informed(after(self.expected, step), step, seen)
        self._agree(step, seen)
        self.steps[type(step).__name__] += 1
        await self._serves()
        return created

    async def sees_nothing_changed(self) -> None:
        """The truth is what it was when the witness last looked."""
        self._agree("refused", await look(self.world, self.truth, self.bindings))

    def _agree(self, what: object, seen: LiveState) -> None:
        found = differences(self.expected, seen)
        assert found == {}, f"{what}: (meant, seen) {found}"

    def hear(self, event: Event) -> None:
        """Waits end without a call: the model's state takes them over."""
        match event:
            case StepDone(planned) if isinstance(planned.step, Settle):
                self.expected = after(self.expected, planned.step)
                self.steps["Settle"] += 1

    def running(self) -> frozenset[Address]:
        """The apps whose job runs, by the model."""
        apps = self.expected.of(Kind.APP)
        return frozenset(each.address for each in apps if each.cells.get("job.enabled") == Known(value=True))

    async def _serves(self) -> None:
        """Whoever serves an app by the model serves it in truth."""
        really = await self.transport.serving()
        for app, resource in self.bindings.resources.items():
            by_model = {self.expected.things[agent].live_id for agent in serving(self.expected, app)}
            assert by_model <= really.get(resource, frozenset()), app


async def look(world: SeenWorld, truth: GraphClient, bindings: Bindings) -> LiveState:
    """Everything that the service holds, whether readers see it yet or not."""
    world.looking = True
    try:
        apps = dict.fromkeys(bindings.principals, EVERYTHING.parts)
        return await truth.observe(Scope(topology=True, apps=apps), bindings)
    finally:
        world.looking = False


def informed(meant: LiveState, step: Step, seen: LiveState) -> LiveState:
    """What a step means, with what only the service can say: which template a new job is made from, and its schema."""
    if not isinstance(step, CreateJob):
        return meant
    cells = seen.things[step.app].cells
    return meant.with_cells(step.app, {key: cells[key] for key in cells if key.startswith(("job.template", "mapping"))})


def differences(meant: LiveState, seen: LiveState) -> dict[str, tuple[object, object]]:
    """The cells that two states do not agree on, what the service alone says aside; what is absent and what is not there are the same."""
    places = {(address, key) for state in (meant, seen) for address in state.things for key in _keys(state, address)}
    cells = {(address, key): (meant.cell(address, key), seen.cell(address, key)) for address, key in places}
    return {f"{address} {key}": pair for (address, key), pair in cells.items() if pair[0] != pair[1]}


def _keys(state: LiveState, address: Address) -> set[str]:
    return set(state.things[address].cells) - SAID_BY_THE_SERVICE


@dataclass
class Tenant:
    """One emulator and one state on disk, for as many applies of as many specs as a test likes."""

    seed: dict[str, object]
    time: Time = field(default_factory=Time)
    files: MemoryFiles = field(default_factory=MemoryFiles)
    chance: FakeChance = field(default_factory=FakeChance)
    steps: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.world = SeenWorld(Store(":memory:"), self.time, SeededIds(7), checked_seed(self.seed))
        self.transport = Watched(Emulator(self.world))

    def ledger(self) -> Ledger:
        return open_ledger(DirectoryStore(self.files, "emulator", "here"), "emulator", TENANT, self.time, self.chance)

    async def converge(self, spec: Spec) -> Plan:
        """Apply a spec until nothing is left to do, at most three times; give the plan that is left."""
        for _ in range(3):
            applied = await self.apply(spec)
            if applied.outcome is None:
                return applied.plan
            assert not applied.outcome.failed or self._holds_one_group, applied.findings
            await self.time.sleep(self.world.switches.visibility_seconds)
        assert applied.left is not None
        assert applied.left.is_empty, applied.left.steps
        return applied.left

    async def apply(self, spec: Spec) -> Applied:
        """One apply, as the program does it, under the eyes of the witness."""
        ledger = self.ledger()
        meter = Meter(self.time, Ceiling())
        connection = Connection(spec, EMULATOR_BASE, NoToken(), self.time, self.chance, self.transport, meter)
        witness = await self._witness(connection, ledger, spec)
        ports = Ports(
            witness,
            ledger,
            self.time,
            witness.hear,
            secrets=lambda sources: ({each: SecretText(f"token {each.version}") for each in sources}, ()),
            patience=Patience(confirm=120),
            concurrency=1,
        )
        self._drain()
        self.transport.running = witness.running
        begun = len(self.transport.samples)
        start = await self.transport.serving()
        everybody = tuple(dict.fromkeys((*spec.desired.things, *witness.expected.things, *ledger.applied.things)))
        request = Request(Path("here"), acknowledged=everybody)
        run = Apply(request, spec, Validation(()), connection, ledger, ports, QUIET, meter, StopWish())
        try:
            applied = await run.run(None)
        except GuardRefused:
            await witness.sees_nothing_changed()
            raise
        await self.time.sleep(self.world.switches.settle_seconds)
        self._stayed_served(spec, witness, start, await self.transport.serving(), self.transport.samples[begun:])
        await connection.aclose()
        return applied

    def _drain(self) -> None:
        """Where the service throttles, others have used up what the tenant may ask: the first calls are told to wait."""
        throttle, now = self.world.throttle, self.time.now().timestamp()
        nobody = caller_of({}).app
        if throttle.size is not ThrottleClass.OFF:
            while not throttle.charge(nobody, 1, writes=False, now=now).wait:
                pass

    @property
    def _holds_one_group(self) -> bool:
        return self.world.switches.groups_per_resource is GroupsPerResource.ONE

    async def _witness(self, connection: Connection, ledger: Ledger, spec: Spec) -> Witness:
        client = connection.client(ledger.applied, keep=ledger.keep)
        truth = GraphClient(client._chain, self.time, demands=dict.fromkeys(APPS, EVERYTHING))
        ground = await survey(spec, ledger.applied, ledger.edges, truth, self.time.now())
        seen = await look(self.world, truth, ground.bindings)
        expected = replace(seen, unsettled=ground.live.unsettled)
        return Witness(client, truth, self.world, self.transport, ground.bindings, expected, self.steps)

    def _stayed_served(
        self,
        spec: Spec,
        witness: Witness,
        start: Mapping[str, frozenset[str]],
        end: Mapping[str, frozenset[str]],
        samples: list[Sample],
    ) -> None:
        """An app served before and after was served throughout, unless it was interrupted with its job paused."""
        for app, resource in witness.bindings.resources.items():
            both = min(len(start.get(resource, ())), len(end.get(resource, ())))
            floor = min(both, minimum(spec, witness.expected, app))
            for sample in samples:
                served = len(sample.serving.get(resource, ()))
                assert served >= floor or (self._holds_one_group and app not in sample.running), (app, served, floor)


QUIET = Person(show=lambda plan, findings, validation: None, ask=lambda plan: True, tell=lambda event: None)
