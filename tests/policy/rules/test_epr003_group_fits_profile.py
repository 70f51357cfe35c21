"""EPR003: a group has the agents that its profile of availability asks for."""

import pytest

from reconciler.model.address import agent, group
from reconciler.model.cells import Known, Reason, Unreadable
from reconciler.model.finding import Finding, Severity
from reconciler.model.spec import Policy, Profile, Spec
from reconciler.policy.rules.epr003_group_fits_profile import check, check_live
from tests.policy.rules.specs import CLEAR, Values, build, live, place_of, sound

PAIR = Profile("pair", min_declared=2, min_active=2, max_active=2, standby=1)
POLICY = Policy(availability="pair", profiles={"pair": PAIR})


def spec_with(**values: object) -> Spec:
    return build(groups={"hr": values}, policy=POLICY)


def found(**values: object) -> list[Finding]:
    return list(check(spec_with(**values)))


def test_a_sound_spec_passes() -> None:
    assert not list(check(sound()))


def test_a_group_that_fits_passes() -> None:
    assert not found(agents=["a", "b"], standby=["c"])


@pytest.mark.parametrize("values", [{"agents": ["a"]}, {"agents": []}, {"agents": CLEAR}])
def test_too_few_members(values: Values) -> None:
    (finding,) = found(**values, standby=["c"])
    assert (finding.rule, finding.address, finding.place) == ("EPR003", "group/hr", place_of(group("hr"), "agents"))
    assert "pair asks for at least 2" in finding.message


def test_too_many_members() -> None:
    (finding,) = found(agents=["a", "b", "c"], standby=["d"])
    assert "pair asks for at most 2" in finding.message
    assert finding.found == "a, b, c"


def test_no_standby_agent_is_found_at_the_group_where_it_names_none() -> None:
    (finding,) = found(agents=["a", "b"])
    assert (finding.place, finding.found) == (place_of(group("hr")), "no standby agents")


def test_members_that_the_spec_leaves_alone_are_not_counted() -> None:
    assert not found(displayName="HR", standby=["c"])


def test_a_group_chooses_its_own_profile() -> None:
    single = Profile("single", min_declared=1)
    policy = Policy(availability="pair", profiles={"pair": PAIR, "single": single})
    assert not list(check(build(groups={"hr": {"agents": ["a"], "availability": "single"}}, policy=policy)))


def test_a_profile_that_nobody_defined_is_another_rules_fault() -> None:
    spec = build(groups={"hr": {"agents": ["a", "b"], "availability": "nope"}})
    assert not list(check(spec))
    assert not list(check_live(spec, live({"a": "active"})))


def test_too_few_active_agents_are_named() -> None:
    spec = spec_with(agents=["a", "b"], standby=["c"])
    (finding,) = check_live(spec, live({"a": "active", "b": "inactive"}))
    assert finding.message == "group/hr has 1 active agent of 2; pair asks for 2"
    assert (finding.found, finding.place) == ("not active: b", place_of(group("hr"), "agents"))
    assert finding.severity is Severity.ERROR  # The judgement over all rules weighs it as a warning.


def test_an_agent_that_never_registered_is_not_active() -> None:
    assert list(check_live(spec_with(agents=["a", "b"]), live({"a": "active"})))


def test_an_agent_of_unknown_status_counts_as_active() -> None:
    state = live({"a": "active", "b": Unreadable(Reason.FAILED)})
    assert not list(check_live(spec_with(agents=["a", "b"]), state))


def test_a_group_without_any_active_agent_is_left_to_the_rule_that_says_which_apps_suffer() -> None:
    assert not list(check_live(spec_with(agents=["a", "b"]), live({"a": "inactive"})))


def test_a_profile_that_asks_for_more_active_agents_than_are_declared_is_no_silent_promise() -> None:
    policy = Policy(availability="odd", profiles={"odd": Profile("odd", min_declared=1, min_active=2)})
    spec = build(groups={"hr": {"agents": ["c"]}}, policy=policy)
    (finding,) = check_live(spec, live({"c": "active"}))
    assert finding.message == "group/hr has 1 active agent of 1; odd asks for 2"
    assert finding.found == "active: c"


def test_members_that_the_spec_leaves_alone_count_as_they_are_live() -> None:
    spec = spec_with(displayName="HR")
    state = live({"a": "active"}).with_cells(group("hr"), {"agents": Known(frozenset({agent("a")}))})
    (finding,) = check_live(spec, state)
    assert (finding.rule, finding.place) == ("EPR003", place_of(group("hr")))


def test_a_group_that_declares_too_few_is_told_so_once() -> None:
    assert not list(check_live(spec_with(agents=["a"]), live({"a": "active"})))
