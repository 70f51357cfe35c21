"""States, what steps do to them, and the conditions that a reader tests: the cases that laws do not reach."""

from __future__ import annotations

import pytest

from reconciler.model.address import UPDATER, agent, app, group
from reconciler.model.cells import ABSENT, NEVER, UNMANAGED, Clear, Known, Reason, Unreadable, Value
from reconciler.model.conditions import Condition, holds, post, pre, schema_written
from reconciler.model.conditions import Test as Compare
from reconciler.model.inverse import inverse
from reconciler.model.mappings import (
    AttributeMapping,
    DesiredAttribute,
    DesiredMapping,
    ObjectMapping,
    Source,
    SourceKind,
)
from reconciler.model.overlay import overlay, overlay_attribute
from reconciler.model.secret import SecretSource
from reconciler.model.states import AppliedState, DesiredState, Edge, LiveState, Thing
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
    Step,
    Unassign,
    WriteConnection,
    WriteSchema,
)
from reconciler.model.transitions import after
from tests.model.worlds import AMS, FAILED, FRA, HR, SQL, desired, place

MAIL = AttributeMapping("mail", Source(SourceKind.ATTRIBUTE, "mail"), default="none")


def test_what_a_spec_does_not_say_is_unmanaged_and_what_it_clears_is_empty() -> None:
    state = DesiredState({HR: Thing(HR, {"displayName": Value("HR", place(2)), "agents": Clear(place(3))}, place(1))})
    assert state.cell(HR, "standby") == state.cell(SQL, "group") == UNMANAGED
    assert state.text(HR, "displayName") == "HR"
    assert state.text(HR, "agents", "-") == state.text(SQL, "x", "-") == "-"
    assert state.members(HR) == frozenset()
    assert state.place(HR, "displayName") == place(2)
    assert state.place(HR, "agents") == place(3)
    assert state.place(HR, "standby") == place(1)
    assert state.place(SQL, "group") is None


def test_a_spec_lists_its_things_by_kind_and_its_members() -> None:
    state = desired({HR: {"agents": frozenset({AMS})}, AMS: {}, SQL: {}})
    assert [thing.address for thing in state.of(AMS.kind)] == [AMS]
    assert state.members(HR) == {AMS}


def test_what_the_service_does_not_show_has_a_default() -> None:
    state = LiveState({HR: Thing(HR, {"agents": FAILED, "displayName": Known("HR")})})
    assert state.members(HR, "agents") == frozenset()
    assert state.text(HR, "displayName") == "HR"
    assert state.text(HR, "agents", "-") == "-"
    assert [thing.address for thing in state.of(HR.kind)] == [HR]


def test_a_ledger_knows_what_it_applied_and_nothing_else() -> None:
    state = AppliedState({HR: Thing(HR, {"displayName": Value("HR")})})
    assert state.cell(HR, "displayName") == Value("HR")
    assert state.cell(HR, "agents") == state.cell(SQL, "group") == NEVER
    assert (state.manages(HR), state.manages(SQL), state.known) == (True, False, False)


@pytest.mark.parametrize("test", Compare)
def test_of_an_unreadable_cell_nobody_can_tell_anything(test: Compare) -> None:
    state = LiveState({HR: Thing(HR, {"agents": FAILED})})
    assert holds(state, Condition(HR, "agents", test, AMS)) is None


@pytest.mark.parametrize(
    ("cell", "held"),
    [
        (Known("x"), {Compare.IS, Compare.EXISTS, Compare.LACKS, Compare.IS_EMPTY}),
        (Known("y"), {Compare.EXISTS, Compare.LACKS, Compare.IS_EMPTY}),
        (ABSENT, {Compare.IS_ABSENT, Compare.LACKS, Compare.IS_EMPTY}),
        (Known(frozenset()), {Compare.EXISTS, Compare.LACKS, Compare.IS_EMPTY}),
        (Known(frozenset({AMS})), {Compare.EXISTS, Compare.HOLDS}),
    ],
    ids=["the value", "another value", "absent", "nobody", "somebody"],
)
def test_a_condition_holds_where_the_cell_says_so(cell: Known | type[ABSENT], held: set[Compare]) -> None:
    state = LiveState({HR: Thing(HR, {"k": cell})})
    values = {Compare.IS: "x", Compare.HOLDS: AMS, Compare.LACKS: AMS}
    assert {test for test in Compare if holds(state, Condition(HR, "k", test, values.get(test)))} == held


def test_a_condition_reads_as_a_sentence() -> None:
    assert str(Condition(HR, "agents", Compare.HOLDS, AMS)) == "group/hr agents holds agent/ams"
    assert str(Condition(HR, "displayName", Compare.EXISTS)) == "group/hr displayName exists"


def test_a_new_edge_does_not_serve_until_it_has_settled() -> None:
    state = LiveState({HR: Thing(HR, {"displayName": Known("HR"), "agents": Known(frozenset())})})
    joined = after(state, AddMember(AMS, HR))
    assert joined.unsettled == {Edge(AMS, HR)}
    assert after(joined, Settle(frozenset({Edge(FRA, HR)}), 1.0)).unsettled == {Edge(AMS, HR)}
    assert after(joined, Settle(frozenset({Edge(AMS, HR)}), 1.0)).unsettled == frozenset()
    assert after(after(joined, Assign(SQL, HR)), Settle(frozenset({Edge(SQL, HR)}), 1.0)).unsettled == {Edge(AMS, HR)}


