"""`drift --accept` writes what the service holds into the spec, at its place, and changes no other byte."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reconciler.cli.main import run as run_command_line
from reconciler.errors import ExitCode
from tests.cli.portal import PROFILE, Portal
from tests.conftest import ROOT, Reconciler

SPEC = """\
# The smallest spec, with a comment at every place where one could be lost.
version: 1
tenant: {name: fabrikam, id: 3b9d7c10-52b4-4f0e-9a67-1d2c8e4f6a05, endpoint: emulator, seed: live.seed.json}
policy: {settle: 0s}

agents:
  one: {machineName: prov-1.fabrikam.local, egress: isp-a}
  two: {machineName: prov-2.fabrikam.local, egress: isp-a}
  three: {machineName: prov-3.fabrikam.local, egress: isp-b}

groups:
  staff:
    displayName: "Staff applications"   # as HR calls it
    availability: single
    agents:
      - one  # in the cellar
      - two  # on the roof
  spare: {displayName: Spare, availability: single, agents: [one, three]}

apps:
  payroll:
    servicePrincipal: {displayName: Payroll}
    resource: {resourceName: payroll}
    group: staff
    connector: {url: "https://payroll.fabrikam.local/scim", secretToken: {file: secrets/payroll.token}}
    job: {enabled: true}  # since 2024
    provisioning: {scope: assigned, deleteThreshold: 50, notify: iam@fabrikam.com}
    mappings:
      - use: people
mappings:
  people:
    source: User
    target: User
    flow: [add, update, delete]
    match: [userName]
    attributes:
      userName: userPrincipalName  # never the mail
      displayName: =Join(" ", [givenName], [surname])
      title: {constant: Staff, apply: onCreate}
    filter:
      - name: employees
        all: [{attribute: employeeType, operator: EQUALS, value: Employee}]
"""
SPARE = "  spare: {displayName: Spare, availability: single, agents: [one, three]}"
PROFILES = "policy: {settle: 0s, availabilityProfiles: {single: {minDeclared: 1, minActive: 1}}}"


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The spec, applied once, for tests to copy."""
    folder = tmp_path_factory.mktemp("once") / "minimal"
    shutil.copytree(ROOT / "examples" / "minimal", folder, ignore=shutil.ignore_patterns(".reconciler"))
    (folder / "reconciler.yaml").write_text(SPEC.replace("policy: {settle: 0s}", PROFILES), encoding="utf-8")
    assert run_command_line(["apply", str(folder), "--yes", "--quiet"]) == ExitCode.DONE
    return folder


@pytest.fixture
def applied(once: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(once, tmp_path / "minimal"))


def lines(spec: Path) -> list[str]:
    return (spec / "reconciler.yaml").read_text(encoding="utf-8").splitlines()


def pause(portal: Portal) -> None:
    portal.call("POST", f"{portal.job('Payroll')}/pause")


def rename(portal: Portal) -> None:
    group = f"{PROFILE}/agentGroups/{portal.group('Staff applications')}"
    portal.call("PATCH", group, {"displayName": "Staff: all"})


def scope(portal: Portal) -> None:
    secrets(portal, "SyncAll", "True")


def url(portal: Portal) -> None:
    secrets(portal, "BaseAddress", "https://payroll.fabrikam.local/v2")


def secrets(portal: Portal, key: str, value: str) -> None:
    path = f"/servicePrincipals/{portal.principal('Payroll')}/synchronization/secrets"
    entries = portal.call("GET", path).json()["value"]
    for entry in entries:
        if entry["key"] == key:
            entry["value"] = value
        if entry["value"] == "*":
            entry["value"] = "payroll-token-that-is-long-enough"
    portal.call("PUT", path, {"value": entries})


def move(portal: Portal) -> None:
    staff = portal.group("Staff applications")
    one, three = portal.agent("prov-1.fabrikam.local"), portal.agent("prov-3.fabrikam.local")
    reference = {"@odata.id": f"https://graph.microsoft.com/beta{PROFILE}/agentGroups/{staff}"}
    portal.call("POST", f"{PROFILE}/agents/{three}/agentGroups/$ref", reference)
    portal.call("DELETE", f"{PROFILE}/agents/{one}/agentGroups/{staff}/$ref")


