"""The client and a service that behaves as Graph does, with its worst habits on."""

from __future__ import annotations

import asyncio
import dataclasses

import pytest
from msgspec.structs import replace

from reconciler.emulator.app import create
from reconciler.emulator.errors import ConnectionDropped
from reconciler.emulator.faults import FaultKind, FaultRule
from reconciler.emulator.ports import SeededIds
from reconciler.emulator.switches import GroupsPerResource, Lag, RetryAfter, SecretsPut, SecretsStar, ThrottleClass
from reconciler.model.address import UPDATER, agent, app, group
from reconciler.model.bindings import Bindings
from reconciler.model.cells import ABSENT, Clear, Known, LiveCell, Reason, Unreadable, Value
from reconciler.model.conditions import holds, post, schema_written
from reconciler.model.inventory import Topology
from reconciler.model.mappings import Clause, ClauseGroup, DesiredAttribute, DesiredMapping, Flow, Source, SourceKind
from reconciler.model.overlay import overlay
from reconciler.model.principals import PrincipalKey, PrincipalQuery
from reconciler.model.secret import SecretSource, SecretText
from reconciler.model.service import AppPart, CallFailed, Outcome, Scope
from reconciler.model.steps import (
    AddMember,
    Assign,
    CreateGroup,
    CreateJob,
    CreateResource,
    DeleteGroup,
    DeleteResource,
    PauseJob,
    RemoveMember,
    RenameGroup,
    RenameResource,
    SetUpdater,
    StartJob,
    Unassign,
    WriteConnection,
    WriteSchema,
)
from reconciler.msgraph.client import GraphClient, open_chain
from reconciler.msgraph.demands import Demand
from reconciler.msgraph.transport.asgi import AsgiTransport
from reconciler.msgraph.transport.budget import Allowance, Ceiling, Meter
from reconciler.msgraph.transport.send import Timeouts

from .conftest import Chance, Clock, Token

ALL = AppPart.JOB | AppPart.SCHEMA | AppPart.CONNECTION
LOOK = Scope(topology=True, apps={app("hr"): ALL, app("crm"): ALL})
HR = app("hr")
APPS = {app("hr"): "HR", app("crm"): "CRM"}
QUERIES = [PrincipalQuery(PrincipalKey.DISPLAY_NAME, name) for name in APPS.values()]

