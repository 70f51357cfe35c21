"""EPR250: an app behind a connector on localhost has one agent."""

import pytest

from reconciler.model.address import app, group
from reconciler.model.finding import Finding, Severity
from reconciler.policy.rules.epr250_loopback_connector import check
from tests.policy.rules.specs import build, place_of, sound


def found(url: str, *agents: str) -> list[Finding]:
    return list(
        check(build(groups={"hr": {"agents": list(agents)}}, apps={"a": {"group": "hr", "connector.url": url}}))
    )


def test_a_sound_spec_passes() -> None:
    assert not list(check(sound()))


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "127.0.0.1", "127.1.2.3", "[::1]"])
def test_several_agents_behind_localhost_are_a_warning(host: str) -> None:
    (finding,) = found(f"https://{host}:8585/ecma2host_HR/scim", "x", "y")
    assert (finding.rule, finding.severity, finding.address) == ("EPR250", Severity.WARNING, "app/a")
    assert finding.place == place_of(app("a"), "connector.url")
    assert [other.place for other in finding.related] == [place_of(group("hr"), "agents")]


def test_one_agent_calls_its_own_host() -> None:
    assert not found("https://localhost:8585/ecma2host_HR/scim", "x")


@pytest.mark.parametrize("host", ["ecma-1", "localhost.contoso.local", "128.0.0.1"])
def test_a_host_with_a_name_serves_all(host: str) -> None:
    assert not found(f"https://{host}:8585/ecma2host_HR/scim", "x", "y")


def test_an_app_without_a_group_is_another_rules_fault() -> None:
    assert not list(check(build(apps={"a": {"connector.url": "https://localhost:8585/ecma2host_HR/scim"}})))