def strangers(portal: Portal) -> None:
    row = {
        "connectorId": "c0ffee00-0000-4000-8000-000000000001",
        "machineName": "stranger.fabrikam.local",
        "resourceUrl": "https://stranger.fabrikam.local",
        "version": "1.1.1586.0",
        "externalIp": "203.0.113.9",
    }
    portal.call("POST", "/his/register", row)
    reference = {"@odata.id": f"https://x/beta{PROFILE}/agentGroups/{portal.group('Staff applications')}"}
    stranger = portal.agent("stranger.fabrikam.local")
    portal.call("POST", f"{PROFILE}/agents/{stranger}/agentGroups/$ref", reference)


def schema(change: Callable[[dict[str, Any]], None]) -> Callable[[Portal], None]:
    def edit(portal: Portal) -> None:
        path = f"{portal.job('Payroll')}/schema"
        document = portal.call("GET", path).json()
        change(
            next(
                each
                for rule in document["synchronizationRules"]
                for each in rule["objectMappings"]
                if each["sourceObjectName"] == "User"
            )
        )
        portal.call("PUT", path, document)

    return edit


def without_title(mapping: dict[str, Any]) -> None:
    attributes = mapping["attributeMappings"]
    mapping["attributeMappings"] = [each for each in attributes if each["targetAttributeName"] != "title"]


def no_delete(mapping: dict[str, Any]) -> None:
    mapping["flowTypes"] = "Add,Update"


def no_filter(mapping: dict[str, Any]) -> None:
    mapping["scope"] = None


def other_match(mapping: dict[str, Any]) -> None:
    priorities = {"userName": 0, "displayName": 1}
    for each in mapping["attributeMappings"]:
        each["matchingPriority"] = priorities.get(each["targetAttributeName"], 0)


def other_filter(mapping: dict[str, Any]) -> None:
    text = json.dumps(mapping["scope"]).replace('"Employee"', '"Contractor"')
    mapping["scope"] = json.loads(text)


def disabled(mapping: dict[str, Any]) -> None:
    mapping["enabled"] = False


CASES: dict[str, tuple[Callable[[Portal], None], str, tuple[str, str]]] = {
    "a switch": (pause, "app/payroll/job.enabled", ("{enabled: true}  # since", "{enabled: false}  # since")),
    "a name": (rename, "group/staff/displayName", ('"Staff applications"   # as', '"Staff: all"   # as')),
    "a word": (scope, "app/payroll/provisioning.scope", ("scope: assigned", "scope: all")),
    "a URL": (url, "app/payroll/connector.url", ("local/scim", "local/v2")),
    "an attribute": (
        lambda portal: portal.map("Payroll", "userName", "mail"),
        "app/payroll/mapping/User/userName",
        ("userPrincipalName  # never", "mail  # never"),
    ),
    "an expression": (
        lambda portal: portal.map("Payroll", "displayName", "surname"),
        "app/payroll/mapping/User/displayName",
        ('=Join(" ", [givenName], [surname])', "surname"),
    ),
    "an attribute that is gone": (
        schema(without_title),
        "app/payroll/mapping/User/title",
        ("{constant: Staff, apply: onCreate}", "null"),
    ),
    "a part that is a list": (
        schema(no_delete),
        "app/payroll/mapping/User/flow",
        ("[add, update, delete]", "[add, update]"),
    ),
    "what objects are matched by": (
        schema(other_match),
        "app/payroll/mapping/User/match",
        ("match: [userName]", "match: [displayName]"),
    ),
    "who is in scope": (
        schema(other_filter),
        "app/payroll/mapping/User/filter",
        ("value: Employee", "value: Contractor"),
    ),
    "that everybody is in scope": (
        schema(no_filter),
        "app/payroll/mapping/User/filter",
        ("- name: employees\n        all: [{attribute: employeeType, operator: EQUALS, value: Employee}]", "[]"),
    ),
    "all that drifted of a thing": (pause, "app/payroll", ("{enabled: true}  # since", "{enabled: false}  # since")),
}


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_a_live_value_takes_the_place_of_the_spec_s(
    reconciler: Reconciler, applied: Path, case: tuple[Callable[[Portal], None], str, tuple[str, str]]
) -> None:
    edit, address, (old, new) = case
    edit(Portal(applied))
    before = (applied / "reconciler.yaml").read_text(encoding="utf-8")
    assert reconciler("drift", applied).code == ExitCode.CHANGES
    ran = reconciler("drift", applied, "--accept", address)
    assert ran.code == ExitCode.DONE, ran.err
    assert "accepted " in ran.err
    assert (applied / "reconciler.yaml").read_text(encoding="utf-8") == before.replace(old, new)
    assert reconciler("drift", applied).code == ExitCode.DONE
    assert reconciler("plan", applied, "--detailed-exitcode").code == ExitCode.DONE


