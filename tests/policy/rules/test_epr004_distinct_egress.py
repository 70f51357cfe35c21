"""EPR004: the agents of a group use different outbound connections."""

from reconciler.model.address import group
from reconciler.model.finding import Finding, Severity
from reconciler.model.spec import Policy, Profile
from reconciler.policy.rules.epr004_distinct_egress import check
from tests.policy.rules.specs import build, place_of, sound

POLICY = Policy(availability="wide", profiles={"wide": Profile("wide", distinct_egress=2)})


def found(*egresses: str) -> list[Finding]:
    agents = {f"a-{n}": {"egress": egress} if egress else {} for n, egress in enumerate(egresses)}
    return list(check(build(agents=agents, groups={"hr": {"agents": list(agents)}}, policy=POLICY)))


def test_a_sound_spec_passes() -> None:
    assert not list(check(sound()))


def test_agents_behind_one_line_are_a_warning_at_the_members() -> None:
    (finding,) = found("isp-a", "isp-a", "isp-a")
    assert (finding.rule, finding.severity) == ("EPR004", Severity.WARNING)
    assert finding.place == place_of(group("hr"), "agents")
    assert finding.message == "group/hr depends on 1 outbound connection; wide asks for 2"


def test_two_lines_are_enough() -> None:
    assert not found("isp-a", "isp-b", "isp-a")


def test_an_agent_that_declares_no_egress_may_use_another() -> None:
    assert not found("isp-a", "")


def test_one_agent_cannot_use_two_lines() -> None:
    assert not found("isp-a")
