"""The executor, the real client and a service with Graph's worst habits, together."""

from __future__ import annotations

import pytest

from reconciler.emulator.faults import FaultKind, FaultRule
from reconciler.emulator.ports import SeededIds
from reconciler.emulator.switches import GroupsPerResource, Lag, SecretsPut, ThrottleClass
from reconciler.model.cells import ABSENT, Known, Reason, Unreadable, Value
from reconciler.model.mappings import DesiredAttribute, DesiredMapping, Source, SourceKind
from reconciler.model.states import Edge
from reconciler.model.steps import (
    AddMember,
    Assign,
    CreateGroup,
    CreateJob,
    CreateResource,
    DeleteGroup,
    PauseJob,
    RemoveMember,
    RenameGroup,
    Settle,
    SetUpdater,
    StartJob,
    Unassign,
    WriteConnection,
    WriteSchema,
)
from tests.apply.emulated import CRM, HR, M0, M1, M2, NEW, OLD, TOKEN, Tenant

DEPARTMENT = DesiredMapping(
    "User", "User", attributes={"title": DesiredAttribute("title", Source(SourceKind.CONSTANT, "HR"))}
)
WHOLE = (
    (CreateGroup(NEW, "New"), ()),
    (AddMember(M0, NEW), (1,)),
    (AddMember(M1, NEW), (1,)),
    (CreateResource(HR, "hr", "HR"), ()),
    (Assign(HR, NEW), (1, 4)),
    (Settle(frozenset({Edge(M0, NEW), Edge(M1, NEW), Edge(HR, NEW)}), 1200), (2, 3, 5)),
    (CreateJob(HR, "default"), ()),
    (
        WriteConnection(
            HR,
            {"connector.url": "https://ecma:8585/ecma2host_hr/scim", "provisioning.scope": "all"},
            {"connector.secretToken": TOKEN},
        ),
        (7,),
    ),
    (StartJob(HR), (6, 8)),
    (WriteSchema(CRM, {"User": DEPARTMENT}), ()),
    (PauseJob(CRM), (10,)),
    (Unassign(CRM, OLD), (11,)),
    (RemoveMember(M2, OLD), (12,)),
    (RemoveMember(M1, OLD), (12,)),
    (RemoveMember(M0, OLD), (12,)),
    (DeleteGroup(OLD, "Old"), (13, 14, 15)),
    (RenameGroup(NEW, "HR applications", "New"), (6,)),
    (SetUpdater({"window.start": "01:00", "window.end": "05:30"}), ()),
)

HABITS = [
    {},
    {"visibility_seconds": 4.0},
    {"visibility_seconds": 4.0, "lag": Lag.FLAPPING},
    {"throttle": ThrottleClass.S, "page_size": 1},
    {"groups_per_resource": GroupsPerResource.MANY},
]


@pytest.mark.parametrize("switches", HABITS, ids=lambda switches: "-".join(switches) or "worst")
def test_a_whole_plan_is_applied_whatever_the_services_habits(switches):
    tenant = Tenant(switches)
    outcome = tenant.apply(*WHOLE)
    assert [finding.message for finding in outcome.findings] == []
    assert len(outcome.done) == len(WHOLE)
    tenant.emulator.world.advance(switches.get("visibility_seconds", 0.0))  # one read amid a flapping lag tells nothing
    live = tenant.live()
    assert live.cell(HR, "group") == Known(frozenset({NEW}))
    assert live.cell(NEW, "displayName") == Known("HR applications")
    assert live.cell(HR, "job.enabled") == Known(value=True)
    assert live.cell(CRM, "job.enabled") == Known(value=False)
    assert OLD not in live.things
    applied = tenant.ledger().applied
    assert applied.cell(NEW, "agents") == Value(frozenset({M0, M1}))
    assert applied.cell(HR, "resource.id") == Value(live.text(HR, "resource.id"))
    assert tenant.ledger().open_steps == ()


@pytest.mark.parametrize("put", SecretsPut)
def test_a_token_is_taken_away_whether_the_service_merges_or_replaces_the_list(put):
    tenant = Tenant({"secrets_put": put, "visibility_seconds": 4.0})
    assert tenant.live().cell(CRM, "connector.secretToken") == Unreadable(Reason.MASKED)
    assert tenant.apply(WriteConnection(CRM, {"connector.secretToken": None}, {})).done
    tenant.emulator.world.advance(4.0)
    assert tenant.live().cell(CRM, "connector.secretToken") == ABSENT
    assert tenant.live().text(CRM, "connector.url") == "https://crm"


WRITES = [
    CreateGroup(NEW, "New"),
    CreateResource(HR, "hr", "HR"),
    CreateJob(HR, "default"),
    RemoveMember(M2, OLD),
    PauseJob(CRM),
    WriteSchema(CRM, {"User": DEPARTMENT}),
    WriteConnection(CRM, {"connector.url": "https://other"}, {"connector.secretToken": TOKEN}),
    WriteConnection(CRM, {"connector.secretToken": None}, {}),
]


