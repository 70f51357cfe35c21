"""EPR014: what a connector host is asked to write, it can write."""

import pytest

from reconciler.model.address import app
from reconciler.model.states import LiveState
from tests.policy.rules.written import found, found_in

ECMA = "https://ecma-1.contoso.local:8585/ecma2host_HR/scim"
SPEC = """\
mappings:
  shared: {{source: {object}, target: User, prefix: "urn:ECMA2Host:2.0:User:", attributes: {{{target}: {source}}}}}
apps:
  a: {{connector: {{url: "{url}"}}, mappings: [shared]}}
  b: {{connector: {{url: "{url}"}}, mappings: [shared]}}
"""


def test_names_with_dots_and_brackets_are_reported_once_and_without_their_prefix() -> None:
    for target in ("name.first", "'emails[0]'"):
        (finding,) = found("EPR014", SPEC.format(object="User", target=target, source="mail", url=ECMA))
        assert finding.found == target.strip("'")
        assert finding.address == f"app/a/mapping/User/urn:ECMA2Host:2.0:User:{target.strip(chr(39))}"


@pytest.mark.parametrize("source", ["manager", "'=ToLower([manager])'", "MANAGER"])
def test_a_reference_cannot_be_written(source: str) -> None:
    (finding,) = found("EPR014", SPEC.format(object="User", target="Boss", source=source, url=ECMA))
    assert "reference" in finding.message


def test_a_group_object_cannot_be_written() -> None:
    findings = found("EPR014", SPEC.format(object="Group", target="name", source="displayName", url=ECMA))
    assert [finding.address for finding in findings] == ["app/a/mapping/Group", "app/b/mapping/Group"]


@pytest.mark.parametrize("source", ["mail", "null", "{constant: manager}", "'=ToLower(\"manager\")'"])
def test_what_a_host_knows_is_fine(source: str) -> None:
    assert not found("EPR014", SPEC.format(object="User", target="Boss", source=source, url=ECMA))


@pytest.mark.parametrize("source", ["'=Split([mail], \",\")'", '\'= split ( "a,b", "," )\''])
def test_what_split_makes_is_several_values(source: str) -> None:
    (finding,) = found("EPR014", SPEC.format(object="User", target="objectClass", source=source, url=ECMA))
    assert finding.message == (
        "objectClass gets several values from Split(), which the connector host of app/a, app/b does not support"
    )
    assert finding.severity.value == "warning"


@pytest.mark.parametrize("source", ['\'=Join("", Split([mail], ","))\'', "'=Item(Split([mail]), 1)'", "Split(mail)"])
def test_what_split_makes_within_an_expression_may_be_one_value(source: str) -> None:
    assert not found("EPR014", SPEC.format(object="User", target="Boss", source=source, url=ECMA))


def test_the_directory_of_an_app_tells_which_attributes_hold_several_values() -> None:
    live = LiveState(
        {}, several={app("b"): {"User": frozenset({"urn:ECMA2Host:2.0:User:mails"}), "Group": frozenset()}}
    )
    (finding,) = found_in("EPR014", SPEC.format(object="User", target="mails", source="mail", url=ECMA), live)
    assert finding.message == (
        "mails holds several values by the schema's directory, which the connector host of app/b does not support"
    )
    assert finding.address == "app/b/mapping/User/urn:ECMA2Host:2.0:User:mails"
    for target, source in (("mail", "mail"), ("mails", "null"), ("mails", "'=Split([mail])'")):
        assert not found_in("EPR014", SPEC.format(object="User", target=target, source=source, url=ECMA), live)


def test_a_scim_application_may_do_all_that() -> None:
    url = "https://crm.contoso.local/scim"
    assert not found("EPR014", SPEC.format(object="Group", target="name.first", source="manager", url=url))