def test_a_list_loses_the_lines_of_what_left_and_gains_those_of_what_came(
    reconciler: Reconciler, applied: Path
) -> None:
    move(Portal(applied))
    ran = reconciler("drift", applied, "--accept", "group/staff/agents")
    assert ran.code == ExitCode.DONE, ran.err
    found = lines(applied)
    begin = found.index("    agents:")
    assert found[begin : begin + 4] == ["    agents:", "      - two  # on the roof", "      - three", SPARE]


def test_what_was_not_accepted_is_still_drift(reconciler: Reconciler, applied: Path) -> None:
    portal = Portal(applied)
    pause(portal)
    rename(portal)
    ran = reconciler("drift", applied, "--accept", "app/payroll")
    assert ran.code == ExitCode.CHANGES
    assert "group/staff" in ran.out
    assert "~ app/payroll" not in ran.out


@pytest.mark.parametrize(
    ("edit", "accepted", "why"),
    [
        (pause, ["app/payroll/job.enabled", "group/staff"], "group/staff did not drift"),
        (pause, ["app/payroll/connector.secretToken"], "cannot be told: the service never shows it"),
        (schema(no_filter), ["app/payroll/nothing"], "did not drift"),
        (schema(disabled), ["app/payroll/mapping/User/enabled"], "the mapping is disabled, and one that the spec"),
        (strangers, ["group/staff/agents"], "the spec has no name for agent/id:"),
    ],
    ids=["in sync", "secret", "unknown field", "disabled", "a stranger"],
)
def test_one_that_cannot_be_accepted_leaves_the_spec_as_it_was(
    reconciler: Reconciler, applied: Path, edit: Callable[[Portal], None], accepted: list[str], why: str
) -> None:
    edit(Portal(applied))
    before = lines(applied)
    ran = reconciler("drift", applied, *(word for address in accepted for word in ("--accept", address)))
    assert ran.code == ExitCode.ERROR
    assert why in " ".join(ran.err.split())
    assert lines(applied) == before


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("app/hr-sql/connector.secretToken", "a secret is never written into a spec"),
        ("app/badge-ldap/connector.url", "its value is made of connector.host and connector.name"),
        (
            "app/badge-ldap/provisioning.scope",
            "the service holds nothing, which the spec cannot say of it: apply puts it back, or take the key out",
        ),
        ("app/intranet-scim", "is not at the service: an apply puts it back, or take it out of the spec by hand"),
        ("group/web", "is not at the service: an apply puts it back, or take it out of the spec by hand"),
        ("group/hr/displayName", "did not drift"),
    ],
)
def test_what_the_spec_cannot_take_over_is_refused_with_the_reason(
    reconciler: Reconciler, contoso: Path, address: str, why: str
) -> None:
    before = {path: path.read_bytes() for path in contoso.rglob("*.yaml")}
    ran = reconciler("drift", contoso, "--accept", address)
    assert ran.code == ExitCode.ERROR
    assert why in " ".join(ran.err.split())
    assert {path: path.read_bytes() for path in contoso.rglob("*.yaml")} == before


