"""EPR022: the agents of a group that stand in one site use one proxy."""

import pytest

from tests.policy.rules.written import found

SPEC = """\
agents:
  a: {{machineName: a, site: ams, {one}}}
  b: {{machineName: b, site: {site}, {other}}}
groups:
  hr: {{displayName: HR, {members}}}
  it: {{displayName: IT, {members}}}
proxies: {{p: {{address: "http://p:1"}}, q: {{address: "http://q:1"}}}}
"""


def check(one: str, other: str, site: str = "ams", members: str = "agents: [a, b]"):
    return found("EPR022", SPEC.format(one=one, other=other, site=site, members=members))


@pytest.mark.parametrize("members", ["agents: [a, b]", "agents: [a], standby: [b]"])
def test_two_proxies_in_one_site_are_reported_once_whatever_the_groups(members: str) -> None:
    (finding,) = check("proxy: p", "proxy: q", members=members)
    assert (finding.address, finding.found, finding.expected, finding.suggestion) == ("agent/b", "q", "p", "p")
    assert [other.place.line for other in finding.related] == [2]


def test_none_is_a_proxy_like_another() -> None:
    (finding,) = check("proxy: null", "proxy: q")
    assert (finding.found, finding.expected, finding.suggestion) == ("q", "none", "")


@pytest.mark.parametrize(
    ("one", "other", "site"),
    [("proxy: p", "proxy: p", "ams"), ("proxy: p", "proxy: q", "fra"), ("proxy: p", "egress: x", "ams")],
)
def test_one_proxy_other_sites_and_agents_that_do_not_say_are_fine(one: str, other: str, site: str) -> None:
    assert not check(one, other, site)
