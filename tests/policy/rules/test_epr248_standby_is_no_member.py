"""EPR248: an agent that stands by for a group is no member of it."""

from reconciler.model.address import group
from reconciler.policy.rules.epr248_standby_is_no_member import check
from tests.policy.rules.specs import build, place_of, sound


def test_a_sound_spec_passes() -> None:
    assert not list(check(sound()))


def test_an_agent_that_is_both() -> None:
    (finding,) = check(build(groups={"hr": {"agents": ["a", "b"], "standby": ["b"]}}))
    assert (finding.rule, finding.address, finding.found) == ("EPR248", "group/hr", "b")
    assert finding.place == place_of(group("hr"), "standby")
    assert [other.place for other in finding.related] == [place_of(group("hr"), "agents")]


def test_an_agent_may_stand_by_for_another_group() -> None:
    groups = {"hr": {"agents": ["a"], "standby": ["b"]}, "web": {"agents": ["b"]}}
    assert not list(check(build(groups=groups)))
