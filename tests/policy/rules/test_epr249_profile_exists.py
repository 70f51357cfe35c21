"""EPR249: the availability profile that a group is held to exists."""

import pytest

from reconciler.model.address import group
from reconciler.model.spec import Policy, Profile
from reconciler.policy.rules.epr249_profile_exists import check
from tests.policy.rules.specs import build, place_of, sound


def test_a_sound_spec_passes() -> None:
    assert not list(check(sound()))


@pytest.mark.parametrize("name", ["three-active", "scim-two-active", "ecma-active-passive", "ours"])
def test_built_in_and_own_profiles_pass(name: str) -> None:
    policy = Policy(profiles={"ours": Profile("ours")})
    assert not list(check(build(groups={"hr": {"availability": name}}, policy=policy)))


def test_an_unknown_profile_is_found_at_the_group_with_the_nearest_one() -> None:
    (finding,) = check(build(groups={"hr": {"availability": "three-activ"}}))
    assert (finding.rule, finding.address) == ("EPR249", "group/hr")
    assert finding.place == place_of(group("hr"), "availability")
    assert finding.suggestion == "three-active"


def test_an_unknown_profile_of_the_policy_is_found_once() -> None:
    (finding,) = check(build(groups={"hr": {}, "web": {}}, policy=Policy(availability="nope")))
    assert "policy.availability" in finding.message