def test_a_spec_that_would_break_a_rule_is_not_written(reconciler: Reconciler, applied: Path) -> None:
    portal = Portal(applied)
    staff = portal.group("Staff applications")
    two = portal.agent("prov-2.fabrikam.local")
    portal.call("DELETE", f"{PROFILE}/agents/{two}/agentGroups/{staff}/$ref")
    before = lines(applied)
    ran = reconciler("drift", applied, "--accept", "group/staff")
    assert ran.code == ExitCode.ERROR
    assert "EPR002" in ran.err
    assert lines(applied) == before


def test_an_address_that_is_none_is_wrong_usage(reconciler: Reconciler, contoso: Path) -> None:
    assert reconciler("drift", contoso, "--accept", "nobody").code == ExitCode.USAGE


URN = "urn:ietf:params:scim:schemas:extension:ECMA2Host:2.0:User:"
HR, TRAVEL, LEDGER, INTRANET = (
    "HR master data (SQL)",
    "Travel booking (web services)",
    "General ledger (SQL)",
    "Intranet (SCIM)",
)


@pytest.fixture(scope="module")
def company_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example company, applied once, for tests to copy."""
    folder = tmp_path_factory.mktemp("company") / "contoso"
    shutil.copytree(ROOT / "examples" / "contoso", folder, ignore=shutil.ignore_patterns(".reconciler"))
    assert run_command_line(["apply", str(folder), "--yes", "--quiet", "--ack", "app/ledger-sql"]) == ExitCode.DONE
    return folder


@pytest.fixture
def company(company_once: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(company_once, tmp_path / "company"))


def texts(spec: Path) -> dict[str, str]:
    return {str(path.relative_to(spec)): path.read_text(encoding="utf-8") for path in spec.rglob("*.yaml")}


def changed(before: dict[str, str], spec: Path) -> dict[str, tuple[list[str], list[str]]]:
    """The lines that left and those that came, by file."""
    found = {}
    for name, text in texts(spec).items():
        old, new = before[name].splitlines(), text.splitlines()
        if old != new:
            found[name] = ([line for line in old if line not in new], [line for line in new if line not in old])
    return found


def mapped(name: str, change: Callable[[dict[str, Any]], None]) -> Callable[[Portal], None]:
    """Change the mapping of users of an app."""

    def edit(portal: Portal) -> None:
        path = f"{portal.job(name)}/schema"
        document = portal.call("GET", path).json()
        mappings = [each for rule in document["synchronizationRules"] for each in rule["objectMappings"]]
        change(next(each for each in mappings if each["sourceObjectName"] == "User"))
        portal.call("PUT", path, document)

    return edit


def without(target: str) -> Callable[[dict[str, Any]], None]:
    def change(mapping: dict[str, Any]) -> None:
        attributes = mapping["attributeMappings"]
        mapping["attributeMappings"] = [each for each in attributes if each["targetAttributeName"] != target]

    return change


def with_title(mapping: dict[str, Any]) -> None:
    model = next(each for each in mapping["attributeMappings"] if each["targetAttributeName"] == f"{URN}Email")
    source = {"expression": "[jobTitle]", "name": "jobTitle", "type": "Attribute", "parameters": []}
    mapping["attributeMappings"].append({**model, "targetAttributeName": f"{URN}title", "source": source})


def with_clause(mapping: dict[str, Any]) -> None:
    (group,) = mapping["scope"]["groups"]
    clause = {**group["clauses"][0], "sourceOperandName": "department", "targetOperand": {"values": ["HR"]}}
    group["clauses"].append(clause)


def email(*names: str, source: str = "otherMails") -> Callable[[Portal], None]:
    def edit(portal: Portal) -> None:
        for name in names:
            portal.map(name, f"{URN}Email", source)

    return edit


def both(*edits: Callable[[Portal], None]) -> Callable[[Portal], None]:
    def edit(portal: Portal) -> None:
        for each in edits:
            each(portal)

    return edit


OWN: dict[str, tuple[Callable[[Portal], None], list[str], dict[str, tuple[list[str], list[str]]]]] = {
    "beside other overrides": (
        email(HR),
        ["app/hr-sql"],
        {"apps/hr-sql.yaml": ([], ["          Email: otherMails"])},
    ),
    "as the first overrides": (
        both(email(TRAVEL), mapped(TRAVEL, without(f"{URN}textID"))),
        ["app/travel-ws"],
        {
            "apps/travel-ws.yaml": (
                ["    mappings: [ecma-sql-users]"],
                ["    mappings: [{use: ecma-sql-users, attributes: {Email: otherMails, textID: null}}]"],
            )
        },
    ),
    "a part that is owned as a whole": (
        mapped(HR, with_clause),
        ["app/hr-sql/mapping/User/filter"],
        {
            "apps/hr-sql.yaml": (
                [],
                [
                    "        filter:",
                    "          - name: employees",
                    "            all:",
                    "              - {attribute: employeeType, operator: EQUALS, value: Employee}",
                    "              - {attribute: department, operator: EQUALS, value: HR}",
                ],
            )
        },
    ),
    "an attribute that nobody named": (
        mapped(TRAVEL, with_title),
        [f"app/travel-ws/mapping/User/{URN}title"],
        {
            "apps/travel-ws.yaml": (
                ["    mappings: [ecma-sql-users]"],
                ["    mappings: [{use: ecma-sql-users, attributes: {title: jobTitle}}]"],
            )
        },
    ),
    "the same of all that share it": (
        email(HR, TRAVEL, LEDGER),
        ["app/hr-sql", "app/travel-ws", "app/ledger-sql"],
        {"mappings/ecma-sql-users.yaml": (["      Email: mail"], ["      Email: otherMails"])},
    ),
    "something else of each": (
        both(email(HR), email(TRAVEL, source="mailNickname")),
        ["app/hr-sql", "app/travel-ws"],
        {
            "apps/hr-sql.yaml": ([], ["          Email: otherMails"]),
            "apps/travel-ws.yaml": (
                ["    mappings: [ecma-sql-users]"],
                ["    mappings: [{use: ecma-sql-users, attributes: {Email: mailNickname}}]"],
            ),
        },
    ),
}


@pytest.mark.parametrize("case", OWN.values(), ids=list(OWN))
def test_what_others_share_is_said_at_the_app_itself(
    reconciler: Reconciler,
    company: Path,
    case: tuple[Callable[[Portal], None], list[str], dict[str, tuple[list[str], list[str]]]],
) -> None:
    edit, accepted, expected = case
    edit(Portal(company))
    before = texts(company)
    ran = reconciler("drift", company, *(word for address in accepted for word in ("--accept", address)))
    assert ran.code == ExitCode.DONE, ran.err
    assert changed(before, company) == expected
    assert reconciler("plan", company, "--detailed-exitcode").code == ExitCode.DONE


def test_a_value_that_comes_from_the_defaults_is_said_at_the_app_itself(reconciler: Reconciler, contoso: Path) -> None:
    before = texts(contoso)
    ran = reconciler("drift", contoso, "--accept", "app/hr-sql/provisioning.notify")
    assert 'accepted app/hr-sql provisioning.notify: "hr-it@contoso.com" (apps/hr-sql.yaml:8:' in ran.err
    assert changed(before, contoso) == {
        "apps/hr-sql.yaml": (
            ["    provisioning: {scope: assigned}"],
            ["    provisioning: {scope: assigned, notify: hr-it@contoso.com}"],
        )
    }


def test_a_clause_that_was_added_is_a_line_more(reconciler: Reconciler, company: Path) -> None:
    mapped("Customer relations (SCIM)", with_clause)(Portal(company))
    before = texts(company)
    ran = reconciler("drift", company, "--accept", "app/crm-scim")
    assert ran.code == ExitCode.DONE, ran.err
    line = "              - {attribute: department, operator: REGEX MATCH, value: HR}"
    assert changed(before, company) == {"apps/crm-scim.yaml": ([], [line])}


def plant_is_gone(portal: Portal) -> None:
    """Somebody takes a group apart: its agents and its app go to others."""
    names = {"ams-3": "Finance", "lon-3": "Web services"}
    groups = {each: portal.group(each) for each in ("Plant floor", "Finance", "Web services")}

    def link(path: str, group: str) -> None:
        body = {"@odata.id": f"https://graph.microsoft.com/beta{PROFILE}/agentGroups/{groups[group]}"}
        portal.call("POST", f"{PROFILE}/{path}/agentGroups/$ref", body)

    for agent, group in names.items():
        link(f"agents/{portal.agent(f'prov-{agent}.contoso.local')}", group)
    portal.call(
        "DELETE",
        f"{PROFILE}/agents/{portal.agent('prov-ams-3.contoso.local')}/agentGroups/{groups['Plant floor']}/$ref",
    )
    found = portal.call("GET", f"{PROFILE}/publishedResources").json()["value"]
    resource = f"publishedResources/{next(each['id'] for each in found if each['displayName'] == 'badge-ldap')}"
    portal.call("DELETE", f"{PROFILE}/{resource}/agentGroups/{groups['Plant floor']}/$ref")
    link(resource, "Finance")
    portal.call("DELETE", f"{PROFILE}/agentGroups/{groups['Plant floor']}")


def test_a_group_that_was_deleted_leaves_the_spec_with_its_lines(reconciler: Reconciler, company: Path) -> None:
    plant_is_gone(Portal(company))
    before = texts(company)
    words = [
        word for each in ("group/plant", "group/web", "group/finance", "app/badge-ldap") for word in ("--accept", each)
    ]
    ran = reconciler("drift", company, *words)
    assert ran.code == ExitCode.DONE, ran.err
    assert "accepted group/plant: it is gone, and left agents.yaml" in ran.err
    gone, came = changed(before, company)["agents.yaml"]
    assert gone[2:] == [line for line in before["agents.yaml"].splitlines() if line in gone][2:]
    assert [line.split(":")[0].strip() for line in gone] == [
        "agents",
        "agents",
        "plant",
        "displayName",
        "availability",
        "agents",
        "standby",
    ]
    assert came == ["    agents: [ams-1, fra-2, lon-2, ams-3]", "    agents: [ams-2, fra-3, lon-3]"]
    assert reconciler("plan", company, "--detailed-exitcode").code == ExitCode.DONE


def test_a_group_to_which_something_refers_stays_and_what_refers_is_named(
    reconciler: Reconciler, company: Path
) -> None:
    plant_is_gone(Portal(company))
    before = texts(company)
    ran = reconciler("drift", company, "--accept", "group/plant")
    assert ran.code == ExitCode.ERROR
    assert "app/badge-ldap names the group plant, which does not exist" in " ".join(ran.err.split())
    assert "warning" not in ran.err, "of what the spec would say only the errors count"
    assert texts(company) == before
    part = reconciler("drift", company, "--accept", "group/plant/displayName")
    assert "group/plant/displayName is gone as a whole: accept group/plant" in part.err


def test_an_app_whose_enterprise_application_was_deleted_leaves_the_spec(reconciler: Reconciler, company: Path) -> None:
    portal = Portal(company)
    portal.call("DELETE", f"/servicePrincipals/{portal.principal(INTRANET)}")
    alone = reconciler("drift", company, "--accept", "app/intranet-scim")
    assert alone.code == ExitCode.ERROR
    assert "it is all that apps/intranet-scim.yaml says: delete the file by hand" in " ".join(alone.err.split())
    own, others = company / "apps" / "intranet-scim.yaml", company / "apps" / "crm-scim.yaml"
    kept = others.read_text(encoding="utf-8")
    others.write_text(kept + own.read_text(encoding="utf-8").partition("\n")[2], encoding="utf-8")
    own.unlink()
    ran = reconciler("drift", company, "--accept", "app/intranet-scim")
    assert ran.code == ExitCode.DONE, ran.err
    assert "EPR404" not in ran.err, "nobody looks for its principal any more"
    assert others.read_text(encoding="utf-8") == kept
    assert "- app/intranet-scim" in ran.out, "what it left at the service is still to be tidied up"


def test_what_did_not_drift_is_told_as_such_though_something_of_it_is_never_shown(
    reconciler: Reconciler, company: Path
) -> None:
    ran = reconciler("drift", company, "--accept", "app/hr-sql")
    assert "app/hr-sql did not drift: there is nothing to accept" in ran.err
