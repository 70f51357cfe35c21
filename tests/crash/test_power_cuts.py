"""The power goes off at every single operation of an apply, on disk or at the service: the next runs finish it.

Everything is in memory: `Power` counts reads, writes, syncs, renames and calls, and cuts at one of them. The machine
comes up with what was synced, with everything, or with halves; the service keeps what it was told.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.apply.confirm import shows
from reconciler.apply.execute import execute
from reconciler.apply.recover import ledger_bindings, recover
from reconciler.ledger.journal import read
from reconciler.ledger.lock import locked
from reconciler.ledger.read import read_ledger
from reconciler.model.cells import Value
from reconciler.model.recording import with_intended
from reconciler.model.secret import SecretSource, SecretText
from reconciler.model.states import AppliedState, Edge, LiveState
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
    StartJob,
    Step,
    WriteConnection,
    WriteSchema,
)
from tests.apply.runs import AMS, CRM, FIN, HR, LON, NEW, SQL, TENANT, TOKEN, Run, bindings, plan_of, wanted_mapping
from tests.ledger.memory_files import Luck, Power, PowerCut

SECRET = SecretSource(3, env="TOKEN")
VALUES = {SECRET: SecretText("correct horse battery")}
STEPS: tuple[tuple[Step, tuple[int, ...]], ...] = (
    (CreateGroup(NEW, "New"), ()),
    (AddMember(AMS, NEW), (1,)),
    (CreateResource(CRM, "crm", "CRM"), ()),
    (Assign(CRM, NEW), (2, 3)),
    (Settle(frozenset({Edge(AMS, NEW), Edge(CRM, NEW)}), 30), (4,)),
    (CreateJob(CRM, "default"), ()),
    (WriteSchema(SQL, {"User": wanted_mapping("HR")}), ()),
    (WriteConnection(SQL, {"connector.url": "https://new"}, {TOKEN: SECRET}), ()),
    (StartJob(SQL), (7, 8)),
    (RemoveMember(LON, FIN), (5,)),
    (DeleteGroup(FIN, "Finance"), (10,)),
    (RenameGroup(HR, "People", "HR"), ()),
)


def left(live: LiveState, applied: AppliedState) -> Iterator[tuple[Step, list[int]]]:
    """What a planner would plan now: the steps that do not show, with their needs among each other."""
    kept: dict[int, int] = {}
    for number, (step, needs) in enumerate(STEPS, 1):
        due = isinstance(step, WriteConnection) and applied.cell(SQL, TOKEN) != Value(SECRET)
        waits = isinstance(step, Settle) and any(need in kept for need in needs)
        if due or waits or (not isinstance(step, Settle) and shows(live, step) is not True):
            kept[number] = len(kept) + 1
            yield step, [kept[need] for need in needs if need in kept]


def run_once(run: Run) -> None:
    """One `apply`: lock, recover, plan anew, execute."""

    async def operate() -> None:
        with locked(run.store, run.clock, run.chance, host="here", pid=1):
            ledger = run.ledger()
            recovery = await recover(bindings().merged(run.service.all_bindings()), run.ports(ledger))
            plan = plan_of(*left(run.service.state, ledger.applied), digest=f"sha256:{run.chance.token()}")
            if plan.is_empty:
                return
            known = ledger_bindings(ledger.applied).merged(recovery.bindings)
            await execute(plan, run.service.state, known, ledger.applied, run.ports(ledger))

    asyncio.run(operate())


def started(cut: int | None) -> Run:
    run = Run(values=VALUES)
    run.files.power.cut = cut
    return run


def comes_up_again(run: Run, luck: Luck, cut: int | None = None) -> None:
    run.files = run.files.after_crash(luck, Power(cut))
    run.service.power = run.files.power
    run.clock.seconds += 1


@pytest.fixture(autouse=True, scope="module")
def _cheap_digests() -> Iterator[None]:
    """A digest of a secret costs 50 ms on purpose; here hundreds are made."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("reconciler.ledger.fingerprint.COST", 2)
        yield


def uninterrupted() -> Run:
    run = started(None)
    run_once(run)
    return run


WHOLE = uninterrupted()
OPERATIONS = WHOLE.files.power.used


def check_finished(run: Run) -> None:
    """The service holds what was planned, each thing once; the record says so, and nothing is left to do."""
    assert run.service.state == WHOLE.service.state
    made = [step for step in run.service.performed if isinstance(step, CreateGroup | CreateResource | CreateJob)]
    assert len(made) == 3
    document = read_ledger(run.store, "emulator", TENANT)
    expected = read_ledger(WHOLE.store, "emulator", TENANT)
    assert document.applied.things == expected.applied.things
    assert document.applied.secret_digests.keys() == expected.applied.secret_digests.keys()
    assert document.edges.keys() == expected.edges.keys()
    assert document.open == ()
    assert list(left(run.service.state, document.applied)) == []
    assert read(run.store.journal(), "here", document.head).torn == 0


def test_a_run_without_a_cut_does_everything():
    check_finished(WHOLE)


@pytest.mark.parametrize(("luck", "first", "step"), [(Luck.LOST, 1, 1), (Luck.KEPT, 1, 3), (Luck.TORN, 2, 2)])
def test_a_cut_at_any_operation_loses_nothing_and_repeats_nothing(luck: Luck, first: int, step: int):
    for cut in range(first, OPERATIONS + 1, step):
        run = started(cut)
        with pytest.raises(PowerCut):
            run_once(run)
        comes_up_again(run, luck)
        run_once(run)
        check_finished(run)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(1, OPERATIONS), st.sampled_from(Luck)), min_size=2, max_size=6))
def test_cuts_of_the_runs_that_recover_lose_nothing_either(cuts):
    run = started(cuts[0][0])
    for (_, luck), (following, _) in zip(cuts, [*cuts[1:], (0, Luck.LOST)], strict=True):
        with contextlib.suppress(PowerCut):
            run_once(run)
        comes_up_again(run, luck, following or None)
    run_once(run)
    check_finished(run)


def test_every_call_that_was_sent_was_on_disk_before():
    """An intent is durable before its call: what the service did, the record of a machine that lost all else knows."""
    for cut in range(1, OPERATIONS + 1):
        run = started(cut)
        with pytest.raises(PowerCut):
            run_once(run)
        comes_up_again(run, Luck.LOST)
        ledger = run.ledger()
        open_steps = [each.step.step for each in ledger.open_steps]
        known = ledger.applied
        for step in run.service.performed:
            assert step in open_steps or is_on_record(step, known), (cut, step)


def is_on_record(step: Step, applied: AppliedState) -> bool:
    match step:
        case DeleteGroup(group):
            return not applied.manages(group)
        case RemoveMember(agent, group):
            members = applied.cell(group, "agents")
            return not (isinstance(members, Value) and isinstance(members.value, frozenset) and agent in members.value)
    return with_intended(applied, [step]) == applied
