"""Who serves an app, and when too few do."""

from __future__ import annotations

import pytest

from reconciler.model.address import agent, app, group
from reconciler.model.plan import Fewest
from reconciler.model.spec import Policy, Profile
from reconciler.model.states import Edge
from reconciler.policy.availability import Shortfall, broken, fewest, is_active, minimum, serving
from reconciler.policy.profiles import BUILT_IN, profile_of
from tests.plan.worlds import FAILED, World, agents_of, live_agents, live_app, live_group, wanted_app, with_profile

P, G, H = app("p"), group("g"), group("h")
TWO = Profile("two", min_active=2)


def live(*members: str, down: tuple[str, ...] = (), unsettled: tuple[Edge, ...] = ()) -> World:
    agents = live_agents("a", "b", "c") | live_agents(*down, status="inactive")
    here = World({G: {}} | wanted_app("p", "g"), agents | live_group("g", *members) | live_app("p", "g"))
    here.unsettled = frozenset(unsettled)
    return with_profile(here, TWO)


def test_active_members_of_the_apps_group_serve_it() -> None:
    assert serving(live("a", "b", "c", down=("c",)).state, P) == agents_of("a", "b")


@pytest.mark.parametrize("unsettled", [Edge(agent("a"), G), Edge(P, G)])
def test_what_has_not_settled_does_not_serve(unsettled: Edge) -> None:
    assert agent("a") not in serving(live("a", "b", unsettled=(unsettled,)).state, P)


def test_an_app_in_two_groups_is_served_by_both() -> None:
    here = live("a")
    here.live |= live_group("h", "b") | live_app("p", "g", "h")
    assert serving(here.state, P) == agents_of("a", "b")


def test_an_agent_of_unknown_status_counts() -> None:
    here = live("a")
    here.live[agent("a")] = {"status": FAILED}
    assert is_active(here.state, agent("a"))
    assert not is_active(here.state, agent("nobody"))


@pytest.mark.parametrize(
    ("before", "now", "after", "short"),
    [
        ("abc", "ab", "abc", None),
        ("abc", "a", "abc", Shortfall(P, 1, 2, 3, 3)),
        ("a", "", "abc", Shortfall(P, 0, 1, 1, 3)),
        ("abc", "", "c", Shortfall(P, 0, 1, 3, 1)),
        ("", "", "abc", None),
        ("abc", "", "", None),
    ],
)
def test_the_least_of_before_after_and_the_profile_is_kept(
    before: str, now: str, after: str, short: Shortfall | None
) -> None:
    first, last = live(*before), live(*after)
    assert list(broken(first.state, last.state, last.spec, live(*now).state)) == ([short] if short else [])


def test_only_the_apps_asked_for_are_judged() -> None:
    assert list(broken(live("a").state, live("a").state, live().spec, live().state, ())) == []


def test_the_profile_of_the_apps_group_says_how_many_and_one_is_the_least() -> None:
    here = live("a")
    assert minimum(here.spec, here.state, P) == 2
    assert minimum(here.spec, here.state, app("nobody")) == 1
    assert minimum(with_profile(here, Profile("none", min_active=0)).spec, here.state, P) == 1


def test_a_profile_that_nobody_defined_asks_for_one() -> None:
    here = live("a")
    here.policy = Policy(availability="nope")
    assert minimum(here.spec, here.state, P) == 1


def test_the_group_with_the_smallest_margin_is_found() -> None:
    here = live("a", "b", "c")
    here.live |= live_group("h", "a")
    assert fewest(here.state, (live("a").state,), here.spec, (G, H)) == Fewest(H, 0, 1)
    assert fewest(here.state, (live("a", "b").state,), here.spec, (G,)) == Fewest(G, 2, 3)
    assert fewest(here.state, (), here.spec, ()) is None
    assert fewest(live().state, (here.state,), here.spec, (G,)) is None


def test_a_group_of_its_own_profile_is_held_to_that_one() -> None:
    here = live()
    here.desired[G] = {"availability": "scim-two-active"}
    spec = here.spec
    assert profile_of(spec.policy, spec.desired.things[G]) == BUILT_IN["scim-two-active"]
    assert profile_of(spec.policy, None) == TWO


def test_a_spec_may_replace_a_built_in_profile() -> None:
    own = Profile("three-active", min_active=9)
    assert profile_of(Policy(profiles={"three-active": own}), None) == own
    assert profile_of(Policy(availability="nope"), None) is None


@pytest.mark.parametrize("profile", BUILT_IN.values(), ids=str)
def test_built_in_profiles_let_one_of_several_agents_be_restarted(profile: Profile) -> None:
    assert profile.min_active == max(1, profile.min_declared - 1)
