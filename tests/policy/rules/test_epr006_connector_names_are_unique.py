"""EPR006: an app has a connector of its own, and its name occurs once."""

from reconciler.model.address import app
from reconciler.policy.rules.epr006_connector_names_are_unique import check
from tests.policy.rules.specs import build, place_of, sound


def ecma(name: str, host: str = "ecma-1") -> dict[str, object]:
    return {"connector.name": name, "connector.url": f"https://{host}:8585/ecma2host_{name}/scim"}


def test_a_sound_spec_passes() -> None:
    assert not list(check(sound()))


def test_two_apps_on_one_connector_are_found_at_the_second_with_the_first_beside_it() -> None:
    (finding,) = check(build(apps={"hr": ecma("HRSQL"), "pay": ecma("HRSQL", host="ecma-2")}))
    assert (finding.rule, finding.address) == ("EPR006", "app/pay")
    assert finding.place == place_of(app("pay"), "connector.name")
    assert [other.place for other in finding.related] == [place_of(app("hr"), "connector.name")]


def test_the_name_in_a_whole_url_counts_as_well() -> None:
    url = {"connector.url": "https://localhost:8585/ecma2host_HRSQL/scim"}
    (finding,) = check(build(apps={"hr": ecma("HRSQL"), "pay": url}))
    assert finding.place == place_of(app("pay"), "connector.url")


def test_names_that_differ_by_case_are_not_one_name() -> None:
    assert not list(check(build(apps={"hr": ecma("HRSQL"), "pay": ecma("HRSql")})))


def test_scim_servers_have_no_connector_name() -> None:
    url = {"connector.url": "https://crm.contoso.local/scim"}
    assert not list(check(build(apps={"a": url, "b": url})))
