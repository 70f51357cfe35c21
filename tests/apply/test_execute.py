"""An apply does what a plan says, records it, and stops at nothing but what a failure makes impossible."""

from __future__ import annotations

import pytest

from reconciler.apply.stale import refuse_used
from reconciler.errors import PartlyApplied, Refused, StalePlan
from reconciler.model.cells import Known, Reason, Unreadable, Value
from reconciler.model.events import (
    ApplyEnded,
    ApplyStarted,
    StepDone,
    StepSent,
    StepSkipped,
    StepStarted,
    Waiting,
)
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
    RenameGroup,
    Settle,
    SetUpdater,
    StartJob,
    Step,
    Unassign,
    WriteConnection,
    WriteSchema,
)
from tests.apply.fake_service import Fault
from tests.apply.runs import AMS, CRM, FIN, FRA, HR, LON, NEW, SQL, TOKEN, Run, plan_of, wanted_mapping

SECRET = SecretSource(3, env="TOKEN")
EVERYTHING = (
    CreateGroup(NEW, "New"),
    AddMember(AMS, NEW),
    CreateResource(CRM, "crm", "CRM"),
    Assign(CRM, NEW),
    Settle(frozenset({Edge(AMS, NEW), Edge(CRM, NEW)}), 60),
    RenameGroup(HR, "People", "HR"),
    RemoveMember(LON, FIN),
    DeleteGroup(FIN, "Finance"),
    CreateJob(CRM, "default"),
    WriteSchema(SQL, {"User": wanted_mapping("HR")}),
    WriteConnection(SQL, {"connector.url": "https://new"}, {TOKEN: SECRET}),
    SetUpdater({"allowOverride": True}),
    StartJob(SQL),
)


def faulty(kind: type[Step], fault: Fault):
    return lambda step: fault if isinstance(step, kind) else None


def test_every_kind_of_step_is_done_confirmed_and_recorded():
    run = Run(values={SECRET: SecretText("correct horse battery")})
    outcome = run.apply(*EVERYTHING)
    assert not outcome.failed
    assert not outcome.skipped
    assert len(outcome.done) == len(EVERYTHING)
    applied = run.ledger().applied
    assert applied.cell(NEW, "agents") == Value(frozenset({AMS}))
    assert applied.cell(CRM, "group") == Value(NEW)
    assert applied.cell(HR, "displayName") == Value("People")
    assert not applied.manages(FIN)
    assert applied.cell(SQL, TOKEN) == Value(SECRET)
    assert applied.cell(SQL, "mapping/User") == Value(wanted_mapping("HR"))
    assert applied.things[NEW].live_id == outcome.bindings.groups[NEW]
    assert applied.cell(CRM, "resource.id") == Value(outcome.bindings.resources[CRM])


def test_the_state_on_disk_never_holds_a_secret():
    run = Run(values={SECRET: SecretText("correct horse battery")})
    run.apply(WriteConnection(SQL, {"connector.url": "https://new"}, {TOKEN: SECRET}))
    written = b"".join(content.now for content in run.files.names.values())
    assert b"connector.secretToken" in written
    assert b"correct horse" not in written


def test_steps_that_are_ready_together_share_one_confirmation():
    run = Run()
    run.apply((CreateGroup(NEW, "New"), []), (AddMember(LON, HR), []), (AddMember(AMS, FIN), []))
    assert run.service.calls == 3 + run.patience.agreeing


def test_no_more_calls_are_under_way_than_the_bound():
    run = Run()
    run.apply(*((AddMember(each, FIN), []) for each in (AMS, FRA)), *((RenameGroup(HR, "HR", "HR"), []),) * 20)
    assert 2 <= run.service.most_under_way <= 8


def test_events_tell_a_step_from_its_start_to_its_end():
    run = Run()
    run.apply(AddMember(LON, HR))
    assert [type(event) for event in run.events] == [ApplyStarted, StepStarted, StepSent, StepDone, ApplyEnded]


