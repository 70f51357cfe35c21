"""EPR005: an agent that serves apps serves neither cloud sync nor an HR system."""

import pytest

from reconciler.model.address import agent, group
from reconciler.policy.rules.epr005_agent_serves_apps_only import check
from tests.policy.rules.specs import build, place_of, sound


def test_a_sound_spec_passes() -> None:
    assert not list(check(sound()))


@pytest.mark.parametrize("key", ["agents", "standby"])
@pytest.mark.parametrize("purpose", ["cloud-sync", "hr-inbound"])
def test_an_agent_of_another_purpose_in_a_group(key: str, purpose: str) -> None:
    (finding,) = check(build(agents={"a": {"purpose": purpose}}, groups={"hr": {key: ["a"]}}))
    assert (finding.rule, finding.address, finding.found) == ("EPR005", "agent/a", purpose)
    assert finding.place == place_of(agent("a"), "purpose")
    assert [other.place for other in finding.related] == [place_of(group("hr"), key)]


def test_an_agent_of_another_purpose_outside_all_groups_is_fine() -> None:
    assert not list(check(build(agents={"a": {"purpose": "cloud-sync"}}, groups={"hr": {"agents": ["b"]}})))
