"""EPR410: an agent that the spec puts into a group is active."""

from reconciler.model.address import agent
from reconciler.model.cells import Reason, Unreadable
from reconciler.policy.rules.epr410_agent_is_active import check_live
from tests.policy.rules.specs import build, live, place_of


def test_a_member_that_is_inactive_is_a_warning_at_the_agent() -> None:
    spec = build(agents={"a": {"machineName": "A"}, "b": {"machineName": "B"}}, groups={"web": {"agents": ["a", "b"]}})
    (finding,) = check_live(spec, live({"a": "inactive", "b": "active"}))
    assert (finding.rule, finding.address, finding.severity.value) == ("EPR410", "agent/a", "warning")
    assert finding.place == place_of(agent("a"), "machineName")


def test_an_agent_that_stands_by_or_is_in_no_group_may_be_stopped() -> None:
    spec = build(agents={"a": {"machineName": "A"}}, groups={"web": {"agents": [], "standby": ["a"]}})
    assert not list(check_live(spec, live({"a": "inactive"})))


def test_of_an_agent_that_is_missing_or_unread_nobody_knows() -> None:
    spec = build(groups={"web": {"agents": ["a", "b"]}})
    assert not list(check_live(spec, live({"b": Unreadable(Reason.FAILED)})))
