"""After a run that broke off, the next one finds out by reading what came of every step."""

from __future__ import annotations

import pytest

from reconciler.model.cells import Value
from reconciler.model.events import Recovered
from reconciler.model.record import Intent
from reconciler.model.secret import SecretSource, SecretText
from reconciler.model.states import Edge
from reconciler.model.steps import (
    AddMember,
    Assign,
    CreateGroup,
    CreateJob,
    CreateResource,
    DeleteGroup,
    RemoveMember,
    Step,
    WriteConnection,
    WriteSchema,
)
from reconciler.model.transitions import after
from tests.apply.runs import AMS, CRM, FIN, HR, LON, NEW, SQL, TOKEN, Run, plan_of, wanted_mapping

SECRET = SecretSource(3, env="TOKEN")


def broken_at(*steps: Step, sent: bool) -> Run:
    """A run that recorded its intents, sent its calls or not, and was never seen again."""
    run = Run(values={SECRET: SecretText("correct horse battery")})
    ledger = run.ledger()
    plan = plan_of(*steps, digest="sha256:broken")
    ledger.begin(plan, ledger.applied)
    ledger.intend([Intent(planned) for planned in plan.steps])
    for step in steps:
        if sent:
            run.service._do(step, run.values)
    return run


STEPS = [
    CreateGroup(NEW, "New"),
    AddMember(LON, HR),
    RemoveMember(AMS, HR),
    CreateResource(CRM, "crm", "CRM"),
    Assign(SQL, FIN),
    CreateJob(CRM, "default"),
    WriteSchema(SQL, {"User": wanted_mapping("HR")}),
    WriteConnection(SQL, {"connector.url": "https://new"}, {}),
]


@pytest.mark.parametrize("step", STEPS, ids=lambda step: type(step).__name__)
@pytest.mark.parametrize("sent", [True, False], ids=["sent", "not sent"])
def test_a_step_is_settled_as_it_is_found(step, sent):
    run = broken_at(step, sent=sent)
    recovery = run.recover()
    assert len(recovery.done) == sent
    assert len(recovery.not_done) == (not sent)
    assert [event.done for event in run.events if isinstance(event, Recovered)] == [sent]
    ledger = run.ledger()
    assert ledger.open_steps == ()
    assert bool(ledger.applied.things) is sent


def test_the_ids_of_what_was_created_are_found_by_name():
    run = broken_at(CreateGroup(NEW, "New"), CreateResource(CRM, "crm", "CRM"), CreateJob(CRM, "default"), sent=True)
    recovery = run.recover()
    assert recovery.bindings.groups[NEW] == run.service.ids[NEW]
    assert recovery.bindings.resources[CRM] == run.service.ids[CRM]
    assert recovery.bindings.jobs[CRM] == "job-crm"
    assert run.ledger().applied.things[NEW].live_id == run.service.ids[NEW]


def test_a_deletion_that_happened_is_found():
    run = Run()
    run.apply(RemoveMember(LON, FIN))
    assert run.ledger().applied.manages(FIN)
    ledger = run.ledger()
    plan = plan_of(DeleteGroup(FIN, "Finance"), digest="sha256:broken")
    ledger.begin(plan, ledger.applied)
    ledger.intend([Intent(plan.steps[0])])
    run.service.state = after(run.service.state, DeleteGroup(FIN, "Finance"))
    run.service._history.clear()
    assert len(run.recover().done) == 1
    assert not run.ledger().applied.manages(FIN)


def test_what_was_sent_a_moment_ago_is_given_time_to_show():
    run = broken_at(sent=True)
    run.service.lag = 3
    ledger = run.ledger()
    plan = plan_of(CreateGroup(NEW, "New"), digest="sha256:lag")
    ledger.begin(plan, ledger.applied)
    ledger.intend([Intent(plan.steps[0])])
    run.service._do(plan.steps[0].step, {})
    assert len(run.recover().done) == 1
    assert run.clock.seconds >= 3


def test_what_was_sent_long_ago_is_settled_without_a_wait():
    run = broken_at(CreateGroup(NEW, "New"), sent=False)
    run.clock.seconds += 3600
    assert len(run.recover().not_done) == 1
    assert run.clock.seconds == 3600
    assert run.service.calls == run.patience.agreeing


def test_what_was_created_long_ago_is_found_without_a_wait():
    run = broken_at(CreateGroup(NEW, "New"), sent=True)
    run.clock.seconds += 3600
    assert len(run.recover().done) == 1
    assert run.clock.seconds == 3600


def test_secrets_are_due_again_since_nothing_shows_whether_they_were_written():
    step = WriteConnection(SQL, {"connector.url": "https://new"}, {TOKEN: SECRET})
    run = broken_at(step, sent=True)
    recovery = run.recover()
    assert len(recovery.not_done) == 1
    applied = run.ledger().applied
    assert applied.cell(SQL, "connector.url") == Value("https://new")
    assert TOKEN not in applied.things[SQL].cells
    assert run.ledger().open_steps == ()


def test_a_step_of_which_nobody_can_tell_stays_open():
    run = broken_at(AddMember(LON, HR), sent=True)
    run.service.blind = lambda: True
    recovery = run.recover()
    assert len(recovery.unknown) == 1
    assert [finding.address for finding in recovery.findings] == ["group/hr"]
    assert not [event for event in run.events if isinstance(event, Recovered)]
    run.service.blind = lambda: False
    assert len(run.recover().done) == 1


def test_a_membership_that_was_found_settles_from_now_on():
    run = broken_at(AddMember(LON, HR), sent=True)
    run.clock.seconds += 100
    run.recover()
    assert run.ledger().edges == {Edge(LON, HR): run.clock.now()}


def test_a_run_that_ended_well_leaves_nothing_to_settle():
    run = Run()
    run.apply(AddMember(LON, HR))
    before = run.service.calls
    recovery = run.recover()
    assert (recovery.done, recovery.not_done, recovery.unknown) == ((), (), ())
    assert run.service.calls == before


def test_two_things_of_one_name_are_nobodys():
    run = broken_at(CreateGroup(NEW, "New"), sent=True)
    twin = CreateGroup(group_named("twin"), "New")
    run.service._do(twin, {})
    assert len(run.recover().not_done) == 1
    assert NEW not in run.recover().bindings.groups


def group_named(key: str):
    from reconciler.model.address import group

    return group(key)
