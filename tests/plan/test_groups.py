"""What differs of agent groups, and what is done about it."""

from __future__ import annotations

from reconciler.model.address import Address, Kind, agent, app, group
from reconciler.model.bindings import Bindings
from reconciler.model.plan import Action, Cause
from reconciler.model.steps import AddMember, CreateGroup, DeleteGroup, RemoveMember, RenameGroup
from tests.plan.worlds import (
    CLEAR,
    FAILED,
    World,
    agents_of,
    live_agents,
    live_app,
    live_group,
    place_of,
    wanted_agents,
    wanted_app,
)

HR = group("hr")


def world(desired: dict[str, object] | None = None, *live: str, **more: object) -> World:
    """A group `hr` that the spec declares, with live members, and two registered agents."""
    wanted = wanted_agents("a", "b") | ({HR: desired} if desired is not None else {})
    return World(wanted, live_agents("a", "b") | live_group("hr", *live, name="HR"), **more)


def test_a_group_that_the_service_does_not_hold_is_made_with_its_agents() -> None:
    here = World(wanted_agents("a") | {HR: {"displayName": "HR", "agents": ["a"]}}, live_agents("a"))
    change = here.the_change()
    assert (change.action, change.reason, change.place) == (
        Action.ADD,
        "the service has no group of this name",
        place_of(HR),
    )
    assert [(field.key, field.before, field.after) for field in change.fields] == [
        ("displayName", None, "HR"),
        ("agents", None, agents_of("a")),
    ]
    assert here.steps() == (CreateGroup(HR, "HR"), AddMember(agent("a"), HR))


def test_a_group_that_somebody_deleted_is_drift() -> None:
    here = World({HR: {"displayName": "HR"}}, {}, {HR: {"displayName": "HR"}})
    change = here.the_change()
    assert [field.cause for field in change.fields] == [Cause.DRIFT]
    assert change.reason == "somebody deleted it at the service"


def test_a_new_group_without_a_name_waits_for_one() -> None:
    change = World({HR: {"agents": []}}, {}).the_change()
    assert "displayName" in change.blocked
    assert World({HR: {"agents": []}}, {}).steps() == ()


def test_members_that_the_spec_omits_leave_even_without_a_ledger() -> None:
    here = world({"agents": ["b"]}, "a")
    assert here.the_change().action is Action.CHANGE
    assert set(here.steps()) >= {AddMember(agent("b"), HR), RemoveMember(agent("a"), HR)}


def test_a_member_without_a_key_leaves_too() -> None:
    stranger = Address.unbound(Kind.AGENT, "x1")
    here = World(
        {HR: {"agents": []}}, {stranger: {"machineName": "x"}, HR: {"displayName": "HR", "agents": [stranger]}}
    )
    here.live[HR] = {"displayName": "HR", "agents": frozenset({stranger})}
    assert here.steps() == (RemoveMember(stranger, HR),)


def test_members_that_the_spec_clears_leave() -> None:
    assert world({"agents": CLEAR}, "a").steps() == (RemoveMember(agent("a"), HR),)


def test_members_that_the_spec_does_not_name_stay() -> None:
    here = world({"displayName": "HR"}, "a")
    assert here.diff().changes == ()
    assert here.diff().in_sync == 1


def test_another_name_is_a_rename_in_place() -> None:
    here = world({"displayName": "People"})
    change = here.the_change()
    assert (change.action, change.reason) == (Action.MOVE, "renamed in the spec: previously HR")
    assert here.steps() == (RenameGroup(HR, "People", "HR"),)


def test_a_name_that_somebody_changed_is_changed_back() -> None:
    here = world({"displayName": "People"}, applied={HR: {"displayName": "People"}})
    (field,) = here.the_change().fields
    assert (field.cause, here.the_change().reason) == (Cause.DRIFT, "changed at the service")


def test_both_may_have_moved() -> None:
    here = world({"displayName": "People"}, applied={HR: {"displayName": "Staff"}})
    (field,) = here.the_change().fields
    assert (field.cause, here.the_change().reason) == (Cause.BOTH, "the spec changed, and so did the service")


def test_only_the_spec_moved() -> None:
    here = world({"agents": ["a", "b"]}, "a", applied={HR: {"agents": ["a"]}})
    (field,) = here.the_change().fields
    assert (field.cause, here.the_change().reason) == (Cause.PENDING, "the spec changed")


def test_a_key_that_was_renamed_keeps_what_was_applied_under_the_old_key() -> None:
    here = World(
        wanted_agents("a") | {HR: {"displayName": "HR", "previously.key": "fin"}},
        live_agents("a") | live_group("hr", name="FIN"),
        {group("fin"): {"displayName": "HR"}, app("x"): {"group": "fin"}, group("y"): {"agents": ["a"]}},
    )
    (field,) = here.the_change().fields
    assert field.cause is Cause.DRIFT
    assert DeleteGroup not in map(type, here.steps())


