"""What the ledger says once a step is done, and what a reader has to reckon with while nobody knows."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from reconciler.model.address import UPDATER
from reconciler.model.bindings import Bindings
from reconciler.model.cells import NEVER, Value
from reconciler.model.mappings import DesiredMapping
from reconciler.model.recording import recorded, with_intended
from reconciler.model.secret import SecretSource
from reconciler.model.states import AppliedState, Thing
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
    Settle,
    SetUpdater,
    StartJob,
    Unassign,
    WriteConnection,
    WriteSchema,
)
from reconciler.model.transitions import after
from tests.apply.runs import AMS, CRM, FIN, FRA, HR, LON, NEW, SQL, TOKEN, bindings, tenant, wanted_mapping

OLD, DUE = SecretSource(2, env="T"), SecretSource(3, env="T")
BEFORE = AppliedState(
    {
        HR: Thing(HR, {"displayName": Value("HR"), "agents": Value(frozenset({AMS}))}, live_id="g-hr"),
        SQL: Thing(
            SQL,
            {
                "group": Value(HR),
                "resource.resourceName": Value("sql"),
                "resource.displayName": Value("SQL"),
                "resource.id": Value("r-sql"),
                "connector.url": Value("https://old"),
                "provisioning.notify": Value("a@b.test"),
                "mapping/User": Value(wanted_mapping("Sales")),
                TOKEN: Value(OLD),
            },
            live_id="p-sql",
        ),
    }
)
NEW_BINDINGS = bindings().with_group(NEW, "g-new").with_resource(CRM, "r-crm").with_job(CRM, "j-crm")

CASES = [
    (CreateGroup(NEW, "New"), NEW, "displayName", Value("New")),
    (CreateGroup(NEW, "New"), NEW, "agents", Value(frozenset())),
    (RenameGroup(HR, "People", "HR"), HR, "displayName", Value("People")),
    (DeleteGroup(HR, "HR"), HR, "displayName", NEVER),
    (AddMember(LON, HR), HR, "agents", Value(frozenset({AMS, LON}))),
    (AddMember(FRA, FIN), FIN, "agents", Value(frozenset({FRA, LON}))),
    (RemoveMember(AMS, HR), HR, "agents", Value(frozenset())),
    (CreateResource(CRM, "crm", "CRM"), CRM, "resource.displayName", Value("CRM")),
    (CreateResource(CRM, "crm", "CRM"), CRM, "resource.id", Value("r-crm")),
    (RenameResource(SQL, "New", "SQL"), SQL, "resource.displayName", Value("New")),
    (DeleteResource(SQL, "sql", "SQL"), SQL, "resource.id", NEVER),
    (DeleteResource(SQL, "sql", "SQL"), SQL, "group", NEVER),
    (DeleteResource(SQL, "sql", "SQL"), SQL, TOKEN, Value(OLD)),
    (Assign(SQL, FIN), SQL, "group", Value(frozenset({HR, FIN}))),
    (Unassign(SQL, HR), SQL, "group", NEVER),
    (Unassign(SQL, FIN), SQL, "group", Value(HR)),
    (CreateJob(CRM, "default"), CRM, "job.id", Value("j-crm")),
    (CreateJob(CRM, "default"), CRM, "job.enabled", Value(value=False)),
    (StartJob(SQL), SQL, "job.enabled", Value(value=True)),
    (PauseJob(SQL), SQL, "job.enabled", Value(value=False)),
    (WriteConnection(SQL, {"connector.url": "https://new"}, {}), SQL, "connector.url", Value("https://new")),
    (WriteConnection(SQL, {"provisioning.notify": None}, {}), SQL, "provisioning.notify", NEVER),
    (WriteConnection(SQL, {}, {TOKEN: DUE}), SQL, TOKEN, Value(DUE)),
    (WriteSchema(SQL, {"User": wanted_mapping("HR")}), SQL, "mapping/User", Value(wanted_mapping("HR"))),
    (SetUpdater({"allowOverride": True, "deferUntil": None}), UPDATER, "allowOverride", Value(value=True)),
    (SetUpdater({"allowOverride": True, "deferUntil": None}), UPDATER, "deferUntil", NEVER),
]


@pytest.mark.parametrize(("step", "address", "key", "cell"), CASES, ids=lambda value: type(value).__name__)
def test_a_step_that_is_done_is_on_record(step, address, key, cell):
    assert recorded(BEFORE, step, tenant(), NEW_BINDINGS).cell(address, key) == cell


@pytest.mark.parametrize("step", [case[0] for case in CASES], ids=lambda value: type(value).__name__)
def test_recording_a_step_twice_changes_nothing_more(step):
    once = recorded(BEFORE, step, tenant(), NEW_BINDINGS)
    assert recorded(once, step, tenant(), NEW_BINDINGS) == once


def test_a_move_is_on_record_with_both_groups_until_the_old_one_is_left():
    under_way = recorded(BEFORE, Assign(SQL, FIN), tenant(), NEW_BINDINGS)
    moved = after(tenant(), Assign(SQL, FIN))
    assert recorded(under_way, Unassign(SQL, HR), moved, NEW_BINDINGS).cell(SQL, "group") == Value(FIN)


def test_while_nobody_knows_whether_an_app_moved_both_groups_count():
    assert with_intended(BEFORE, [Assign(SQL, FIN)]).cell(SQL, "group") == Value(frozenset({HR, FIN}))
    under_way = recorded(BEFORE, Assign(SQL, FIN), tenant(), NEW_BINDINGS)
    assert with_intended(under_way, [Unassign(SQL, HR)]).cell(SQL, "group") == Value(frozenset({HR, FIN}))


def test_a_wait_is_not_on_record():
    assert recorded(BEFORE, Settle(frozenset(), 5), tenant(), NEW_BINDINGS) is BEFORE


def test_live_ids_are_recorded_with_what_they_belong_to():
    assert recorded(BEFORE, CreateGroup(NEW, "New"), tenant(), NEW_BINDINGS).things[NEW].live_id == "g-new"
    assert recorded(BEFORE, StartJob(CRM), tenant(), NEW_BINDINGS).things[CRM].live_id == "p-crm"
    assert recorded(BEFORE, RenameGroup(HR, "x", "HR"), tenant(), Bindings()).things[HR].live_id == "g-hr"


@pytest.mark.parametrize("step", [case[0] for case in CASES], ids=lambda value: type(value).__name__)
def test_while_nobody_knows_nothing_that_was_applied_is_missing(step):
    united = with_intended(BEFORE, [step])
    assert BEFORE.things.keys() <= united.things.keys()
    for address, thing in BEFORE.things.items():
        assert thing.cells.keys() <= united.things[address].cells.keys()
        assert united.things[address].live_id == thing.live_id


@pytest.mark.parametrize("step", [CreateGroup(NEW, "New"), CreateResource(CRM, "crm", "CRM"), StartJob(CRM)])
def test_while_nobody_knows_a_thing_that_may_exist_is_managed(step):
    assert (
        with_intended(AppliedState(), [step]).things.keys()
        == recorded(AppliedState(), step, tenant(), Bindings()).things.keys()
    )


def test_while_nobody_knows_members_and_attributes_of_both_count():
    assert with_intended(BEFORE, [AddMember(LON, HR)]).cell(HR, "agents") == Value(frozenset({AMS, LON}))
    assert with_intended(BEFORE, [RemoveMember(AMS, HR)]).cell(HR, "agents") == Value(frozenset({AMS}))
    attribute = replace(wanted_mapping("HR").attributes["department"], target="title")
    other = DesiredMapping("User", "User", attributes={"title": attribute})
    match with_intended(BEFORE, [WriteSchema(SQL, {"User": other})]).cell(SQL, "mapping/User"):
        case Value(DesiredMapping(attributes=attributes)):
            assert attributes.keys() == {"department", "title"}
        case cell:
            pytest.fail(str(cell))


def test_while_nobody_knows_a_secret_keeps_its_old_version_and_is_written_again():
    step = WriteConnection(SQL, {"connector.url": "https://new"}, {TOKEN: DUE})
    assert with_intended(BEFORE, [step]).cell(SQL, TOKEN) == Value(OLD)
    fresh = WriteConnection(CRM, {"connector.url": "https://new"}, {TOKEN: DUE})
    united = with_intended(BEFORE, [fresh])
    assert united.cell(CRM, TOKEN) == NEVER
    assert united.cell(CRM, "connector.url") == Value("https://new")
    known = AppliedState({CRM: Thing(CRM, {})})
    assert with_intended(known, [fresh]).cell(CRM, TOKEN) == NEVER
