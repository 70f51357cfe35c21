"""The ledger holds what was applied, refuses what was tampered with, and loses no step that may have been sent."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from msgspec.structs import replace

from reconciler.errors import LockHeld, ReconcilerError
from reconciler.ledger.document import LedgerDamaged, LedgerDocument, from_bytes, to_bytes
from reconciler.ledger.head import Head
from reconciler.ledger.journal import read
from reconciler.ledger.lock import locked
from reconciler.ledger.read import read_ledger
from reconciler.ledger.records import intent_to_json, result_to_json
from reconciler.model.cells import Value
from reconciler.model.record import Ending, Intent, OpenStep, Result
from reconciler.model.secret import SecretSource
from reconciler.model.states import AppliedState, Capabilities, Edge, Thing
from reconciler.model.steps import AddMember, CreateGroup, WriteSchema
from tests.apply.fake_service import BEGUN, FakeChance, FakeClock
from tests.apply.runs import AMS, HR, NEW, SQL, TENANT, TOKEN, Run, plan_of, wanted_mapping
from tests.ledger.test_store_contract import ME

PLAN = plan_of(CreateGroup(NEW, "New"), AddMember(AMS, NEW))
FIRST, SECOND = PLAN.steps
APPLIED = AppliedState(
    {
        HR: Thing(HR, {"displayName": Value("HR"), "agents": Value(frozenset({AMS}))}, live_id="g-hr"),
        SQL: Thing(SQL, {TOKEN: Value(SecretSource(2, env="T")), "mapping/User": Value(wanted_mapping("HR"))}),
    },
    Capabilities(several_groups_per_resource=True),
    {SQL.within(TOKEN): "scrypt:1"},
    known=True,
)
DOCUMENT = LedgerDocument(
    "emulator",
    TENANT,
    APPLIED,
    {Edge(AMS, HR): BEGUN},
    {PLAN.digest: BEGUN},
    (OpenStep(FIRST, PLAN.digest, BEGUN),),
    Head(3, "a" * 64),
)


def opened(run: Run):
    return run.ledger()


def test_a_document_is_read_back_as_it_was_written():
    assert from_bytes(to_bytes(DOCUMENT), "here", "emulator", TENANT) == DOCUMENT


def test_every_flipped_bit_and_every_prefix_of_a_ledger_is_detected():
    whole = to_bytes(DOCUMENT)
    for size in range(len(whole)):
        with pytest.raises(LedgerDamaged):
            from_bytes(whole[:size], "here", "emulator", TENANT)
    for position in range(len(whole)):
        for bit in range(8):
            broken = bytearray(whole)
            broken[position] ^= 1 << bit
            with pytest.raises(LedgerDamaged):
                from_bytes(bytes(broken), "here", "emulator", TENANT)


def test_a_damaged_ledger_says_where_it_is_and_the_way_out():
    with pytest.raises(LedgerDamaged, match=r"the ledger in \.reconciler/x is damaged") as damaged:
        from_bytes(b"{}", ".reconciler/x", "emulator", TENANT)
    assert "backup" in damaged.value.hint


def test_a_ledger_of_a_newer_version_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("reconciler.ledger.document.VERSION", 2)
    newer = to_bytes(DOCUMENT)
    monkeypatch.undo()
    with pytest.raises(LedgerDamaged, match="newer version"):
        from_bytes(newer, "here", "emulator", TENANT)


@pytest.mark.parametrize(("service", "tenant"), [("graph-global-x", TENANT), ("emulator", "another")])
def test_a_ledger_is_never_read_for_another_service(service, tenant):
    with pytest.raises(LedgerDamaged, match=f"is that of service emulator, tenant {TENANT}"):
        from_bytes(to_bytes(DOCUMENT), "here", service, tenant)


def test_a_sound_ledger_with_content_that_makes_no_sense_is_one_clear_error():
    odd = re.sub(rb'"since":"[^"]+"', b'"since":"2026-11-24T12:00:00"', to_bytes(DOCUMENT))
    import hashlib

    inner = odd[odd.index(b'"ledger":') + 9 : -2]
    odd = re.sub(rb"sha256:[0-9a-f]{64}", b"sha256:" + hashlib.sha256(inner).hexdigest().encode(), odd, count=1)
    with pytest.raises(LedgerDamaged, match="a moment without a time zone"):
        from_bytes(odd, "here", "emulator", TENANT)


def test_without_a_ledger_nothing_is_known_to_be_applied():
    assert read_ledger(Run().store, "emulator", TENANT).applied.known is False


def test_what_a_run_records_is_what_the_next_run_and_a_reader_find():
    run = Run()
    ledger = opened(run)
    ledger.begin(PLAN, APPLIED)
    ledger.intend([Intent(FIRST)])
    grown = replace(APPLIED, things={**APPLIED.things, NEW: Thing(NEW, {"displayName": Value("New")}, live_id="g-1")})
    ledger.conclude([Result("s1", Ending.DONE)], grown, {Edge(AMS, HR): BEGUN})
    ledger.end(1, 0, 0)
    found = opened(run)
    assert found.applied == grown
    assert found.edges == {Edge(AMS, HR): BEGUN}
    assert found.used_at(PLAN.digest) == BEGUN
    assert found.used_at("sha256:other") is None
    assert found.open_steps == ()
    assert read_ledger(run.store, "emulator", TENANT).applied == grown


def test_a_step_stays_open_until_it_is_known_what_came_of_it():
    run = Run()
    ledger = opened(run)
    ledger.begin(PLAN, AppliedState())
    ledger.intend([Intent(FIRST), Intent(SECOND)])
    assert opened(run).open_steps == tuple(OpenStep(step, PLAN.digest, BEGUN) for step in PLAN.steps)
    results = [Result("s1", Ending.UNKNOWN), Result("s2", Ending.REFUSED, message="no")]
    ledger.conclude(results, AppliedState(), {})
    assert [each.step for each in opened(run).open_steps] == [FIRST]


def test_a_step_of_one_plan_is_not_closed_by_its_namesake_of_another():
    run = Run()
    first = opened(run)
    first.begin(PLAN, AppliedState())
    first.intend([Intent(FIRST)])
    second = opened(run)
    second.begin(replace(PLAN, digest="sha256:second"), AppliedState())
    second.intend([Intent(FIRST)])
    second.conclude([Result("s1", Ending.DONE)], AppliedState(), {})
    assert [each.plan for each in opened(run).open_steps] == [PLAN.digest]
    third = opened(run)
    third.conclude([Result("s1", Ending.NOT_DONE, plan=PLAN.digest)], AppliedState(), {}, recovered=True)
    assert opened(run).open_steps == ()


def test_an_intent_that_only_the_journal_has_seen_is_open_too(monkeypatch: pytest.MonkeyPatch):
    run = Run()
    ledger = opened(run)
    ledger.begin(PLAN, AppliedState())
    monkeypatch.setattr(type(ledger), "_write", lambda self, document: None)
    run.clock.seconds += 5
    ledger.intend([Intent(FIRST)])
    monkeypatch.undo()
    assert opened(run).open_steps == (OpenStep(FIRST, PLAN.digest, BEGUN + timedelta(seconds=5)),)


def test_a_reader_plans_with_what_may_have_been_applied():
    run = Run()
    ledger = opened(run)
    ledger.begin(PLAN, AppliedState())
    ledger.intend([Intent(FIRST)])
    document = read_ledger(run.store, "emulator", TENANT)
    assert not document.applied.manages(NEW)
    assert document.united.manages(NEW)


def test_the_journal_tells_a_whole_run_with_values_before_intended_and_observed():
    run = Run()
    run.apply(CreateGroup(NEW, "New"), AddMember(AMS, NEW))
    records = list(read(run.store.journal(), "here").records())
    assert [record.kind for record in records] == ["begin", "intent", "result", "intent", "result", "end"]
    intent, result = records[3].body, records[4].body
    agents = {"address": str(NEW), "field": "agents"}
    joined = [agents | {"cell": {"known": {"refs": [str(AMS)]}}}]
    assert intent["before"] == [agents | {"cell": {"known": {"refs": []}}}]
    assert (intent["intended"], result["observed"]) == (joined, joined)
    assert result["ending"] == "done"


def test_what_spec_and_service_agree_on_is_written_once():
    run = Run()
    ledger = opened(run)
    ledger.record(APPLIED)
    written = run.files.names["emulator/ledger.json"]
    ledger.record(APPLIED)
    assert run.files.names["emulator/ledger.json"] is written
    assert opened(run).applied == APPLIED


def test_a_ledger_whose_journal_was_taken_away_is_refused():
    run = Run()
    opened(run).begin(PLAN, APPLIED)
    run.files.remove("emulator/journal.jsonl")
    with pytest.raises(ReconcilerError, match="it ends at record 0, and the ledger knows of 1"):
        opened(run)


def test_snapshots_of_one_app_sort_by_time_and_never_replace_each_other():
    run = Run()
    ledger = opened(run)
    for content in (b"2", b"1", b"3"):
        ledger.keep(SQL, content)
        run.clock.seconds += 1
    names = run.store.snapshots()
    assert [run.store.snapshot(name) for name in names] == [b"2", b"1", b"3"]
    assert all(re.fullmatch(r"sql\.[0-9TZ.]+\.[0-9a-f]{16}\.json", name) for name in names)


def test_records_say_what_is_needed_and_no_more():
    document = intent_to_json(Intent(SECOND), "sha256:plan")
    assert document["step"] == {
        "id": "s2",
        "kind": "addMember",
        "params": {"agent": {"ref": "agent/ams"}, "group": {"ref": "group/new"}},
        "needs": ["s1"],
    }
    assert result_to_json(Result("s2", Ending.REFUSED, message="403"), "sha256:plan") == {
        "plan": "sha256:plan",
        "step": "s2",
        "ending": "refused",
        "observed": [],
        "message": "403",
    }


def test_a_schema_step_survives_on_record_with_its_whole_overlay():
    step = WriteSchema(SQL, {"User": wanted_mapping("HR")}, {"User": ("department",)})
    opened_step = OpenStep(replace(FIRST, step=step, calls=3), PLAN.digest, BEGUN)
    document = replace(DOCUMENT, open=(opened_step,))
    assert from_bytes(to_bytes(document), "here", "emulator", TENANT).open == (opened_step,)


def test_a_run_holds_the_lock_and_gives_it_back_whatever_happens():
    run = Run()

    def broken() -> None:
        with locked(run.store, FakeClock(), FakeChance(), host="host-a", pid=9) as notes:
            assert notes == ()
            with pytest.raises(LockHeld, match="process 9 on host-a since 2026-11-24T12:00:00"):
                run.store.lock(ME)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken()
    run.store.lock(ME).release()


def test_a_run_that_takes_over_from_a_dead_one_says_so():
    run = Run()
    run.store.lock(ME)
    run.files.locks.clear()
    with locked(run.store, FakeClock(), FakeChance(), host="host-a", pid=9) as notes:
        assert [(note.rule, note.severity.value) for note in notes] == [("EPR422", "note")]
        assert "process 1 on host-a" in notes[0].message
