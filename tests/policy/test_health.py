"""How agents, groups and apps are: each sentence, and the order in which they are told."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from msgspec.structs import replace

from reconciler.model.address import Address, Kind, agent, app, group
from reconciler.model.cells import Reason, Unreadable
from reconciler.model.fields import Surface
from reconciler.model.spec import Profile
from reconciler.model.states import Edge, LiveState
from reconciler.policy.health import Grade, health
from tests.plan.worlds import FAILED, World, live_agents, live_app, live_group, wanted_app, with_profile

P, G = app("p"), group("g")
TWO = Profile("two", min_declared=3, min_active=2, max_active=3)
RUNS: Mapping[str, object] = {"job.template": "scim", "job.enabled": True, "job.status": "Active"}
Values = Mapping[str, object]


def world(members: str = "abc", down: str = "", **job: object) -> World:
    """Three agents, one group, and one app with a job that runs, unless something else is said of it."""
    agents = live_agents(*"abc") | live_agents(*down, status="inactive")
    desired: dict[Address, Values] = {agent(key): {} for key in "abc"}
    desired |= {G: {}} | wanted_app("p", "g")
    desired[P] = {**desired[P], "job.template": "default", "job.enabled": True}
    live = agents | live_group("g", *members) | live_app("p", "g")
    live[P] = {**live[P], **RUNS, **{f"job.{key}": value for key, value in job.items()}}
    return with_profile(World(desired, live), TWO)


def told(here: World, address: Address, state: LiveState | None = None) -> tuple[str, str]:
    found = {each.address: each for each in health(here.spec, state or here.state)}
    return found[address].grade.name, found[address].why


def test_what_is_as_it_should_be_is_well() -> None:
    found = health(world().spec, world().state)
    assert {each.grade for each in found} == {Grade.WELL}
    assert told(world(), agent("a")) == ("WELL", "active, member of g")
    assert told(world(), G) == ("WELL", "3 of 3 agents active")
    assert told(world(), P) == ("WELL", "served by 3 agents of g; its job runs")


@pytest.mark.parametrize(
    ("members", "down", "grade", "why"),
    [
        ("abc", "c", "WELL", "2 of 3 agents active"),
        ("abc", "bc", "ILL", "1 of 3 agents active; two asks for 2"),
        ("", "", "ILL", "0 of 0 agents active; two asks for 2"),
        ("ab", "", "AILING", "2 of 2 agents active; two asks for 3 members"),
    ],
)
def test_a_group_is_held_to_its_profile(members: str, down: str, grade: str, why: str) -> None:
    assert told(world(members, down), G) == (grade, why)


def test_a_group_of_more_active_agents_than_its_profile_allows_is_ailing() -> None:
    here = with_profile(world(), replace(TWO, max_active=2))
    assert told(here, G) == ("AILING", "3 of 3 agents active; two allows 2")


def test_a_group_whose_profile_nobody_defined_needs_one_active_agent() -> None:
    here = world("a", "a")
    here.desired[G] = {"availability": "nobody's"}
    assert told(here, G) == ("ILL", "0 of 1 agent active; its profile asks for 1")
    here = world("a")
    here.desired[G] = {"availability": "nobody's"}
    assert told(here, G) == ("WELL", "1 of 1 agent active")


def test_a_member_that_does_not_serve_yet_is_told() -> None:
    here = world()
    here.unsettled = frozenset({Edge(agent("c"), G)})
    assert told(here, G) == ("AILING", "3 of 3 agents active, 1 of them not serving yet")
    assert told(here, P) == ("WELL", "served by 2 agents of g; its job runs")


def test_a_group_that_is_not_made_yet_is_ailing() -> None:
    here = world()
    del here.live[G]
    assert told(here, G) == ("AILING", "not at the service yet")


def test_an_agent_is_told_with_its_groups() -> None:
    here = world("ab", "b")
    assert told(here, agent("b")) == ("AILING", "inactive, member of g")
    assert told(here, agent("c")) == ("WELL", "active, member of no group")
    here.desired[agent("d")] = {}
    assert told(here, agent("d")) == ("AILING", "not registered")
    here = world("ab", "c")
    assert told(here, agent("c")) == ("WELL", "inactive, member of no group")
    here.desired[G] = {"standby": ["c"]}
    assert told(here, agent("c")) == ("WELL", "inactive, stands by for g")


@pytest.mark.parametrize(
    ("job", "grade", "why"),
    [
        (
            {"status": "Quarantine", "quarantine": "TooManyDeletes since 2026-11-24T10:00:00Z"},
            "ILL",
            "its job is in quarantine: TooManyDeletes since 2026-11-24T10:00:00Z",
        ),
        ({"status": "Quarantine"}, "ILL", "its job is in quarantine: no reason told"),
        ({"status": "NotConfigured", "enabled": False}, "AILING", "its job is not configured"),
        ({"status": "Paused", "enabled": False}, "AILING", "its job is off (Paused)"),
        ({"status": None, "enabled": None}, "AILING", "it has no job"),
        ({"status": FAILED, "enabled": FAILED}, "UNKNOWN", "the read failed: 403 Forbidden"),
        ({"status": Unreadable(Reason.OUT_OF_SCOPE)}, "UNKNOWN", "out of scope"),
    ],
)
def test_an_app_is_as_its_job_is(job: Values, grade: str, why: str) -> None:
    assert told(world(**job), P) == (grade, why)


@pytest.mark.parametrize("status", ["Paused", "NotConfigured", None])
def test_a_job_that_the_spec_leaves_alone_or_wants_off_is_no_fault(status: str | None) -> None:
    here = world(status=status, enabled=False)
    here.desired[P] = {"group": "g"}
    assert told(here, P)[0] == "WELL"
    here.desired[P] = {"group": "g", "job.template": "default", "job.enabled": False}
    assert told(here, P)[0] == ("WELL" if status == "Paused" else "AILING")


def test_an_app_without_a_principal_is_ill() -> None:
    here = world(status=None)
    state = here.state
    things = {**state.things, P: replace(state.things[P], live_id="")}
    assert told(here, P, replace(state, things=things)) == ("ILL", "there is no service principal for it")
    assert told(here, P, state.without(P)) == ("ILL", "no agent group serves it; there is no service principal for it")


def test_an_app_is_as_whoever_serves_it() -> None:
    here = world("ab", "ab")
    assert told(here, P) == ("ILL", "served by nobody: no agent of g is active and settled")
    here = world()
    here.live |= live_group("h", "a")
    here.live |= {P: {**here.live[P], **live_app("p", "g", "h")[P]}}
    assert told(here, P) == ("AILING", "in 2 groups: g, h")
    here.live[P] = {**here.live[P], "group": ()}
    assert told(here, P) == ("ILL", "no agent group serves it")


def test_an_app_that_the_spec_ties_to_no_agents_may_be_served_well() -> None:
    here = world()
    here.desired[P] = {"job.template": "default"}
    here.live[P] = {**here.live[P], "group": ()}
    assert told(here, P) == ("UNKNOWN", "who serves it is not known: the spec names neither resource nor group")


def test_what_was_not_read_is_unknown_and_neither_well_nor_ill() -> None:
    here = world()
    state = LiveState({}, unread={Surface.TOPOLOGY: FAILED, Surface.APPS: FAILED})
    assert {each.grade for each in health(here.spec, state)} == {Grade.UNKNOWN}


def test_what_nobody_manages_is_told_by_its_name_and_last() -> None:
    here = world()
    stranger, empty, default = (Address.unbound(Kind.GROUP, key) for key in ("old", "empty", "default"))
    machine, published, alone, lost = (
        Address.unbound(Kind.AGENT, "m"),
        *(Address.unbound(Kind.APP, key) for key in ("r", "s", "t")),
    )
    here.live |= {
        stranger: {"displayName": "Old", "agents": ["a"], "isDefault": False},
        empty: {"displayName": "Empty", "agents": [], "isDefault": False},
        default: {"displayName": "Default", "agents": [], "isDefault": True},
        machine: {"machineName": "prov-9", "status": "inactive"},
    }
    state = here.state
    more = World(live={published: {"resource.resourceName": "erp"}, alone: {}, lost: {}}).state.things
    state = replace(state, things={**state.things, **more})
    state = state.with_cells(published, {"group": known(stranger, G)})
    state = state.with_cells(alone, {"group": known()})
    state = state.with_cells(lost, {"group": FAILED})
    found = [each for each in health(here.spec, state) if each.grade is Grade.UNMANAGED]
    assert [(each.address.kind, each.name, each.why) for each in found] == [
        (Kind.APP, "", "served by nobody"),
        (Kind.APP, "", "unknown: the read failed"),
        (Kind.APP, "erp", "served by Old, g"),
        (Kind.GROUP, "Empty", "0 agents"),
        (Kind.GROUP, "Old", "1 agent"),
        (Kind.AGENT, "prov-9", "inactive"),
    ]
    assert told(here, agent("a"), state)[1] == "active, member of Old, g"
    state = state.with_cells(lost, {"group": absent()})
    assert told(here, lost, state) == ("UNMANAGED", "not published")


def known(*groups: Address) -> object:
    from reconciler.model.cells import Known

    return Known(frozenset(groups))


def absent() -> object:
    from reconciler.model.cells import ABSENT

    return ABSENT


def test_the_worst_comes_first_and_apps_before_groups_before_agents() -> None:
    here = world("abc", "bc", status="Quarantine")
    assert [(each.grade.name, str(each.address)) for each in health(here.spec, here.state)] == [
        ("ILL", "app/p"),
        ("ILL", "group/g"),
        ("AILING", "agent/b"),
        ("AILING", "agent/c"),
        ("WELL", "agent/a"),
    ]
