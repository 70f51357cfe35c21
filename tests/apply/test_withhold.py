"""Nothing is taken away that is needed when its turn comes, whatever happened at the service since the plan."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

import httpx
from msgspec.structs import replace

from reconciler.apply.execute import ApplyOutcome
from reconciler.apply.ports import Ports, Service
from reconciler.emulator.faults import FaultKind, FaultRule
from reconciler.emulator.switches import GroupsPerResource
from reconciler.ledger.ledger import Ledger
from reconciler.model.address import agent
from reconciler.model.cells import Known
from reconciler.model.events import StepSent, Waiting
from reconciler.model.plan import PlannedStep
from reconciler.model.spec import Policy, Spec
from reconciler.model.spec import Tenant as SpecTenant
from reconciler.model.states import DesiredState, Edge
from reconciler.model.steps import (
    AddMember,
    Assign,
    CreateGroup,
    DeleteGroup,
    PauseJob,
    RemoveMember,
    Settle,
    StartJob,
    Unassign,
)
from reconciler.operations.applying import fewer_than_must
from reconciler.plan.calls import SECONDS_PER_CALL, STEPS_AT_ONCE, TOPOLOGY_READS, budget, calls_of
from tests.apply.emulated import CRM, M0, M1, M2, NEW, OLD, SEED, Tenant
from tests.apply.runs import plan_of

PROFILE = "/beta/onPremisesPublishingProfiles/provisioning"
SPEC = Spec(DesiredState({}), SpecTenant("contoso", "", "emulator"), Policy(availability="scim-two-active"))
MOVE = (
    (CreateGroup(NEW, "New"), ()),
    (AddMember(M2, NEW), (1,)),
    (Assign(CRM, NEW), (1,)),
    (Settle(frozenset({Edge(M2, NEW), Edge(CRM, NEW)}), 60), (2, 3)),
    (Unassign(CRM, OLD), (4,)),
    (RemoveMember(M0, OLD), (5,)),
    (RemoveMember(M1, OLD), (5,)),
    (RemoveMember(M2, OLD), (5,)),
    (DeleteGroup(OLD, "Old"), (6, 7, 8)),
)
INTERRUPTED = (
    (CreateGroup(NEW, "New"), ()),
    (AddMember(M2, NEW), (1,)),
    (PauseJob(CRM, interrupts=True), ()),
    (Unassign(CRM, OLD), (2, 3)),
    (Assign(CRM, NEW), (4,)),
    (Settle(frozenset({Edge(M2, NEW), Edge(CRM, NEW)}), 60), (2, 5)),
    (StartJob(CRM, resumes=True), (6,)),
)


Happens = Callable[["Portal"], Awaitable[None]]


class Portal:
    """What people and agents do at the service while an apply waits."""

    def __init__(self, tenant: Tenant) -> None:
        base = "http://127.0.0.1"
        self._client = httpx.AsyncClient(transport=httpx.ASGITransport(app=tenant.emulator), base_url=base)  # type: ignore[arg-type]

    async def falls_silent(self, machine: str) -> None:
        found = await self._id("agents", "machineName", machine)
        await self._done("POST", f"/emulator/agents/{found}", {"status": "inactive"})

    async def leaves(self, machine: str, name: str) -> None:
        found = await self._id("agents", "machineName", machine)
        await self._done("DELETE", f"{PROFILE}/agents/{found}/agentGroups/{await self._group(name)}/$ref")

    async def joins(self, machine: str, name: str) -> None:
        await self._refer("agents", await self._id("agents", "machineName", machine), name)

    async def assigned(self, resource: str, name: str) -> None:
        await self._refer("publishedResources", await self._id("publishedResources", "resourceName", resource), name)

    async def published(self, resource: str, name: str) -> None:
        body = {"publishingType": "provisioning", "resourceName": resource, "displayName": resource}
        await self._done("POST", f"{PROFILE}/publishedResources", body)
        await self.assigned(resource, name)

    async def _refer(self, kind: str, found: str, name: str) -> None:
        group = f"http://127.0.0.1{PROFILE}/agentGroups/{await self._group(name)}"
        await self._done("POST", f"{PROFILE}/{kind}/{found}/agentGroups/$ref", {"@odata.id": group})

    async def _group(self, name: str) -> str:
        return await self._id("agentGroups", "displayName", name)

    async def _id(self, kind: str, key: str, value: str) -> str:
        rows = (await self._client.get(f"{PROFILE}/{kind}")).json()["value"]
        (found,) = (row["id"] for row in rows if row[key] == value)
        return str(found)

    async def _done(self, method: str, path: str, body: object = None) -> None:
        (await self._client.request(method, path, json=body)).raise_for_status()


@dataclass
class Watched(Tenant):
    """A tenant at which something happens once, while an apply waits for new edges to serve."""

    switches: dict[str, object] = field(default_factory=lambda: {"groups_per_resource": GroupsPerResource.MANY})
    meanwhile: list[Happens] = field(default_factory=list)
    services: list[Service] = field(default_factory=list)

    def ports(self, ledger: Ledger) -> Ports:
        ports = replace(super().ports(ledger), short=fewer_than_must(SPEC))
        self.services.append(ports.service)
        return ports

    async def sleep(self, seconds: float) -> None:
        if self.meanwhile and self.is_time():
            await self.meanwhile.pop()(Portal(self))
        await super().sleep(seconds)

    def is_time(self) -> bool:
        return isinstance(self.events[-1], Waiting)


@dataclass
class Crowded(Watched):
    """A tenant with many agents in one group, at which each call takes time. Something happens in the midst of them."""

    after: int = 3

    def is_time(self) -> bool:
        return sum(isinstance(event, StepSent) for event in self.events) >= self.after


def crowded(agents: int, latency_ms: float, *meanwhile: Happens) -> Crowded:
    """All agents serve CRM in one group."""
    seed = {**SEED, "agents": [{**SEED["agents"][0], "machineName": f"m{number}"} for number in range(agents)]}
    return Crowded({"latency_ms": latency_ms}, seed=seed, meanwhile=list(meanwhile))


def removals(agents: int) -> list[tuple[RemoveMember, tuple[()]]]:
    """One wave that takes all agents but the first two out of their group."""
    return [(RemoveMember(agent(f"m{number}"), OLD), ()) for number in range(2, agents)]


def ids(steps: Iterable[PlannedStep]) -> list[str]:
    return sorted(step.id for step in steps)


def moved(happens: Happens) -> tuple[Watched, ApplyOutcome]:
    watched = Watched(meanwhile=[happens])
    return watched, watched.apply(*MOVE)


def test_a_group_is_not_left_for_one_whose_agents_fell_silent_while_it_settled() -> None:
    tenant, outcome = moved(lambda portal: portal.falls_silent("m2"))
    assert ids(outcome.failed) == ["s5"]
    assert ids(outcome.skipped) == ["s6", "s7", "s8", "s9"]
    assert tenant.live().members(CRM, "group") == {OLD, NEW}
    (finding,) = outcome.findings
    assert finding.rule == "EPR429"
    assert finding.message == "app/crm: would be left with 0 active agents of 1 needed: agent/m2 is not active"


def test_a_group_is_not_left_for_one_that_somebody_emptied_while_it_settled() -> None:
    tenant, outcome = moved(lambda portal: portal.leaves("m2", "New"))
    assert ids(outcome.failed) == ["s5"]
    assert "agent/m2 is not in group/new" in outcome.findings[0].message
    assert tenant.live().members(CRM, "group") == {OLD, NEW}


def test_what_was_withheld_is_on_record_with_its_reason_and_not_open() -> None:
    tenant, outcome = moved(lambda portal: portal.falls_silent("m2"))
    assert tenant.ledger().open_steps == ()
    journal = tenant.ledger().store.journal().decode()
    assert '"withheld"' in journal
    assert outcome.findings[0].message in journal


def test_an_agent_that_somebody_took_out_already_is_nothing_to_refuse() -> None:
    _, outcome = moved(lambda portal: portal.leaves("m0", "Old"))
    assert outcome.failed == ()
    assert outcome.skipped == ()


def test_agents_are_left_to_an_app_that_somebody_brought_into_their_group() -> None:
    tenant, outcome = moved(lambda portal: portal.published("lab", "Old"))
    assert ids(outcome.failed) == ["s8"]
    assert ids(outcome.skipped) == ["s9"]
    assert tenant.live().members(OLD, "agents") == {M2}
    assert re.fullmatch(
        r"group/old: app/id:\S+ would be left with 0 active agents of 1 needed", outcome.findings[0].message
    )


def test_a_new_agent_that_somebody_brought_does_not_count_before_it_has_settled() -> None:
    async def happens(portal: Portal) -> None:
        await portal.falls_silent("m2")
        await portal.joins("m1", "New")

    _, outcome = moved(happens)
    assert ids(outcome.failed) == ["s5"]


def test_a_job_stays_paused_where_nobody_serves_its_app_after_an_interruption() -> None:
    tenant = Watched({"groups_per_resource": GroupsPerResource.ONE}, meanwhile=[lambda p: p.falls_silent("m2")])
    outcome = tenant.apply(*INTERRUPTED)
    assert ids(outcome.done) == ["s1", "s2", "s3", "s4", "s5", "s6"]
    assert ids(outcome.failed) == ["s7"]
    assert tenant.live().cell(CRM, "job.enabled") == Known(value=False)


def test_nothing_is_taken_away_where_nobody_can_tell_who_serves() -> None:
    tenant = Watched(limit=30)

    async def happens(_: Portal) -> None:
        tenant.emulator.world.set_faults([FaultRule(kind=FaultKind.STATUS, status=403, path="agentGroups")])

    tenant.meanwhile.append(happens)
    outcome = tenant.apply(*MOVE)
    assert ids(outcome.failed) == ["s5"]
    assert "who serves what cannot be read now" in outcome.findings[0].message


def test_the_look_after_a_wait_is_among_the_calls_that_a_plan_promises() -> None:
    tenant = Watched()
    outcome = tenant.apply(*MOVE)
    assert len(outcome.done) == len(MOVE)
    (service,) = tenant.services
    planned = [replace(each, calls=calls_of(each.step)) for each in plan_of(*MOVE).steps]
    assert service.calls == budget(planned).calls


def test_what_an_old_look_shows_is_looked_at_again_before_it_is_refused() -> None:
    tenant = Watched()

    async def happens(_: Portal) -> None:
        fault = FaultRule(kind=FaultKind.STATUS, status=403, path="agentGroups", times=1)
        tenant.emulator.world.set_faults([fault])

    tenant.meanwhile.append(happens)
    outcome = tenant.apply(*MOVE)
    assert len(outcome.done) == len(MOVE)


async def those_who_stay_fall_silent(portal: Portal) -> None:
    await portal.falls_silent("m0")
    await portal.falls_silent("m1")


def test_a_wave_that_lasts_is_judged_again_on_who_serves_by_then() -> None:
    tenant = crowded(20, 1000, those_who_stay_fall_silent)
    outcome = tenant.apply(*removals(20))
    assert ids(outcome.failed) == ["s18"]
    assert len(outcome.done) == 17
    assert outcome.findings[0].message == (
        "group/old: app/crm would be left with 0 active agents of 1 needed: agent/m0 is not active, agent/m1 is not active"
    )
    assert tenant.live().members(OLD, "agents") == {M0, M1, agent("m19")}


def test_what_a_wave_has_sent_counts_as_done_where_no_look_shows_it_yet() -> None:
    tenant = crowded(20, 1000, those_who_stay_fall_silent)
    tenant.emulator.world.set_switches(dataclasses.replace(tenant.emulator.world.switches, visibility_seconds=40.0))
    outcome = tenant.apply(*removals(20))
    assert ids(outcome.failed) == ["s18"]


def throttled(tenant: Crowded, *waits: str) -> None:
    """The last of the calls that are sent at once is refused, so often, and the others have let their look grow old."""
    faults = (
        FaultRule(kind=FaultKind.STATUS, status=429, method="DELETE", nth=STEPS_AT_ONCE + number, retry_after=wait)
        for number, wait in enumerate(waits)
    )
    tenant.emulator.world.set_faults(faults)


def test_a_wave_that_lasts_ends_where_the_time_for_calls_is_spent() -> None:
    tenant = crowded(20, 1000)
    tenant.limit = 30
    throttled(tenant, "5", "100")
    outcome = tenant.apply(*removals(20))
    assert (len(outcome.done), ids(outcome.failed), len(outcome.skipped)) == (7, ["s8"], 10)
    assert tenant.ledger().open_steps == ()


def test_a_wave_that_lasts_ends_where_the_user_stops_it() -> None:
    tenant = crowded(20, 1000)
    throttled(tenant, "5")
    tenant.stopped = lambda: tenant.seconds > 16
    outcome = tenant.apply(*removals(20))
    assert outcome.interrupted
    assert len(outcome.skipped) >= 10
    assert not any(finding.rule == "EPR429" for finding in outcome.findings)


def test_looks_in_the_midst_of_a_wave_are_among_the_calls_that_a_plan_promises() -> None:
    tenant = crowded(202, SECONDS_PER_CALL / STEPS_AT_ONCE * 1000)
    outcome = tenant.apply(*removals(202))
    assert len(outcome.done) == 200
    (service,) = tenant.services
    planned = [replace(each, calls=calls_of(each.step)) for each in plan_of(*removals(202)).steps]
    assert service.calls == budget(planned).calls == 200 + 3 * TOPOLOGY_READS + TOPOLOGY_READS
