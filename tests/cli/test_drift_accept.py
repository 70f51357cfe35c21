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
        (
            "- name: employees\n        all: [{attribute: employeeType, operator: EQUALS, value: Employee}]",
            "[{name: employees, all: [{attribute: employeeType, operator: EQUALS, value: Contractor}]}]",
        ),
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
        (schema(disabled), ["app/payroll/mapping/User/enabled"], "the spec does not name it"),
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
        ("app/hr-sql/provisioning.notify", "would change too, since it is said at the same place"),
        ("app/hr-sql/connector.secretToken", "a secret is never written into a spec"),
        ("app/badge-ldap/connector.url", "its value is made of connector.host and connector.name"),
        ("app/badge-ldap/provisioning.scope", "the service holds nothing, which the spec cannot say of it"),
        ("app/intranet-scim", "is on one side alone"),
        ("group/web", "is on one side alone"),
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