def test_an_agent_that_is_not_registered_is_blocked_and_asked_for_nowhere() -> None:
    here = World(wanted_agents("a", "z") | {HR: {"agents": ["a", "z"]}}, live_agents("a") | live_group("hr"))
    blocked = here.diff().blocked
    assert [(change.address, change.blocked) for change in blocked] == [(agent("z"), "install the agent on z.local")]
    assert here.steps() == (AddMember(agent("a"), HR),)


def test_an_agent_that_was_there_before_is_missed_in_other_words() -> None:
    here = World({agent("z"): {}}, {}, {agent("z"): {"machineName": "z"}})
    assert here.the_change().reason == "it is no longer registered"
    assert here.the_change().blocked == "install the agent on z"


def test_an_unreadable_group_is_neither_made_nor_changed() -> None:
    here = World(
        wanted_agents("a") | {HR: {"displayName": "People", "agents": ["a"]}},
        live_agents("a") | {HR: {"displayName": FAILED, "agents": FAILED}},
    )
    assert here.diff().changes == ()
    assert [(unknown.key, unknown.cell) for unknown in here.diff().unverifiable] == [
        ("displayName", FAILED),
        ("agents", FAILED),
    ]


def test_unreadable_members_leave_the_name_to_be_changed() -> None:
    here = World({HR: {"displayName": "People", "agents": []}}, {HR: {"displayName": "HR", "agents": FAILED}})
    assert here.steps() == (RenameGroup(HR, "People", "HR"),)


def test_a_group_gone_from_the_spec_is_emptied_and_deleted_where_the_ledger_knows_it() -> None:
    here = world(None, "a", "b", applied={HR: {"displayName": "HR"}})
    change = here.the_change()
    assert (change.action, change.reason) == (Action.REMOVE, "gone from the spec")
    assert here.steps() == (RemoveMember(agent("a"), HR), RemoveMember(agent("b"), HR), DeleteGroup(HR, "HR"))


def test_a_group_gone_from_the_spec_stays_where_nobody_knows_whose_it_is() -> None:
    assert world(None, "a", applied={}).diff().changes == ()
    assert world(None, "a").diff().changes == ()


def test_an_empty_group_is_just_deleted() -> None:
    assert world(None, applied={HR: {}}).steps() == (DeleteGroup(HR, "HR"),)


def test_the_default_group_is_never_deleted() -> None:
    here = World({}, live_group("hr", default=True), {HR: {}})
    assert here.diff().changes == ()


def test_a_group_whose_members_are_unreadable_is_not_deleted() -> None:
    here = World({}, {HR: {"displayName": "HR", "agents": FAILED}}, {HR: {}})
    assert "could not be read" in here.the_change().blocked
    assert here.steps() == ()


def test_a_group_that_nobody_could_read_is_not_deleted() -> None:
    assert World({}, {HR: {"displayName": FAILED}}, {HR: {}}).diff().changes == ()


def test_a_group_that_still_serves_an_app_is_not_deleted() -> None:
    here = World({}, live_group("hr") | live_app("erp", "hr"), {HR: {}})
    assert here.the_change().blocked == "it still serves app/erp: move that elsewhere first"


def test_a_group_that_an_unreadable_app_may_be_in_is_not_deleted() -> None:
    here = World({}, live_group("hr") | {app("erp"): {"group": FAILED}}, {HR: {}})
    assert here.the_change().blocked


def test_a_group_whose_apps_all_leave_in_the_same_plan_is_deleted() -> None:
    here = World(
        {group("web"): {}} | wanted_app("erp", "web"),
        live_group("hr") | live_group("web") | live_app("erp", "hr"),
        {HR: {}},
    )
    assert DeleteGroup(HR, "hr") in here.steps()


def test_a_group_stays_while_its_app_may_not_leave() -> None:
    here = World(
        {group("web"): {}} | wanted_app("erp", "web", job__enabled=True),
        live_group("hr") | live_group("web") | live_app("erp", "hr", job__id=None, job__template=None),
        {HR: {}},
        ids=Bindings(groups={HR: "1"}),
    )
    assert all(change.blocked for change in here.diff().changes)


def test_what_nobody_manages_is_only_named() -> None:
    stranger = Address.unbound(Kind.GROUP, "g9")
    system = Address.unbound(Kind.GROUP, "g0")
    here = World({}, {stranger: {"displayName": "?"}, system: {"displayName": "Default", "isDefault": True}}, {})
    assert here.diff().unmanaged == (stranger,)
    assert here.steps() == ()


def test_a_name_of_other_case_was_not_renamed_by_the_spec() -> None:
    here = World({HR: {"displayName": "HR"}}, {HR: {"displayName": "hr"}})
    assert here.the_change().reason == "the service writes its name hr"
