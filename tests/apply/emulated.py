"""A tenant in the emulator, the Graph client on it, and applies whose time is the emulator's."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import inf
from typing import Any

from reconciler.apply.execute import ApplyOutcome, execute
from reconciler.apply.ports import Patience, Ports
from reconciler.apply.recover import Recovery, ledger_bindings, recover
from reconciler.emulator.app import create
from reconciler.emulator.errors import ConnectionDropped
from reconciler.emulator.ports import SeededIds
from reconciler.ledger.ledger import Ledger, open_ledger
from reconciler.ledger.stores.directory import DirectoryStore
from reconciler.model.address import Address, agent, app, group
from reconciler.model.assembly import live_state, with_read_jobs
from reconciler.model.bindings import Bindings
from reconciler.model.events import Event
from reconciler.model.inventory import Topology
from reconciler.model.principals import PrincipalKey, PrincipalQuery
from reconciler.model.secret import SecretSource, SecretText
from reconciler.model.service import AppPart
from reconciler.model.states import LiveState
from reconciler.model.steps import Step
from reconciler.model.waiting import never
from reconciler.msgraph.client import GraphClient, open_chain
from reconciler.msgraph.demands import Demand
from reconciler.msgraph.transport.asgi import AsgiTransport
from reconciler.msgraph.transport.budget import Allowance, Ceiling, Meter
from reconciler.msgraph.transport.send import Timeouts
from tests.apply.fake_service import FakeChance
from tests.apply.runs import TENANT, plan_of
from tests.ledger.memory_files import MemoryFiles

M0, M1, M2 = agent("m0"), agent("m1"), agent("m2")
OLD, NEW = group("old"), group("new")
HR, CRM = app("hr"), app("crm")
NAMES = {HR: "HR", CRM: "CRM"}
ALL = AppPart.JOB | AppPart.SCHEMA | AppPart.CONNECTION
TOKEN = SecretSource(1, env="TOKEN")
SEED = {
    "version": 1,
    "tenant": {"id": TENANT, "name": "contoso", "domain": "contoso.test"},
    "agentGroups": [{"displayName": "Default group", "isDefault": True}, {"displayName": "Old"}],
    "agents": [{"machineName": f"m{number}", "externalIp": "1.1.1.1", "groups": ["Old"]} for number in range(3)],
    "publishedResources": [{"resourceName": "crm", "displayName": "CRM", "groups": ["Old"]}],
    "apps": [
        {"displayName": "HR", "template": "onPremisesEcma"},
        {
            "displayName": "CRM",
            "template": "onPremisesScim",
            "jobs": [{"template": "onPremisesScim", "state": "Active"}],
            "secrets": [{"key": "BaseAddress", "value": "https://crm"}, {"key": "SecretToken", "value": "old"}],
        },
    ],
}


class NoToken:
    async def token(self, surface: object) -> SecretText | None:
        return None


@dataclass
class Tenant:
    """One emulator and one state on disk; each apply and each recovery is a run of its own, with a client of its own."""

    switches: dict[str, object] = field(default_factory=dict)
    files: MemoryFiles = field(default_factory=MemoryFiles)
    chance: FakeChance = field(default_factory=FakeChance)
    limit: float = inf
    stopped: Callable[[], bool] = never
    events: list[Event] = field(default_factory=list)
    seconds: float = 0.0
    seed: dict[str, Any] = field(default_factory=lambda: SEED)

    def __post_init__(self) -> None:
        self.emulator = create(seed=self.seed, clock=self, ids=SeededIds(7))
        self.emulator.world.set_switches(dataclasses.replace(self.emulator.world.switches, **self.switches))

    def now(self) -> datetime:
        return datetime(2026, 11, 24, tzinfo=UTC) + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds
        await asyncio.sleep(0)

    def client(self, ledger: Ledger | None = None) -> GraphClient:
        transport = AsgiTransport(self.emulator, lambda error: isinstance(error, ConnectionDropped))
        chain = open_chain(
            "http://127.0.0.1/beta",
            NoToken(),
            self,
            self.chance,
            {},
            transport=transport,
            allowance=Allowance(Meter(self, Ceiling(self.limit), self.stopped), renews=True),
            timeouts=Timeouts(1, 2, 30),
        )
        keep = {"keep": ledger.keep} if ledger else {}
        return GraphClient(chain, self, demands=dict.fromkeys(NAMES, Demand(ALL)), **keep)

    def ledger(self) -> Ledger:
        return open_ledger(DirectoryStore(self.files, "emulator", "here"), "emulator", TENANT, self, self.chance)

    def ports(self, ledger: Ledger) -> Ports:
        resolver = {TOKEN: SecretText("correct horse battery")}
        return Ports(
            self.client(ledger),
            ledger,
            self,
            self.events.append,
            self.stopped,
            secrets=lambda _: (resolver, ()),
            patience=Patience(confirm=60, recover=20),
        )

    async def survey(self, ledger: Ledger) -> tuple[Bindings, LiveState]:
        """What is live, and what the keys of the tests stand for: by the ledger, else by name."""
        client = self.client()
        inventory = await client.inventory([PrincipalQuery(PrincipalKey.DISPLAY_NAME, name) for name in NAMES.values()])
        assert isinstance(inventory.topology, Topology)
        groups = {record.display_name: record.id for record in inventory.topology.groups.values()}
        resources = {record.resource_name: record.id for record in inventory.topology.resources.values()}
        found = Bindings(
            {agent(record.machine_name): record.id for record in inventory.topology.agents.values()},
            _present({OLD: "Old", NEW: "New"}, groups),
            {address: inventory.principals[name][0].id for address, name in NAMES.items()},  # type: ignore[index]
            _present({HR: "hr", CRM: "crm"}, resources),
        )
        bindings = ledger_bindings(ledger.applied).merged(found)
        readings = await client.readings(bindings)
        bindings = with_read_jobs(bindings, readings)
        return bindings, live_state(bindings, inventory, readings)

    def apply(self, *steps: Step | tuple[Step, Iterable[int]]) -> ApplyOutcome:
        async def run() -> ApplyOutcome:
            ledger = self.ledger()
            bindings, live = await self.survey(ledger)
            plan = plan_of(*steps, digest=f"sha256:{self.chance.token()}")
            return await execute(plan, live, bindings, ledger.applied, self.ports(ledger))

        return asyncio.run(run())

    def recover(self) -> Recovery:
        async def run() -> Recovery:
            ledger = self.ledger()
            bindings, _ = await self.survey(ledger)
            return await recover(bindings, self.ports(ledger))

        return asyncio.run(run())

    def live(self) -> LiveState:
        return asyncio.run(self.survey(self.ledger()))[1]


def _present(wanted: dict[Address, str], found: dict[str, str]) -> dict[Address, str]:
    return {address: found[name] for address, name in wanted.items() if name in found}