def test_a_failed_step_skips_what_needs_it_and_nothing_else():
    run = Run()
    run.service.faults = faulty(CreateGroup, Fault.REFUSED)
    outcome = run.apply(
        (CreateGroup(NEW, "New"), []), (AddMember(AMS, NEW), [1]), (Assign(SQL, NEW), [2]), (AddMember(LON, HR), [])
    )
    assert [step.id for step in outcome.failed] == ["s1"]
    assert [step.id for step in outcome.skipped] == ["s2", "s3"]
    assert [step.id for step in outcome.done] == ["s4"]
    (refusal,) = outcome.findings
    assert (refusal.address, refusal.message) == (str(NEW), f"{NEW}: 400 for CreateGroup")
    assert not outcome.interrupted
    assert ("StepSkipped", "s3") in run.kinds(StepSkipped)
    assert not run.ledger().open_steps


def test_a_write_that_shows_late_is_waited_for():
    run = Run()
    run.service.lag = 4
    outcome = run.apply(CreateGroup(NEW, "New"), AddMember(AMS, NEW))
    assert len(outcome.done) == 2
    assert 8 <= run.clock.seconds <= 20


def test_a_write_that_never_shows_fails_and_stays_open_for_the_next_run():
    run = Run()
    run.service.lag = 10_000
    outcome = run.apply(AddMember(LON, HR))
    assert [step.id for step in outcome.failed] == ["s1"]
    assert outcome.findings[0].rule == "EPR423"
    assert [each.step.step for each in run.ledger().open_steps] == [AddMember(LON, HR)]


def test_a_read_that_fails_confirms_nothing():
    run = Run()
    run.service.blind = lambda: True
    outcome = run.apply(AddMember(LON, HR))
    assert "cannot be read back" in outcome.findings[0].message
    assert not run.ledger().applied.manages(HR)


@pytest.mark.parametrize(
    "step", [CreateGroup(NEW, "New"), CreateResource(CRM, "crm", "CRM"), CreateJob(CRM, "default")]
)
def test_a_call_without_an_answer_that_was_carried_out_is_found_by_reading(step):
    run = Run()
    run.service.faults = faulty(type(step), Fault.NO_ANSWER_DONE)
    outcome = run.apply(step)
    assert len(outcome.done) == 1
    assert len(run.service.performed) == 1
    made = (*outcome.bindings.groups.values(), *outcome.bindings.resources.values(), *outcome.bindings.jobs.values())
    assert set(made) > {"g-hr", "g-fin", "r-sql", "j-sql"}


def test_a_call_without_an_answer_that_was_not_carried_out_fails_with_its_finding():
    run = Run()
    run.service.faults = faulty(AddMember, Fault.NO_ANSWER_NOT_DONE)
    outcome = run.apply(AddMember(LON, HR))
    assert [finding.message for finding in outcome.findings] == [f"{HR}: no answer to AddMember"]


def test_secrets_of_which_nobody_knows_whether_they_were_written_stay_due():
    run = Run(values={SECRET: SecretText("correct horse battery")})
    run.service.faults = faulty(WriteConnection, Fault.NO_ANSWER_DONE)
    outcome = run.apply(WriteConnection(SQL, {}, {TOKEN: SECRET}))
    assert len(outcome.failed) == 1
    assert not run.ledger().applied.manages(SQL)
    assert not run.ledger().open_steps


def test_settings_that_come_to_show_prove_the_secrets_that_were_written_with_them():
    run = Run(values={SECRET: SecretText("correct horse battery")})
    run.service.faults = faulty(WriteConnection, Fault.NO_ANSWER_DONE)
    run.apply(WriteConnection(SQL, {"connector.url": "https://new"}, {TOKEN: SECRET}))
    assert run.ledger().applied.cell(SQL, TOKEN) == Value(SECRET)


