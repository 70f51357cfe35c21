"""A small tenant, plans for it, and an apply of them from the first to the last step, with everything in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from msgspec.structs import replace

from reconciler.apply.execute import ApplyOutcome, execute
from reconciler.apply.ports import Patience, Ports
from reconciler.apply.recover import Recovery, ledger_bindings, recover
from reconciler.ledger.ledger import Ledger, open_ledger
from reconciler.ledger.stores.directory import DirectoryStore
from reconciler.model.address import Address, agent, app, group
from reconciler.model.bindings import Bindings
from reconciler.model.cells import Known, LiveCell
from reconciler.model.events import Event
from reconciler.model.finding import Finding
from reconciler.model.mappings import (
    AttributeMapping,
    DesiredAttribute,
    DesiredMapping,
    ObjectMapping,
    Source,
    SourceKind,
)
from reconciler.model.plan import Budget, Plan, PlannedStep, Verdict
from reconciler.model.secret import SecretSource, SecretText
from reconciler.model.states import FieldValue, LiveState, Thing
from reconciler.model.steps import Step
from tests.apply.fake_service import FakeChance, FakeClock, FakeService
from tests.ledger.memory_files import MemoryFiles

AMS, FRA, LON = agent("ams"), agent("fra"), agent("lon")
HR, FIN, NEW = group("hr"), group("fin"), group("new")
SQL, CRM = app("sql"), app("crm")
TOKEN = "connector.secretToken"
TENANT = "7f3c0000-0000-4000-8000-000000000000"


def thing(address: Address, live_id: str = "", **cells: FieldValue) -> Thing[LiveCell[FieldValue]]:
    return Thing(address, {key.replace("__", "."): Known(value) for key, value in cells.items()}, live_id=live_id)


def mapping(department: str) -> ObjectMapping:
    attribute = AttributeMapping("department", Source(SourceKind.CONSTANT, department))
    return ObjectMapping("User", "User", match=("userName",), attributes={"department": attribute})


def wanted_mapping(department: str) -> DesiredMapping:
    attribute = DesiredAttribute("department", Source(SourceKind.CONSTANT, department))
    return DesiredMapping("User", "User", attributes={"department": attribute})


def tenant() -> LiveState:
    """Two groups, two apps: sql is served by hr and has a paused job, crm has nothing yet."""
    agents = [thing(each, f"a-{each.key}", machineName=each.key, status="active") for each in (AMS, FRA, LON)]
    hr = thing(HR, "g-hr", displayName="HR", isDefault=False, agents=frozenset({AMS, FRA}))
    fin = thing(FIN, "g-fin", displayName="Finance", isDefault=False, agents=frozenset({LON}))
    resource: dict[str, FieldValue] = {
        "resource__id": "r-sql",
        "resource__resourceName": "sql",
        "resource__displayName": "SQL",
    }
    job: dict[str, FieldValue] = {"job__id": "j-sql", "job__template": "ecma", "job__enabled": False}
    sql = thing(SQL, "p-sql", **resource, group=frozenset({HR}), **job, connector__url="https://old")
    sql = replace(sql, cells={**sql.cells, "mapping/User": Known(mapping("Sales"))})
    everything = (*agents, hr, fin, sql, thing(CRM, "p-crm"))
    return LiveState({each.address: each for each in everything})


def bindings() -> Bindings:
    return Bindings(
        agents={each: f"a-{each.key}" for each in (AMS, FRA, LON)},
        groups={HR: "g-hr", FIN: "g-fin"},
        principals={SQL: "p-sql", CRM: "p-crm"},
        resources={SQL: "r-sql"},
        jobs={SQL: "j-sql"},
    )


def plan_of(*steps: Step | tuple[Step, Iterable[int]], digest: str = "sha256:plan") -> Plan:
    """A plan whose step `n` (from 1) has the id `s<n>`; a step alone needs the one before it."""
    planned = []
    for number, each in enumerate(steps, 1):
        step, needs = each if isinstance(each, tuple) else (each, [number - 1] if number > 1 else [])
        planned.append(PlannedStep(f"s{number}", step, tuple(f"s{need}" for need in needs)))
    return Plan("emulator", TENANT, (), (), (), tuple(planned), Verdict(), Budget(), digest)


@dataclass
class Run:
    """One service, one state on disk, and the runs that work on them."""

    live: LiveState = field(default_factory=tenant)
    clock: FakeClock = field(default_factory=FakeClock)
    chance: FakeChance = field(default_factory=FakeChance)
    files: MemoryFiles = field(default_factory=MemoryFiles)
    values: Mapping[SecretSource, SecretText] = field(default_factory=dict)
    stopped: Callable[[], bool] = lambda: False
    on_event: Callable[[Event], None] = lambda _: None
    events: list[Event] = field(default_factory=list)
    service: FakeService = field(init=False)
    patience: Patience = field(default_factory=lambda: Patience(confirm=10, recover=5))

    def __post_init__(self) -> None:
        self.service = FakeService(self.live, self.clock, self.files.power)

    @property
    def store(self) -> DirectoryStore:
        return DirectoryStore(self.files, "emulator", ".reconciler/emulator")

    def ledger(self) -> Ledger:
        return open_ledger(self.store, "emulator", TENANT, self.clock, self.chance)

    def ports(self, ledger: Ledger) -> Ports:
        return Ports(self.service, ledger, self.clock, self._emit, self.stopped, self._resolve, patience=self.patience)

    def _emit(self, event: Event) -> None:
        self.events.append(event)
        self.on_event(event)

    def _resolve(
        self, sources: Iterable[SecretSource]
    ) -> tuple[Mapping[SecretSource, SecretText], tuple[Finding, ...]]:
        missing = tuple(Finding("EPR420", f"no {source}") for source in sources if source not in self.values)
        return self.values, missing

    def apply(self, *steps: Step | tuple[Step, Iterable[int]], plan: Plan | None = None) -> ApplyOutcome:
        """Apply steps, or a plan, in a run of its own."""
        ledger = self.ledger()
        known = ledger_bindings(ledger.applied).merged(bindings()).merged(self.service.all_bindings())
        chosen = plan or plan_of(*steps, digest=f"sha256:{self.chance.token()}")
        return asyncio.run(execute(chosen, self.service.state, known, ledger.applied, self.ports(ledger)))

    def recover(self) -> Recovery:
        """Settle what an earlier run left open, in a run of its own."""
        return asyncio.run(recover(bindings(), self.ports(self.ledger())))

    def kinds(self, *of: type[Event]) -> list[tuple[str, str]]:
        """The events of some kinds, as kind and step."""
        return [(type(event).__name__, event.step.id) for event in self.events if isinstance(event, of)]  # type: ignore[union-attr]