SEED = {
    "version": 1,
    "tenant": {"id": "7f3c1d52-6a0e-4a57-9d0b-3b8a5c2f9e10", "name": "contoso", "domain": "contoso.com"},
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


class Tenant:
    """An emulator in this process, a client that shares its clock, and what the spec's keys stand for."""

    def __init__(self, **switches):
        self.clock = Clock()
        self.emulator = create(seed=SEED, ids=SeededIds(7), clock=self.clock)
        self.emulator.world.set_switches(dataclasses.replace(self.emulator.world.switches, **switches))
        self.client = self.new_client()
        self.bindings = Bindings()

    def new_client(self, **options):
        transport = AsgiTransport(self.emulator, lambda error: isinstance(error, ConnectionDropped))
        chain = open_chain(
            "http://127.0.0.1/beta",
            Token(),
            self.clock,
            Chance(),
            {},
            transport=transport,
            timeouts=Timeouts(10, 10, 30),
            **options,
        )
        return GraphClient(chain, self.clock, demands=dict.fromkeys(APPS, Demand(ALL)))

    def faults(self, *rules):
        self.emulator.world.set_faults(rules)

    async def bind(self):
        inventory = await self.client.inventory(QUERIES)
        assert isinstance(inventory.topology, Topology)
        agents = {record.machine_name: record.id for record in inventory.topology.agents.values()}
        groups = {record.display_name: record.id for record in inventory.topology.groups.values()}
        resources = {record.resource_name: record.id for record in inventory.topology.resources.values()}
        self.bindings = Bindings(
            {agent(name): agents[name] for name in ("m0", "m1", "m2")},
            {group("old"): groups["Old"]},
            {address: inventory.principals[name][0].id for address, name in APPS.items()},
            {app("crm"): resources["crm"]},
        )
        readings = await self.client.readings(self.bindings)
        jobs = {address: reading.job_id for address, reading in readings.items() if isinstance(reading.job_id, str)}
        self.bindings = self.bindings.merged(Bindings(jobs=jobs))

    async def do(self, step, secrets=None):
        created = await self.client.perform(step, self.bindings, secrets or {})
        self.bindings = self.bindings.merged(created)

    async def look(self):
        return await self.client.observe(LOOK, self.bindings)


TOKENS = {SecretSource(1, env="A"): SecretText("a"), SecretSource(2, env="B"): SecretText("b")}
FIRST, SECOND = TOKENS

STEPS = [
    CreateGroup(group("hr"), "HR"),
    AddMember(agent("m0"), group("hr")),
    AddMember(agent("m1"), group("hr")),
    RenameGroup(group("hr"), "HR applications", "HR"),
    CreateResource(app("hr"), "hr", "HR"),
    RenameResource(app("hr"), "HR data", "HR"),
    Assign(app("hr"), group("hr")),
    CreateJob(app("hr"), "default"),
    WriteConnection(
        app("hr"),
        {"connector.url": "https://ecma:8585/x/scim", "provisioning.scope": "all", "provisioning.deleteThreshold": 7},
        {"connector.secretToken": FIRST},
    ),
    StartJob(app("hr")),
    PauseJob(app("hr")),
    Unassign(app("crm"), group("old")),
    RemoveMember(agent("m0"), group("old")),
    RemoveMember(agent("m1"), group("old")),
    RemoveMember(agent("m2"), group("old")),
    DeleteGroup(group("old"), "Old"),
    DeleteResource(app("crm"), "crm", "CRM"),
    SetUpdater({"window.start": "01:00", "window.end": "05:30", "allowOverride": True}),
    SetUpdater({"window.end": "06:00", "deferUntil": "2027-01-31T00:00:00Z"}),
    WriteConnection(
        app("crm"),
        {"provisioning.notify": "a@b.c", "provisioning.skipOutOfScopeDeletions": True},
        {"connector.secretToken": SECOND},
    ),
]


@pytest.mark.parametrize(
    "switches",
    [
        {},
        {"visibility_seconds": 4.0},
        {"visibility_seconds": 4.0, "lag": Lag.FLAPPING},
        {
            "groups_per_resource": GroupsPerResource.MANY,
            "secrets_put": SecretsPut.MERGE,
            "secrets_star": SecretsStar.KEEP,
        },
        {"throttle": ThrottleClass.S, "retry_after": RetryAfter.DATE, "page_size": 1},
    ],
    ids=lambda switches: "-".join(switches) or "worst",
)
def test_every_step_comes_to_show(switches):
    async def run():
        tenant = Tenant(**switches)
        await tenant.bind()
        for step in STEPS:
            await tenant.do(step, TOKENS)
            for _ in range(20):
                state = await tenant.look()
                if all(holds(state, condition) for condition in post(step)):
                    break
                await tenant.clock.sleep(1)
            assert [str(condition) for condition in post(step) if not holds(state, condition)] == []
            await tenant.clock.sleep(4)
        return await tenant.look()

    state = asyncio.run(run())
    assert state.cell(UPDATER, "window.start") == Known("01:00")
    assert state.cell(app("crm"), "connector.url") == Known("https://crm")
    assert state.cell(app("crm"), "connector.secretToken") == Unreadable(Reason.MASKED)
    assert state.cell(app("hr"), "provisioning.scope") == Known("all")


WANTED = DesiredMapping(
    "User",
    "User",
    flow=Value(frozenset({Flow.ADD, Flow.UPDATE})),
    filter=Value((ClauseGroup("employees", (Clause("employeeType", "EQUALS", ("Employee",)),)),)),
)


def with_changes(live):
    """Every kind of change to the attributes of a live mapping, its matching ones left alone."""
    targets = [target for target in live.attributes if target not in live.match]
    sources = [
        Source(SourceKind.ATTRIBUTE, "department"),
        Source(SourceKind.CONSTANT, 'with "quotes"'),
        Source(SourceKind.EXPRESSION, 'Join(" ", [givenName], [surname])'),
        Clear(),
    ]
    changes = {target: DesiredAttribute(target, source) for target, source in zip(targets, sources, strict=False)}
    return replace(WANTED, attributes=changes)


@pytest.mark.parametrize("address", list(APPS))
def test_a_schema_becomes_what_the_model_says_and_a_second_write_is_none(address):
    async def run():
        tenant = Tenant()
        await tenant.bind()
        if address not in tenant.bindings.jobs:
            template = (await tenant.look()).cell(address, "mapping/User")
            await tenant.do(CreateJob(address, "default"))
            assert (await tenant.look()).cell(address, "mapping/User") == template
        live = (await tenant.look()).cell(address, "mapping/User").value
        step = WriteSchema(address, {"User": with_changes(live)})
        await tenant.do(step)
        state = await tenant.look()
        assert state.cell(address, "mapping/User") == Known(overlay(live, step.overlays["User"]))
        assert schema_written(state, step)
        before = tenant.client.calls
        await tenant.do(step)
        assert tenant.client.calls == before + 1

    asyncio.run(run())


READS = [
    FaultRule(kind=kind, path=path, method=method, seconds=60.0)
    for kind in FaultKind
    for path, method in (
        ("/provisioning$", ""),
        ("/agentGroups", ""),
        ("/servicePrincipals", ""),
        ("/jobs$", "GET"),
        ("/schema$", "GET"),
        ("/secrets$", "GET"),
        ("batch$", ""),
    )
    if kind not in {FaultKind.DUPLICATE, FaultKind.EMPTY_LIST}
]


def cells_of(state) -> dict[tuple[str, str], LiveCell]:
    return {(str(thing.address), key): cell for thing in state.things.values() for key, cell in thing.cells.items()}


@pytest.mark.parametrize("rule", READS, ids=lambda rule: f"{rule.kind}-{rule.path}")
def test_whatever_goes_wrong_a_cell_is_right_or_unreadable_but_never_absent(rule):
    async def run():
        tenant = Tenant()
        await tenant.bind()
        truth = cells_of(await tenant.look())
        tenant.faults(rule)
        seen = cells_of(await tenant.look())
        for place, cell in seen.items():
            expected = truth.get(place, ABSENT)
            assert cell == expected or (isinstance(cell, Unreadable) and cell.reason is Reason.FAILED), place
        inventory = await tenant.client.inventory(QUERIES)
        assert all(found != () for found in inventory.principals.values())

    asyncio.run(run())


PASSING = {FaultKind.STATUS, FaultKind.DROP_BEFORE, FaultKind.DROP_AFTER, FaultKind.TRUNCATE}


@pytest.mark.parametrize(
    "rule", [rule for rule in READS if rule.kind in PASSING], ids=lambda rule: f"{rule.kind}-{rule.path}"
)
def test_what_goes_wrong_once_is_got_over(rule):
    async def run():
        tenant = Tenant()
        await tenant.bind()
        truth = cells_of(await tenant.look())
        tenant.faults(dataclasses.replace(rule, times=1))
        assert cells_of(await tenant.look()) == truth

    asyncio.run(run())


def test_an_empty_list_of_groups_is_not_believed():
    async def run():
        tenant = Tenant()
        tenant.faults(FaultRule(kind=FaultKind.EMPTY_LIST, path="/agentGroups"))
        return await tenant.client.inventory(QUERIES)

    assert asyncio.run(run()).topology.is_failure


@pytest.mark.parametrize("kind", [FaultKind.DROP_AFTER, FaultKind.TRUNCATE, FaultKind.DROP_BEFORE])
@pytest.mark.parametrize("step", STEPS[:2] + STEPS[4:5], ids=lambda step: type(step).__name__)
def test_a_write_that_breaks_off_is_done_once_at_most(kind, step):
    async def run():
        tenant = Tenant()
        await tenant.bind()
        if isinstance(step, AddMember):
            await tenant.do(STEPS[0])
        tenant.faults(FaultRule(kind=kind, method="POST", path="/(agentGroups|publishedResources)", nth=1))
        ended = (await asyncio.gather(tenant.do(step), return_exceptions=True))[0]
        assert ended is None or (isinstance(ended, CallFailed) and ended.outcome is Outcome.UNKNOWN)
        inventory = await tenant.client.inventory([])
        groups = [found.display_name for found in inventory.topology.groups.values()]
        resources = [found.resource_name for found in inventory.topology.resources.values()]
        assert max(map(groups.count, groups)) == max(map(resources.count, resources)) == 1

    asyncio.run(run())


def test_a_throttled_tenant_is_read_all_the_same():
    async def run():
        tenant = Tenant(throttle=ThrottleClass.S)
        await tenant.bind()
        many = {app(f"crm-{number}"): tenant.bindings.principals[app("crm")] for number in range(500)}
        scope = Scope(apps=dict.fromkeys(many, AppPart.JOB))
        for _ in range(10):
            state = await tenant.client.observe(scope, Bindings(principals=many))
            assert all(state.cell(address, "job.enabled") == Known(value=True) for address in many)
            if tenant.clock.slept:
                return tenant
        raise AssertionError("the bucket never ran dry")

    tenant = asyncio.run(run())
    assert tenant.client.findings == ()
    assert 0 < tenant.clock.seconds <= 20


def test_the_same_holds_over_a_socket(serve):
    running = []

    async def app(scope, receive, send):
        if not running:
            running.append(create(seed={**SEED, "switches": {"visibilitySeconds": 4, "throttle": "M"}}, clock=clock))
        await running[0](scope, receive, send)

    clock = Clock()
    origin = serve(app)

    async def run():
        tenant = Tenant()
        tenant.clock = clock
        chain = open_chain(f"{origin}/beta", Token("t0k3n"), clock, Chance(), {})
        tenant.client = GraphClient(chain, clock, demands=dict.fromkeys(APPS, Demand(ALL)))
        await tenant.bind()
        for step in STEPS:
            await tenant.do(step, TOKENS)
            await clock.sleep(4)
        state = await tenant.look()
        await tenant.client.aclose()
        return state

    state = asyncio.run(run())
    assert state.cell(HR, "job.enabled") == Known(value=False)
    assert state.cell(HR, "resource.displayName") == Known("HR data")
    assert state.cell(UPDATER, "window.end") == Known("06:00")


def test_a_storm_of_failures_stays_within_the_ceiling():
    async def run():
        tenant = Tenant()
        tenant.faults(FaultRule(kind=FaultKind.STATUS, status=500))
        client = tenant.new_client(allowance=Allowance(Meter(tenant.clock, Ceiling(seconds=60))))
        inventory = await client.inventory(QUERIES)
        assert inventory.topology.is_failure
        assert tenant.clock.seconds < 60
        return client

    (finding,) = asyncio.run(run()).findings
    assert "the service answered 500 InternalServerError" in finding.message