def test_all_missing_secrets_are_named_before_the_first_call():
    run = Run()
    other = SecretSource(1, file="other.txt")
    with pytest.raises(Refused) as refused:
        run.apply(
            (AddMember(LON, HR), []),
            (WriteConnection(SQL, {}, {TOKEN: SECRET}), []),
            (WriteConnection(CRM, {}, {TOKEN: other}), []),
        )
    assert [finding.message for finding in refused.value.findings] == ["no env TOKEN", "no file other.txt"]
    assert run.service.calls == 0
    assert run.files.names == {}


def test_a_value_that_changed_under_the_same_version_is_a_warning():
    run = Run(values={SECRET: SecretText("correct horse battery")})
    step = WriteConnection(SQL, {}, {TOKEN: SECRET})
    assert run.apply(step).findings == ()
    assert run.apply(step).findings == ()
    run.values = {SECRET: SecretText("another horse battery")}
    assert [finding.rule for finding in run.apply(step).findings] == ["EPR421"]


def test_a_plan_that_was_used_is_refused_where_it_is_given_again():
    run = Run()
    plan = plan_of(AddMember(LON, HR))
    refuse_used(plan, run.ledger())
    run.apply(plan=plan)
    with pytest.raises(StalePlan, match="applied before"):
        refuse_used(plan, run.ledger())


def test_a_plan_whose_steps_need_each_other_is_refused_before_the_first_call():
    run = Run()
    with pytest.raises(Refused, match="not whole"):
        run.apply((AddMember(LON, HR), [2]), (AddMember(AMS, FIN), [1]))
    with pytest.raises(Refused, match="not whole"):
        run.apply((AddMember(LON, HR), [7]))
    assert run.service.calls == 0


def test_waits_of_independent_parts_run_at_the_same_time():
    run = Run()
    run.apply(
        (AddMember(LON, HR), []),
        (Settle(frozenset({Edge(LON, HR)}), 60), [1]),
        (RemoveMember(AMS, HR), [2]),
        (AddMember(AMS, FIN), []),
        (Settle(frozenset({Edge(AMS, FIN)}), 60), [4]),
        (RemoveMember(LON, FIN), [5]),
    )
    assert run.clock.seconds < 61
    assert [event.left for event in run.events if isinstance(event, Waiting)] == sorted(
        (event.left for event in run.events if isinstance(event, Waiting)), reverse=True
    )


def test_a_wait_does_not_hold_up_what_does_not_need_it():
    run = Run()
    run.apply(
        (AddMember(LON, HR), []),
        (Settle(frozenset({Edge(LON, HR)}), 60), [1]),
        (AddMember(AMS, FIN), []),
        (RemoveMember(LON, FIN), [3]),
    )
    done = [step for _, step in run.kinds(StepDone)]
    assert done[-1] == "s2"


def test_time_that_has_passed_since_an_edge_was_made_counts():
    run = Run()
    run.apply(AddMember(LON, HR))
    run.clock.seconds += 45
    begun = run.clock.seconds
    run.apply(Settle(frozenset({Edge(LON, HR)}), 60), RemoveMember(AMS, HR))
    assert run.clock.seconds - begun == pytest.approx(15)


def test_an_edge_that_is_gone_has_no_age_any_more():
    run = Run()
    run.apply(AddMember(LON, HR), AddMember(AMS, FIN), Assign(SQL, FIN))
    assert run.ledger().edges.keys() == {Edge(LON, HR), Edge(AMS, FIN), Edge(SQL, FIN)}
    run.apply(RemoveMember(LON, HR), Unassign(SQL, FIN))
    assert run.ledger().edges.keys() == {Edge(AMS, FIN)}
    run.apply(RemoveMember(LON, FIN), RemoveMember(AMS, FIN), DeleteGroup(FIN, "Finance"))
    assert run.ledger().edges == {}


def test_an_edge_of_unknown_age_is_waited_for_in_full():
    run = Run()
    run.apply(Settle(frozenset({Edge(LON, FIN)}), 60))
    assert run.clock.seconds == pytest.approx(60)


