"""EPR002: every agent that provisions apps is in a group."""

import pytest

from reconciler.model.address import agent
from reconciler.policy.rules.epr002_agent_in_a_group import check
from tests.policy.rules.specs import build, place_of, sound


def test_members_pass() -> None:
    assert not list(check(sound()))


def test_an_agent_that_no_group_names_is_found_where_it_is_defined() -> None:
    (finding,) = check(build(agents={"ams-1": {}, "ams-2": {}}, groups={"hr": {"agents": ["ams-1"]}}))
    assert (finding.rule, finding.address, finding.place) == ("EPR002", "agent/ams-2", place_of(agent("ams-2")))


def test_an_agent_that_stands_by_is_accounted_for() -> None:
    groups = {"hr": {"agents": ["ams-1"], "standby": ["ams-2"]}}
    assert not list(check(build(agents={"ams-1": {}, "ams-2": {}}, groups=groups)))


@pytest.mark.parametrize("purpose", ["cloud-sync", "hr-inbound"])
def test_an_agent_of_another_purpose_needs_no_group(purpose: str) -> None:
    assert not list(check(build(agents={"sync-1": {"purpose": purpose}})))


def test_nobody_can_tell_while_a_group_leaves_its_members_unmanaged() -> None:
    assert not list(check(build(agents={"ams-1": {}}, groups={"hr": {"displayName": "HR"}})))
