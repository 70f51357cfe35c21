"""What the journal tells of the past, also of applies that broke off and of what later runs found out."""

from __future__ import annotations

from datetime import timedelta

import pytest

from reconciler.ledger.history import Deed, Past, history
from reconciler.ledger.journal import Record, read
from reconciler.ledger.records import FORGET
from reconciler.model.record import Ending, Intent, Result
from reconciler.model.states import AppliedState
from reconciler.model.steps import AddMember, CreateGroup
from reconciler.model.values import Malformed
from tests.apply.fake_service import BEGUN
from tests.apply.runs import AMS, NEW, Run, plan_of

PLAN = plan_of(CreateGroup(NEW, "New"), AddMember(AMS, NEW))
FIRST, SECOND = PLAN.steps


def past_of(run: Run) -> tuple[Past, ...]:
    return history(read(run.store.journal(), "here").records())


def test_an_apply_that_ended_is_told_by_its_own_count():
    run = Run()
    ledger = run.ledger()
    ledger.by = "ada on host-a"
    ledger.begin(PLAN, AppliedState())
    ledger.intend([Intent(FIRST)])
    run.clock.seconds += 3
    ledger.conclude([Result("s1", Ending.DONE)], AppliedState(), {})
    ledger.end(1, 0, 1)
    (past,) = past_of(run)
    assert (past.deed, past.at, past.by, past.subject) == (Deed.APPLY, BEGUN, "ada on host-a", PLAN.digest)
    assert (past.steps, past.done, past.failed, past.skipped) == (2, 1, 0, 1)
    assert past.ended == BEGUN + timedelta(seconds=3)
    assert not past.is_whole


def test_of_an_apply_that_broke_off_the_results_are_counted_and_those_that_were_found_out_later():
    run = Run()
    ledger = run.ledger()
    ledger.begin(PLAN, AppliedState())
    ledger.intend([Intent(FIRST), Intent(SECOND)])
    ledger.conclude([Result("s1", Ending.DONE), Result("s2", Ending.UNKNOWN)], AppliedState(), {})
    assert [(past.done, past.failed, past.ended) for past in past_of(run)] == [(1, 0, None)]
    later = run.ledger()
    later.conclude([Result("s2", Ending.DONE, plan=PLAN.digest)], AppliedState(), {}, recovered=True)
    later.begin(PLAN, AppliedState())
    later.intend([Intent(SECOND)])
    later.conclude([Result("s2", Ending.REFUSED)], AppliedState(), {})
    first, second = past_of(run)
    assert (first.done, first.failed, first.recovered, first.is_whole) == (2, 0, 1, False)
    assert (second.done, second.failed, second.recovered) == (0, 1, 0)


def test_a_persons_change_is_told_with_who_made_it():
    run = Run()
    ledger = run.ledger()
    ledger.by = "ada"
    ledger.edit(FORGET, {"address": "group/hr"}, AppliedState(), {})
    (past,) = past_of(run)
    assert (past.deed, past.subject, past.target, past.by, past.is_whole) == (Deed.FORGET, "group/hr", "", "ada", True)


def test_records_of_other_kinds_and_without_their_beginning_are_left_out():
    at = BEGUN.isoformat()
    records = [
        Record(1, "result", at, {"plan": "sha256:x", "step": "s1", "ending": "done"}),
        Record(2, "end", at, {"done": 1, "failed": 0, "skipped": 0}),
        Record(3, "of tomorrow", at, {}),
    ]
    assert history(records) == ()


def test_a_record_that_makes_no_sense_is_malformed():
    with pytest.raises(Malformed):
        history([Record(1, "begin", BEGUN.isoformat(), {"plan": 7})])