def test_an_interrupted_wait_ends_and_skips_the_rest():
    run = Run()
    run.stopped = lambda: run.clock.seconds > 10
    outcome = run.apply(AddMember(LON, HR), Settle(frozenset({Edge(LON, HR)}), 1200), RemoveMember(AMS, HR))
    assert outcome.interrupted
    assert [step.id for step in outcome.skipped] == ["s2", "s3"]
    assert run.clock.seconds < 12
    assert Edge(LON, HR) in run.ledger().edges


def test_an_interruption_finishes_and_records_the_calls_under_way():
    run = Run()
    stop: list[bool] = []
    run.stopped = lambda: bool(stop)
    run.on_event = lambda event: stop.append(True) if isinstance(event, StepStarted) else None
    outcome = run.apply((AddMember(LON, HR), []), (AddMember(AMS, FIN), []), (RemoveMember(FRA, HR), [1]))
    assert [step.id for step in outcome.done] == ["s1"]
    assert [step.id for step in outcome.skipped] == ["s2", "s3"]
    assert outcome.interrupted
    assert not run.ledger().open_steps
    assert run.service.performed == [AddMember(LON, HR)]


def test_a_stop_after_the_last_step_interrupts_nothing():
    run = Run()
    stop: list[bool] = []
    run.stopped = lambda: bool(stop)
    run.on_event = lambda event: stop.append(True) if isinstance(event, StepSent) else None
    assert not run.apply(AddMember(LON, HR)).interrupted


@pytest.mark.parametrize(("several", "learned"), [(True, True), (False, False)])
def test_a_second_assignment_teaches_whether_a_resource_takes_several_groups(several, learned):
    run = Run()
    run.service.several_groups = several
    run.apply(Assign(SQL, FIN))
    assert run.ledger().applied.capabilities.several_groups_per_resource is learned


def test_a_first_assignment_teaches_nothing():
    run = Run()
    run.service.several_groups = False
    run.apply(Unassign(SQL, HR), Assign(SQL, FIN))
    assert run.ledger().applied.capabilities.several_groups_per_resource is None
    assert run.ledger().applied.cell(SQL, "group") == Value(FIN)


def test_a_fault_of_the_program_surfaces_and_what_else_was_done_is_on_record():
    run = Run()
    run.service.faults = faulty(RenameGroup, Fault.BROKEN)
    with pytest.raises(RuntimeError):
        run.apply((RenameGroup(HR, "People", "HR"), []), (AddMember(AMS, FIN), []))
    ledger = run.ledger()
    assert ledger.applied.cell(FIN, "agents") == Value(frozenset({AMS, LON}))
    assert [each.step.id for each in ledger.open_steps] == ["s1"]


def test_a_disk_that_fails_stops_the_apply_and_says_what_to_do(monkeypatch):
    run = Run()

    def full(name: str, content: bytes) -> None:
        if run.service.performed:
            raise OSError(28, "No space left on device")
        write(name, content)

    write = run.files.write
    monkeypatch.setattr(run.files, "write", full)
    with pytest.raises(PartlyApplied, match="no space left"):
        run.apply(AddMember(LON, HR), AddMember(AMS, FIN))
    assert run.service.performed == [AddMember(LON, HR)]


def test_what_the_service_never_shows_is_done_once_it_is_accepted():
    run = Run(values={SECRET: SecretText("correct horse battery")})
    run.service.state = run.service.state.with_cells(SQL, {TOKEN: Unreadable(Reason.MASKED)})
    outcome = run.apply(WriteConnection(SQL, {}, {TOKEN: SECRET}))
    assert len(outcome.done) == 1
    assert run.service.calls == 1
    assert run.service.secrets[SQL, TOKEN].reveal() == "correct horse battery"


def test_the_state_after_an_apply_is_the_services():
    run = Run(values={SECRET: SecretText("correct horse battery")})
    outcome = run.apply(*EVERYTHING)
    for address, live in run.service.state.things.items():
        for key, cell in live.cells.items():
            if key not in {"resource.id", "job.id", "job.status", "job.quarantine"}:
                assert outcome.live.cell(address, key) == cell, (address, key)
    assert outcome.live.cell(CRM, "group") == Known(frozenset({NEW}))
