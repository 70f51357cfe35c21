"""EPR007: a tenant URL has the form that agents and connector hosts understand."""

import pytest

from reconciler.model.address import app
from reconciler.model.finding import Finding
from reconciler.policy.rules.epr007_tenant_url import check
from tests.policy.rules.specs import CLEAR, build, place_of, sound


def found(url: object) -> list[Finding]:
    return list(check(build(apps={"hr": {"connector.url": url}})))


def test_a_sound_spec_passes() -> None:
    assert not list(check(sound()))


@pytest.mark.parametrize(
    "url",
    [
        "https://localhost:8585/ecma2host_HRSQL/scim",
        "https://ecma-1.contoso.local:9000/ecma2host_HR.SQL-2/scim/",
        "https://[::1]:8585/ecma2host_HRSQL/scim",
        "https://crm.contoso.local/scim",
        "https://crm.contoso.local/api/v2/scim/?aadOptscim062020",
        "http://10.0.0.5:8080/scim",
        CLEAR,
    ],
)
def test_a_url_that_can_work_passes(url: object) -> None:
    assert not found(url)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("https://[::1/scim", "cannot be read"),
        ("https://crm:70000/scim", "port does not exist"),
        ("ftp://crm/scim", "names no host"),
        ("https:///scim", "names no host"),
        ("https://me:secret@crm/scim", "holds a user name"),
        ("http://ecma-1:8585/ecma2host_HRSQL/scim", "https only"),
        ("https://ecma-1/ecma2host_HRSQL/scim", "needs its port"),
        ("https://ecma-1:8585/ecma2host_HRSQL", "names no connector"),
        ("https://ecma-1:8585/Ecma2Host_HRSQL/scim", "names no connector"),
        ("https://ecma-1:8585/ecma2host_/scim", "names no connector"),
        ("https://ecma-1:8585/ecma2host_HR%20SQL/scim", "names no connector"),
        ("https://ecma-1:8585/ecma2host/HRSQL/scim", "names no connector"),
        ("https://ecma-1:8585/ecma2host_HRSQL/scim?x=1", "goes on after"),
    ],
)
def test_a_url_that_cannot_work_is_found_at_the_url(url: str, message: str) -> None:
    (finding,) = found(url)
    assert (finding.rule, finding.address) == ("EPR007", "app/hr")
    assert finding.place == place_of(app("hr"), "connector.url")
    assert message in finding.message
    assert finding.found == url


def test_the_right_url_is_suggested_where_the_name_is_known() -> None:
    (finding,) = found("http://ecma-1/ecma2host_HRSQL/scim")
    assert finding.suggestion == "https://ecma-1:8585/ecma2host_HRSQL/scim"


def test_the_suggestion_keeps_an_ipv6_host_in_brackets() -> None:
    (finding,) = found("http://[::1]/ecma2host_HRSQL/scim")
    assert finding.suggestion == "https://[::1]:8585/ecma2host_HRSQL/scim"


def test_names_on_one_host_that_differ_by_case_only() -> None:
    urls = {
        key: {"connector.url": f"https://{host}:8585/ecma2host_{name}/scim"}
        for key, host, name in [("a", "ecma-1", "HRSQL"), ("b", "ECMA-1", "HRSql"), ("c", "ecma-2", "hrsql")]
    }
    (finding,) = check(build(apps=urls))
    assert (finding.address, finding.found) == ("app/b", "HRSql")
    assert [other.place for other in finding.related] == [place_of(app("a"), "connector.url")]


def test_a_name_that_breaks_the_derived_url_is_found() -> None:
    values = {"connector.name": "HR SQL", "connector.url": "https://ecma-1:8585/ecma2host_HR SQL/scim"}
    (finding,) = check(build(apps={"hr": values}))
    assert "names no connector" in finding.message