def test_a_schema_is_written_where_nothing_would_change() -> None:
    live = ObjectMapping("User", "User", attributes={"mail": MAIL})
    wanted = DesiredMapping("User", "User", attributes={"mail": DesiredAttribute("mail", MAIL.source)})
    step = WriteSchema(SQL, {"User": wanted})
    gone = WriteSchema(SQL, {"User": wanted}, {"User": ("mail",)})

    def state(cell: object) -> LiveState:
        return LiveState({SQL: Thing(SQL, {"mapping/User": cell})})

    assert schema_written(state(Known(live)), step) is True
    assert schema_written(state(Known(ObjectMapping("User", "User"))), step) is False
    assert schema_written(state(Known(live)), gone) is False
    assert schema_written(state(FAILED), step) is None
    assert schema_written(LiveState({}), step) is False


def test_a_schema_step_leaves_alone_what_is_not_there() -> None:
    state = LiveState({SQL: Thing(SQL, {"mapping/User": FAILED})})
    assert after(state, WriteSchema(SQL, {"User": DesiredMapping("User", "User")})) == state


def test_an_overlay_changes_what_is_named_and_nothing_else() -> None:
    live = ObjectMapping("User", "User", match=("mail", "id"), attributes={"mail": MAIL, "id": MAIL, "old": MAIL})
    wanted = DesiredMapping(
        "User",
        "User",
        filter=Clear(),
        attributes={
            "id": DesiredAttribute("id", Clear()),
            "new": DesiredAttribute("new", Source(SourceKind.CONSTANT, "x")),
            "mail": DesiredAttribute("mail", MAIL.source, default=Clear()),
        },
    )
    laid = overlay(live, wanted, ["old"])
    assert set(laid.attributes) == {"mail", "new"}
    assert laid.attributes["mail"].default is None
    assert laid.match == ("mail",)
    assert (laid.flow, laid.enabled) == (live.flow, live.enabled)


def test_an_attribute_whose_source_is_cleared_keeps_only_its_default() -> None:
    assert overlay_attribute(MAIL, DesiredAttribute("mail", Clear())).source == Source(SourceKind.NOTHING)


def test_settings_of_the_connection_need_their_values_before() -> None:
    step = WriteConnection(SQL, {"connector.url": "b", "provisioning.notify": "x"}, {}, {"connector.url": "a"})
    assert pre(step) == (Condition(SQL, "connector.url", Compare.IS, "a"),)
    undo = inverse(step)
    assert isinstance(undo, WriteConnection)
    assert undo.settings == {"connector.url": "a", "provisioning.notify": None}
    assert undo.before == step.settings


def test_a_secret_cannot_be_brought_back() -> None:
    step = WriteConnection(SQL, {}, {"connector.secretToken": SecretSource(1, env="T")})
    assert isinstance(inverse(step), str)
    assert after(LiveState({}), step).cell(SQL, "connector.secretToken") == Unreadable(Reason.MASKED)


def test_a_token_that_is_taken_away_is_gone_once_it_is_no_longer_masked_and_cannot_be_brought_back() -> None:
    step = WriteConnection(SQL, {"connector.secretToken": None}, {})
    masked = LiveState({}).with_cells(SQL, {"connector.secretToken": Unreadable(Reason.MASKED)})
    (gone,) = post(step)
    assert (holds(masked, gone), holds(after(masked, step), gone)) == (False, True)
    assert isinstance(inverse(step), str)


def test_the_updater_is_one_thing() -> None:
    state = after(LiveState({}), SetUpdater({"window.start": "01:00", "deferUntil": None}))
    assert state.cell(UPDATER, "window.start") == Known("01:00")
    assert state.cell(UPDATER, "deferUntil") == ABSENT


def test_a_thing_without_cells_is_made_where_none_was() -> None:
    state = LiveState({}).with_cells(group("x"), {"displayName": Known("X")})
    assert state.cell(group("x"), "displayName") == Known("X")
    assert state.without(group("x")).things == {}
    assert LiveState({}).without(agent("x")).things == {}
    assert app("x") not in state.things


def test_a_job_is_created_off_then_started_then_paused() -> None:
    created = after(LiveState({}), CreateJob(SQL, "scim"))
    assert created.cell(SQL, "job.template") == Known("scim")
    assert created.cell(SQL, "job.enabled") == Known(value=False)
    started = after(created, StartJob(SQL))
    assert started.cell(SQL, "job.enabled") == Known(value=True)
    paused = after(started, PauseJob(SQL))
    assert paused.cell(SQL, "job.enabled") == Known(value=False)
    assert inverse(PauseJob(SQL, interrupts=True)) == StartJob(SQL, resumes=True)
    assert inverse(StartJob(SQL)) == PauseJob(SQL)


EVERY_STEP_THAT_CAN_BE_UNDONE = [
    (CreateGroup(HR, "HR"), DeleteGroup(HR, "HR")),
    (RenameGroup(HR, "new", "old"), RenameGroup(HR, "old", "new")),
    (AddMember(AMS, HR), RemoveMember(AMS, HR)),
    (CreateResource(SQL, "sql", "SQL"), DeleteResource(SQL, "sql", "SQL")),
    (RenameResource(SQL, "new", "old"), RenameResource(SQL, "old", "new")),
    (Assign(SQL, HR), Unassign(SQL, HR)),
    (StartJob(SQL), PauseJob(SQL)),
]


@pytest.mark.parametrize(("step", "undo"), EVERY_STEP_THAT_CAN_BE_UNDONE, ids=lambda step: type(step).__name__)
def test_a_step_and_its_inverse_undo_each_other_and_fit(step: Step, undo: Step) -> None:
    assert inverse(step) == undo
    assert inverse(undo) == step
    for one, other in ((step, undo), (undo, step)):
        done = after(LiveState({}), one)
        assert all(holds(done, condition) for condition in post(one))
        assert all(holds(after(done, other), condition) for condition in post(other))
