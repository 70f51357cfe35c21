"""The order of steps: what waits for what, what is shared, and what no order can do."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from reconciler.model.address import Address, agent, app, group
from reconciler.model.plan import PlannedStep, Ruling
from reconciler.model.spec import Acknowledgement, Interruption, Profile, Spec
from reconciler.model.states import Capabilities, Edge
from reconciler.model.steps import (
    AddMember,
    DeleteGroup,
    PauseJob,
    RemoveMember,
    Settle,
    StartJob,
    Step,
    Unassign,
)
from reconciler.plan.order import GaveUp, Impossible, Order, Ordered, judged, order
from tests.plan.worlds import (
    FAILED,
    World,
    kinds,
    live_agents,
    live_app,
    live_group,
    needs,
    wanted_agents,
    wanted_app,
    with_profile,
)

ALL = ("a", "b", "c", "d")
P, G, H = app("p"), group("g"), group("h")
AGENTS = live_agents(*ALL)


def world(desired: dict[Address, object], live: dict[Address, object], **more: object) -> World:
    return World(wanted_agents(*ALL) | desired, AGENTS | live, **more)


def swap(**more: object) -> World:
    """Group g serves app p; agent a leaves it, agent b comes."""
    return world({G: {"agents": ["b"]}} | wanted_app("p", "g"), live_group("g", "a") | live_app("p", "g"), **more)


def move(**more: object) -> World:
    """App p moves from g to h; both hold agents."""
    return world(
        {G: {}, H: {}} | wanted_app("p", "h", job__enabled=True),
        live_group("g", "a", "b") | live_group("h", "c", "d") | live_app("p", "g"),
        **more,
    )


def test_a_member_leaves_only_when_the_new_one_serves() -> None:
    assert needs(swap().plan()) == {
        "AddMember g b": set(),
        "Settle b>g": {"AddMember g b"},
        "RemoveMember g a": {"Settle b>g"},
    }


def test_the_wait_is_as_long_as_the_policy_says() -> None:
    here = swap()
    here.policy = replace(here.policy, settle_seconds=42)
    assert [step.seconds for step in here.steps() if isinstance(step, Settle)] == [42]


def test_an_app_leaves_its_group_only_when_the_new_one_serves() -> None:
    assert needs(move().plan()) == {
        "Assign h p": set(),
        "Settle p>h": {"Assign h p"},
        "Unassign g p": {"Settle p>h"},
    }


def test_nobody_waits_where_nothing_is_served() -> None:
    here = world({G: {"agents": ["b"]}}, live_group("g", "a"))
    assert needs(here.plan()) == {"AddMember g b": set(), "RemoveMember g a": set()}


def test_nobody_waits_where_nothing_new_comes() -> None:
    here = world({G: {"agents": ["b"]}} | wanted_app("p", "g"), live_group("g", "a", "b") | live_app("p", "g"))
    assert kinds(here.steps()) == ["RemoveMember"]


def test_nobody_waits_where_nothing_is_taken_away() -> None:
    here = world({G: {"agents": ["a", "b"]}} | wanted_app("p", "g"), live_group("g", "a") | live_app("p", "g"))
    assert kinds(here.steps()) == ["AddMember"]


def test_what_an_earlier_run_made_and_has_not_settled_is_waited_for() -> None:
    here = world(
        {G: {}, H: {}} | wanted_app("p", "h"),
        live_group("g", "a") | live_group("h", "b") | live_app("p", "g", "h"),
        unsettled=frozenset({Edge(P, H), Edge(agent("b"), H), Edge(agent("c"), group("other"))}),
    )
    assert needs(here.plan()) == {"Settle b>h p>h": set(), "Unassign g p": {"Settle b>h p>h"}}


def test_a_new_group_is_made_filled_assigned_and_only_then_relied_on() -> None:
    here = world(
        {G: {"agents": []}, H: {"displayName": "H", "agents": ["b"]}} | wanted_app("p", "h", job__enabled=True),
        live_group("g", "a") | live_app("p", "g", job__enabled=False),
    )
    settle = "Settle b>h p>h"
    assert needs(here.plan()) == {
        "CreateGroup h": set(),
        "AddMember h b": {"CreateGroup h"},
        "Assign h p": {"CreateGroup h"},
        settle: {"AddMember h b", "Assign h p"},
        "RemoveMember g a": {settle},
        "Unassign g p": {settle},
        "StartJob p": {"Assign h p", "Unassign g p"},
    }


def test_a_job_starts_only_when_somebody_serves_its_app() -> None:
    none = {"job__id": None, "job__template": None, "job__enabled": None}
    here = world(
        {G: {}} | wanted_app("p", "g", job__template="default", job__enabled=True, provisioning__scope="all"),
        live_group("g", "a") | {P: {key.replace("__", "."): value for key, value in none.items()}},
    )
    assert needs(here.plan()) == {
        "CreateResource p": set(),
        "CreateJob p": set(),
        "Assign g p": {"CreateResource p"},
        "WriteConnection p": {"CreateJob p"},
        "Settle p>g": {"Assign g p"},
        "StartJob p": {"CreateResource p", "CreateJob p", "Assign g p", "WriteConnection p", "Settle p>g"},
    }


def test_a_job_is_paused_before_its_app_is_written() -> None:
    here = world(wanted_app("p", job__enabled=False, provisioning__scope="all"), live_app("p"))
    assert needs(here.plan()) == {"PauseJob p": set(), "WriteConnection p": {"PauseJob p"}}


def test_a_group_is_deleted_when_it_is_empty() -> None:
    here = world(
        {H: {}} | wanted_app("p", "h"),
        live_group("g", "a") | live_group("h", "b") | live_app("p", "g"),
        applied={G: {}},
    )
    found = needs(here.plan())
    assert found["DeleteGroup g"] == {"RemoveMember g a", "Unassign g p"}
    assert found["RemoveMember g a"] == {"Settle p>h"}


def test_independent_components_share_no_edge_and_wait_at_the_same_time() -> None:
    here = world(
        {G: {"agents": ["b"]}, H: {"agents": ["d"]}} | wanted_app("p", "g") | wanted_app("q", "h"),
        live_group("g", "a") | live_group("h", "c") | live_app("p", "g") | live_app("q", "h"),
    )
    made = here.plan()
    assert needs(made)["RemoveMember g a"] == {"Settle b>g"}
    assert needs(made)["RemoveMember h c"] == {"Settle d>h"}
    assert made.budget.settling == 1200


def test_apps_join_groups_whose_members_change_into_one_component() -> None:
    here = world(
        {G: {"agents": ["b"]}, H: {"agents": ["d"]}} | wanted_app("p", "h"),
        live_group("g", "a") | live_group("h", "c") | live_app("p", "g"),
    )
    assert [len(step.edges) for step in here.steps() if isinstance(step, Settle)] == [3]


def names(*renames: tuple[str, str, str]) -> World:
    live = {group(key): {"displayName": before, "agents": ()} for key, before, _ in renames if before}
    return World({group(key): {"displayName": after} for key, _, after in renames}, live)


def test_a_name_is_freed_before_it_is_taken() -> None:
    made = names(("g", "X", "Y"), ("h", "Y", "Z"), ("i", "", "X")).plan()
    assert needs(made) == {
        "RenameGroup h": set(),
        "RenameGroup g": {"RenameGroup h"},
        "CreateGroup i": {"RenameGroup g"},
    }


def test_names_that_are_swapped_need_no_third_one() -> None:
    made = names(("g", "X", "Y"), ("h", "Y", "X"), ("i", "Q", "X")).plan()
    assert sorted(map(len, needs(made).values())) == [0, 1, 1]


def test_a_name_that_changes_by_case_alone_frees_nothing() -> None:
    assert needs(names(("g", "hr", "HR")).plan()) == {"RenameGroup g": set()}


def test_an_app_that_can_only_be_in_one_group_is_paused_while_it_moves() -> None:
    made = move(several=False, acks=(Acknowledgement(P),)).plan()
    assert needs(made) == {
        "PauseJob p": set(),
        "Unassign g p": {"PauseJob p"},
        "Assign h p": {"Unassign g p"},
        "Settle p>h": {"Assign h p"},
        "StartJob p": {"PauseJob p", "Unassign g p", "Assign h p", "Settle p>h"},
    }
    assert made.steps[0].step == PauseJob(P, interrupts=True)
    assert made.steps[-1].step == StartJob(P, resumes=True)
    assert made.verdict.ruling is Ruling.ACKNOWLEDGED
    assert any("unserved for about 20 min" in note for note in made.notes)


def test_the_new_group_has_its_agents_before_an_app_is_interrupted_for_it() -> None:
    here = world(
        {G: {}, H: {"displayName": "H", "agents": ["c"]}} | wanted_app("p", "h"),
        live_group("g", "a") | live_app("p", "g"),
        several=False,
    )
    assert needs(here.plan())["Unassign g p"] == {"PauseJob p", "CreateGroup h", "AddMember h c"}


def test_an_interruption_asks_for_a_persons_word() -> None:
    made = move(several=False).plan()
    (guard,) = [guard for guard in made.verdict.guards if guard.guard == "interruption"]
    assert guard.ruling is Ruling.REFUSED
    assert [address for address, _ in guard.addresses] == [P]


def test_an_app_whose_job_nobody_would_resume_after_a_crash_is_not_interrupted() -> None:
    here = move(several=False)
    here.desired |= wanted_app("p", "h")
    guard = here.plan().verdict.guards[0]
    assert (guard.guard, guard.ruling) == ("order", Ruling.REFUSED)
    assert "job: {enabled: true}" in guard.message


@pytest.mark.parametrize(
    ("enabled", "wanted", "expected"), [(False, None, []), (True, False, ["PauseJob"]), (False, True, ["StartJob"])]
)
def test_only_a_job_that_runs_is_paused_and_resumed(enabled: bool, wanted: bool | None, expected: list[str]) -> None:
    here = move(several=False)
    here.live |= live_app("p", "g", job__enabled=enabled)
    here.desired |= wanted_app("p", "h", **({} if wanted is None else {"job__enabled": wanted}))
    assert [kind for kind in kinds(here.steps()) if kind.endswith("Job")] == expected


def test_an_app_that_nobody_serves_moves_without_a_pause() -> None:
    here = world(
        {G: {}, H: {}} | wanted_app("p", "h"),
        live_group("g") | live_group("h", "c") | live_app("p", "g"),
        several=False,
    )
    made = here.plan()
    assert needs(made) == {"Unassign g p": set(), "Assign h p": {"Unassign g p"}}


def test_several_groups_are_assumed_where_nobody_knows_and_the_plan_says_so() -> None:
    made = move(several=None).plan()
    assert kinds(planned.step for planned in made.steps) == ["Assign", "Settle", "Unassign"]
    assert any("not known" in note for note in made.notes)


NEVER = Profile("never", min_active=1, interruption=Interruption.NEVER)


def ordered(here: World, steps: tuple[Step, ...] | None = None) -> Order:
    given = here.steps() if steps is None else steps
    return order(here.state, given, here.spec, Capabilities(here.several))


def test_a_move_that_must_interrupt_and_may_not_is_impossible_and_proven_so() -> None:
    found = ordered(with_profile(move(several=False), NEVER), move().steps()[::2])
    assert isinstance(found, Impossible)
    assert found.counterexample == (Unassign(P, G),)
    assert "acknowledged" in found.unblock
    made = with_profile(move(several=False), NEVER).plan()
    assert made.verdict.ruling is Ruling.REFUSED
    assert not made.is_empty


def test_an_interruption_of_a_job_that_nobody_could_read_is_given_up() -> None:
    here = move(several=False)
    here.live |= live_app("p", "g", job__enabled=FAILED)
    made = here.plan()
    assert (made.verdict.guards[0].guard, made.verdict.guards[0].ruling) == ("order", Ruling.REFUSED)
    assert "app/p" in made.verdict.guards[0].message


@pytest.mark.parametrize("live", [live_group("g", "a"), live_group("g") | live_app("p", "g")])
def test_a_group_that_nothing_empties_cannot_be_deleted(live: dict[Address, object]) -> None:
    found = ordered(world({}, live), (DeleteGroup(G, "g"),))
    assert isinstance(found, Impossible)
    assert found.counterexample == (DeleteGroup(G, "g"),)


def test_an_order_that_breaks_the_invariant_is_not_passed_on() -> None:
    here = swap()
    found = ordered(here, (AddMember(agent("b"), G), RemoveMember(agent("a"), G)))
    assert isinstance(found, Ordered)
    hasty = replace(found, least=world({}, live_group("g") | live_app("p", "g")).state)
    given_up = judged(here.state, here.spec, hasty)
    assert isinstance(given_up, GaveUp)
    assert given_up.component == (P,)


def test_an_empty_list_is_ordered() -> None:
    found = order(swap().state, (), Spec(swap().spec.desired, swap().spec.tenant, swap().policy), Capabilities())
    assert isinstance(found, Ordered)
    assert found.steps == ()


def test_ids_follow_the_sequence() -> None:
    made = swap().plan()
    assert [planned.id for planned in made.steps] == ["s1", "s2", "s3"]
    assert all(isinstance(planned, PlannedStep) for planned in made.steps)