@pytest.mark.parametrize("kind", [FaultKind.DROP_BEFORE, FaultKind.DROP_AFTER, FaultKind.TRUNCATE])
@pytest.mark.parametrize("step", WRITES, ids=lambda step: type(step).__name__)
def test_a_write_that_breaks_off_is_done_or_said_to_be_not(kind, step):
    """What the record says is what the service holds, and a creation is never made twice."""
    tenant = Tenant()
    tenant.emulator.world.set_faults(
        [FaultRule(kind=kind, method=method, times=1) for method in ("POST", "PUT", "DELETE", "PATCH")]
    )
    outcome = tenant.apply(step)
    tenant.emulator.world.set_faults([])
    recovery = tenant.recover()
    assert tenant.ledger().open_steps == ()
    done = bool(outcome.done) or bool(recovery.done)
    again = tenant.apply(step) if not done else None
    assert again is None or again.done
    live = tenant.live()
    names = [thing.cells.get("displayName") for thing in live.things.values()]
    assert names.count(Known("New")) <= 1


def test_a_second_group_is_refused_and_that_is_learned():
    tenant = Tenant({"groups_per_resource": GroupsPerResource.ONE})
    outcome = tenant.apply(CreateGroup(NEW, "New"), Assign(CRM, NEW))
    assert [step.id for step in outcome.failed] == ["s2"]
    assert tenant.ledger().applied.capabilities.several_groups_per_resource is False


def test_a_second_group_that_is_accepted_is_learned_too():
    tenant = Tenant({"groups_per_resource": GroupsPerResource.MANY})
    tenant.apply(CreateGroup(NEW, "New"), Assign(CRM, NEW))
    assert tenant.ledger().applied.capabilities.several_groups_per_resource is True


def test_the_schema_before_a_write_is_kept_as_it_was():
    tenant = Tenant()
    tenant.apply(WriteSchema(CRM, {"User": DEPARTMENT}))
    store = tenant.ledger().store
    (name,) = store.snapshots()
    kept = store.snapshot(name)
    assert kept is not None
    assert b'"synchronizationRules"' in kept
    assert name.startswith("crm.")


def test_a_service_that_refuses_is_one_finding_per_cause_that_names_each_thing_and_leaves_nothing_open():
    tenant = Tenant()
    tenant.emulator.world.set_faults(
        [FaultRule(kind=FaultKind.STATUS, status=400, method="POST", path="(agentGroups|pause)$")]
    )
    outcome = tenant.apply((CreateGroup(NEW, "New"), ()), (AddMember(M0, NEW), (1,)), (PauseJob(CRM), ()))
    assert [step.id for step in outcome.failed] == ["s1", "s3"]
    assert [step.id for step in outcome.skipped] == ["s2"]
    (finding,) = outcome.findings
    assert finding.message.startswith("group/new, app/crm: the service answered 400")
    assert tenant.ledger().open_steps == ()


def test_each_permission_that_is_missing_is_a_cause_of_its_own():
    tenant = Tenant()
    tenant.emulator.world.set_faults(
        [FaultRule(kind=FaultKind.STATUS, status=403, method="POST", path="(agentGroups|pause)$")]
    )
    outcome = tenant.apply((CreateGroup(NEW, "New"), ()), (PauseJob(CRM), ()))
    told = {finding.message.partition(":")[0]: finding.hint for finding in outcome.findings}
    assert "Directory.ReadWrite.All" in told["group/new"]
    assert "Synchronization.ReadWrite.All" in told["app/crm"]
    assert tenant.ledger().open_steps == ()


def test_a_step_that_is_confirmed_shows_to_whoever_looks_next():
    for seed in range(16, 21):
        tenant = Tenant({"visibility_seconds": 0.19, "lag": Lag.FLAPPING})
        tenant.emulator.world.ids = SeededIds(seed)
        tenant.apply(PauseJob(CRM))
        assert [tenant.live().cell(CRM, "job.enabled") for _ in range(8)] == [Known(value=False)] * 8


def test_the_steps_of_a_wave_that_were_accepted_are_confirmed_though_another_one_gave_up():
    tenant = Tenant(limit=30)
    tenant.emulator.world.set_faults(
        [FaultRule(kind=FaultKind.STATUS, status=429, method="POST", path="agentGroups$", retry_after="20")]
    )
    outcome = tenant.apply((CreateGroup(NEW, "New"), ()), (PauseJob(CRM), ()), (StartJob(CRM), (2,)))
    assert [step.id for step in outcome.done] == ["s2"]
    assert [step.id for step in outcome.failed] == ["s1"]
    assert [step.id for step in outcome.skipped] == ["s3"]
    assert [finding.rule for finding in outcome.findings] == ["EPR431"]
    assert tenant.ledger().open_steps == ()
    assert tenant.seconds < 60


def test_what_the_user_stops_while_the_service_throttles_is_left_for_the_next_run():
    tenant = Tenant()
    tenant.stopped = lambda: tenant.seconds > 5
    tenant.emulator.world.set_faults(
        [FaultRule(kind=FaultKind.STATUS, status=429, method="POST", path="agentGroups$", retry_after="600")]
    )
    outcome = tenant.apply((CreateGroup(NEW, "New"), ()), (PauseJob(CRM), ()), (StartJob(CRM), (2,)))
    assert [step.id for step in outcome.done] == ["s2"]
    assert [step.id for step in outcome.failed] == ["s1"]
    assert outcome.interrupted
    assert tenant.seconds < 10
    assert tenant.ledger().open_steps == ()
