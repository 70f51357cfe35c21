"""`import`: what a tenant holds becomes a spec that plans to nothing, the same each time, and writes nothing live."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from reconciler.errors import ExitCode
from reconciler.operations.edges.embedded import embedded_emulator
from tests.conftest import ROOT, Ran, Reconciler
from tests.importing.portal_tenant import TENANT as PORTAL
from tests.importing.portal_tenant import seed as portal_seed

CONTOSO = "7f3c1d52-6a0e-4a57-9d0b-3b8a5c2f9e10"
SEED = "live.seed.json"
Import = Callable[..., Ran]


def texts(spec: Path) -> Mapping[str, bytes]:
    return {str(path.relative_to(spec)): path.read_bytes() for path in sorted(spec.rglob("*.yaml"))}


def ask(spec: Path, method: str, path: str, body: object = None) -> Any:
    """Call the embedded emulator past the program."""

    async def call() -> httpx.Response:
        emulator = embedded_emulator(spec, SEED)
        transport = httpx.ASGITransport(app=emulator)
        async with httpx.AsyncClient(transport=transport, base_url="http://emulator") as client:
            answer = await client.request(method, path, json=body)
            emulator.close()
            return answer

    answer = asyncio.run(call())
    assert answer.is_success, answer.text
    return answer.json() if answer.content else None


@pytest.fixture
def imported(reconciler: Reconciler, tmp_path: Path) -> Import:
    """Import a tenant with this seed into a directory of this name below the test's."""

    def run(name: str, seed: Mapping[str, Any], *words: str) -> Ran:
        spec = tmp_path / name
        spec.mkdir(exist_ok=True)
        (spec / SEED).write_text(json.dumps(seed), encoding="utf-8")
        tenant = seed["tenant"]["id"]
        return reconciler("import", spec, "--tenant", tenant, "--endpoint", "emulator", "--seed", SEED, *words)

    return run


def contoso_seed() -> dict[str, Any]:
    seed: dict[str, Any] = json.loads((ROOT / "examples" / "contoso" / SEED).read_text(encoding="utf-8"))
    return seed


def tenant(**members: Any) -> dict[str, Any]:
    """A small tenant: a group of three agents and what else is said."""
    agents = [{"machineName": f"prov-{n}.corp.local", "groups": ["Staff"]} for n in range(3)]
    usual = {"agentGroups": [{"displayName": "Staff"}], "agents": agents}
    return {"version": 1, "tenant": {"id": PORTAL, "name": "t", "domain": "t.example"}, **usual, **members}


def app(name: str, template: str = "onPremisesScim", **members: Any) -> dict[str, Any]:
    return {"displayName": name, "template": template, "jobs": [{"template": template, "state": "Active"}], **members}


def holds(reconciler: Reconciler, spec: Path) -> None:
    """Everything that is promised of an import that was just made: it validates, plans to nothing, and is canonical."""
    assert reconciler("validate", spec).code == 0
    planned = reconciler("plan", spec, "--detailed-exitcode")
    assert planned.code == 0, planned.out
    assert reconciler("fmt", spec, "--check").code == 0


def test_contoso_is_imported_and_its_first_apply_changes_nothing(
    reconciler: Reconciler, imported: Import, tmp_path: Path
) -> None:
    ran = imported("one", contoso_seed(), "--name", "contoso", "--match-resources")
    assert ran.code == 0, ran.err
    assert "Imported 7 agents, 4 groups, 6 apps" in ran.out
    spec = tmp_path / "one"
    holds(reconciler, spec)
    written = [call for call in ask(spec, "GET", "/emulator/calls")["value"] if call["method"] != "GET"]
    assert all(call["path"].endswith("/$batch") for call in written)
    assert imported("two", contoso_seed(), "--name", "contoso", "--match-resources").code == 0
    assert texts(tmp_path / "two") == texts(spec)
    before = ask(spec, "GET", "/beta/onPremisesPublishingProfiles/provisioning?$expand=publishedResources,agents")
    applied = reconciler("apply", spec, "--yes", "--quiet")
    assert applied.code == 0
    assert "Nothing to change" in applied.out
    after = ask(spec, "GET", "/beta/onPremisesPublishingProfiles/provisioning?$expand=publishedResources,agents")
    assert after == before
    assert reconciler("drift", spec).code == 0
    hr = (spec / "apps" / "hr-master-data-sql.yaml").read_text(encoding="utf-8")
    assert "    resource: {resourceName: hr-sql}\n    group: hr-applications\n" in hr
    assert "connector: {host: ecma-ams-1, name: HRSQL}" in hr
    assert "secretToken is set, and the service never shows it" in hr


def test_contoso_is_imported_after_it_was_applied(reconciler: Reconciler, contoso: Path, tmp_path: Path) -> None:
    root = contoso / "reconciler.yaml"
    root.write_text(root.read_text(encoding="utf-8").replace("settle: 2s", "settle: 0s"), encoding="utf-8")
    assert reconciler("apply", contoso, "--yes", "--quiet", "--ack", "app/ledger-sql").code == 0
    spec = tmp_path / "again"
    (spec / ".reconciler").mkdir(parents=True)
    shutil.copy(contoso / SEED, spec)
    shutil.copy(contoso / ".reconciler" / "emulator.db", spec / ".reconciler")
    ran = reconciler("import", spec, "--tenant", CONTOSO, "--endpoint", "emulator", "--seed", SEED)
    assert ran.code == 0, ran.err
    holds(reconciler, spec)
    shared = sorted(path.name for path in (spec / "mappings").iterdir())
    assert "on-premises-ecma-users.yaml" in shared
    ledger = (spec / "apps" / "general-ledger-sql.yaml").read_text(encoding="utf-8")
    assert "mappings: [on-premises-ecma-users]\n" in ledger


@pytest.mark.parametrize("number", [1, 2])
def test_a_tenant_of_years_at_the_portal_plans_to_nothing(
    reconciler: Reconciler, imported: Import, tmp_path: Path, number: int
) -> None:
    ran = imported("one", portal_seed(30, number))
    assert ran.code == 0, ran.err
    assert "30 apps" in ran.out
    spec = tmp_path / "one"
    holds(reconciler, spec)
    assert imported("two", portal_seed(30, number), "--name", "one").code == 0
    assert texts(tmp_path / "two") == texts(spec)
    assert all(text.isprintable() for content in texts(spec).values() for text in content.decode().splitlines())
    assert reconciler("apply", spec, "--yes", "--quiet").code == 0
    assert reconciler("drift", spec).code == 0


def test_every_file_is_bound_to_the_schema_that_lies_beside_it(imported: Import, tmp_path: Path) -> None:
    imported("one", contoso_seed())
    for file in (tmp_path / "one").rglob("*.yaml"):
        first = file.read_text(encoding="utf-8").splitlines()[0]
        assert (file.parent / first.removeprefix("# yaml-language-server: $schema=")).is_file()


def test_apps_on_premises_are_meant_unless_others_are_named(imported: Import, tmp_path: Path) -> None:
    local = [{"key": "BaseAddress", "value": "https://scim.corp.local/scim"}]
    public = [{"key": "BaseAddress", "value": "https://scim.example.com/scim"}]
    app_id = "00000000-1111-4222-8333-444444444444"
    seed = tenant(
        apps=[
            app("By template"),
            app("By URL", "scim", secrets=local),
            app("By resource", "scim", appId=app_id),
            app("Cloud", "scim", secrets=public),
            {"displayName": "No job", "template": "onPremisesEcma"},
        ],
        publishedResources=[{"resourceName": app_id.upper(), "groups": ["Staff"]}],
    )

    def apps(name: str, *words: str) -> list[str]:
        ran = imported(name, seed, *words)
        assert ran.code == 0, ran.err
        return sorted(path.stem for path in (tmp_path / name / "apps").iterdir())

    assert apps("usual") == ["by-resource", "by-template", "by-url", "no-job"]
    assert apps("all", "--all") == ["by-resource", "by-template", "by-url", "cloud", "no-job"]
    assert apps("some", "--app", "cloud", "--app", app_id) == ["by-resource", "cloud"]
    resource = (tmp_path / "usual" / "apps" / "by-resource.yaml").read_text(encoding="utf-8")
    assert f"resource: {{resourceName: {app_id.upper()}}}\n    group: staff" in resource
    for words, said in (
        (("--app", "Nobody"), "no enterprise application has this name"),
        (("--app", "x", "--all"), "exclude each other"),
    ):
        ran = imported("wrong", seed, *words)
        assert ran.code == ExitCode.USAGE
        assert said in ran.err
    twice = imported("twice", tenant(apps=[app("Two", servicePrincipalId=PORTAL), app("two ".strip())]), "--app", "Two")
    assert twice.code == ExitCode.USAGE
    assert f"name one: {PORTAL}" in twice.err or PORTAL in twice.err


def test_what_breaks_a_rule_is_reported_and_left_unmanaged_with_a_comment(
    reconciler: Reconciler, imported: Import, tmp_path: Path
) -> None:
    connector = [{"key": "BaseAddress", "value": "https://ecma.corp.local:8585/ecma2host_ONE/scim"}]
    ids = [f"00000000-1111-4222-8333-44444444444{n}" for n in range(3)]
    seed = tenant(
        agentGroups=[{"displayName": name} for name in ("Staff", "Pair", "Lone", "Empty")],
        agents=[
            *({"machineName": f"prov-{n}.corp.local", "groups": ["Staff"]} for n in range(3)),
            {"machineName": "prov-3.corp.local", "groups": ["Pair", "Lone"]},
            {"machineName": "prov-4.corp.local", "groups": ["Pair"]},
            {"machineName": "idle.corp.local"},
        ],
        apps=[app(f"App {n}", secrets=connector, appId=ids[n]) for n in range(3)],
        publishedResources=[
            {"resourceName": ids[0], "groups": ["Staff", "Pair"]},
            {"resourceName": ids[1], "groups": ["Empty"]},
            {"resourceName": ids[2], "groups": []},
        ],
    )
    ran = imported("one", seed)
    assert ran.code == 0
    for rule, what in (
        ("EPR003", "group/pair"),
        ("EPR003", "group/lone"),
        ("EPR006", "app/app-1"),
        ("EPR026", "empty"),
    ):
        assert f"warning {rule}: " in ran.err
        assert what in ran.err
    spec = tmp_path / "one"
    holds(reconciler, spec)
    groups = (spec / "groups.yaml").read_text(encoding="utf-8")
    assert "availability: scim-two-active" in groups
    assert "availability: single-agent" in groups
    assert "  empty:\n    # agents left unmanaged. EPR026:" in groups
    first, second, third = ((spec / "apps" / f"app-{n}.yaml").read_text(encoding="utf-8") for n in range(3))
    assert "group/pair, group/staff serve it, and a spec names one" in first
    assert "group:" not in first.replace("its group", "")
    assert "# connector left unmanaged. EPR006: app/app-1 uses the connector ONE" in second
    assert "group: empty" in second
    assert "No group serves its published resource" in third
    assert "# - EPR002: agent/idle is in no group, so it is left out." in (spec / "reconciler.yaml").read_text(
        encoding="utf-8"
    )


def test_agents_that_registered_twice_leave_the_members_unmanaged(
    reconciler: Reconciler, imported: Import, tmp_path: Path
) -> None:
    ids = [f"00000000-1111-4222-8333-44444444444{n}" for n in range(4)]
    seed = tenant(
        agents=[
            {"id": ids[0], "machineName": "one.corp.local", "groups": ["Staff"]},
            {"id": ids[1], "machineName": "ONE.corp.local", "down": True, "groups": ["Staff"]},
            {"id": ids[2], "machineName": "two.corp.local", "groups": ["Other"]},
            {"id": ids[3], "machineName": "two.corp.local", "groups": ["Other"]},
        ],
        agentGroups=[{"displayName": "Staff"}, {"displayName": "Other"}],
    )
    ran = imported("one", seed, "--all")
    assert ran.code == 0, ran.err
    spec = tmp_path / "one"
    holds(reconciler, spec)
    agents = (spec / "agents.yaml").read_text(encoding="utf-8")
    assert f"Registered more than once: {ids[1]} has the same machine name." in agents
    assert f"two: {{id: {ids[2]}, machineName: two.corp.local}}" in agents
    groups = (spec / "groups.yaml").read_text(encoding="utf-8")
    assert f"Its members are left unmanaged: {ids[1]} is a member" in groups
    assert "agents:" not in groups


def test_what_no_spec_can_say_is_left_unmanaged_with_a_comment(
    reconciler: Reconciler, imported: Import, tmp_path: Path
) -> None:
    def mapping(target: str, **members: Any) -> dict[str, Any]:
        source = {"type": "Attribute", "name": "mail", "expression": "[mail]", "parameters": []}
        return {"targetAttributeName": target, "source": source, **members}

    constant = {"type": "Constant", "name": "a\u202eb", "expression": '"a\u202eb"', "parameters": []}
    seed = tenant(
        agentGroups=[{"displayName": "Staff"}, {"displayName": "Odd\u202e"}],
        apps=[
            app(
                "App",
                secrets=[
                    {"key": "BaseAddress", "value": "ldap://x"},
                    {"key": "SyncAll", "value": "maybe"},
                    {"key": "SyncAgentCompatibilityKey", "value": "hidden"},
                    {"key": "Password", "value": "hidden"},
                    {
                        "key": "SyncNotificationSettings",
                        "value": '{"Enabled":true,"Recipients":"a;b","DeleteThresholdEnabled":true,"DeleteThresholdValue":0}',
                    },
                ],
                jobs=[
                    {
                        "template": "onPremisesScim",
                        "mappings": [
                            mapping("userName", matchingPriority=1),
                            mapping("title", flowType="ValueAddOnly"),
                            mapping("displayName", source=constant),
                            mapping("externalId", source=None),
                            mapping("name.givenName", source=None, defaultValue="none"),
                            mapping("name.familyName", flowBehavior="FlowAlways", defaultValue=""),
                        ],
                    }
                ],
            )
        ],
    )
    ran = imported("one", seed)
    assert ran.code == 0, ran.err
    holds(reconciler, tmp_path / "one")
    text = (tmp_path / "one" / "apps" / "app.yaml").read_text(encoding="utf-8")
    for said in (
        "# connector.url is no http or https URL",
        "# provisioning.notify is not one e-mail address",
        "# provisioning.deleteThreshold is out of the range",
        "# provisioning.scope could not be read: neither True nor False",
        "# title of the User mapping is applied as valueAddOnly",
        "# displayName of the User mapping holds a text that no spec can hold",
        "externalId: {default: null}",
        "name.givenName: {default: none}",
        'name.familyName: {source: mail, when: always, default: ""}',
    ):
        assert said in text
    assert "has a name that no spec can hold: Odd\\u202e" in (tmp_path / "one" / "reconciler.yaml").read_text(
        encoding="utf-8"
    )


def test_a_read_that_fails_is_told_and_never_taken_for_nothing(
    reconciler: Reconciler, imported: Import, tmp_path: Path
) -> None:
    spec = tmp_path / "one"
    spec.mkdir()
    seed = tenant(apps=[app("App"), app("Other")])
    (spec / SEED).write_text(json.dumps(seed), encoding="utf-8")
    refused = {"kind": "status", "status": 403}
    ask(spec, "POST", "/emulator/faults", {"rules": [{**refused, "path": "onPremisesPublishingProfiles"}]})
    ran = imported("one", seed)
    assert ran.code == ExitCode.UNREADABLE
    assert "403" in ran.err
    assert "surfaces: [apps, hosts]" in (spec / "reconciler.yaml").read_text(encoding="utf-8")
    ask(spec, "POST", "/emulator/faults", {"rules": []})
    holds(reconciler, spec)
    shutil.rmtree(spec)
    spec.mkdir()
    (spec / SEED).write_text(json.dumps(seed), encoding="utf-8")
    ask(spec, "POST", "/emulator/faults", {"rules": [{**refused, "path": "/schema$"}]})
    ran = imported("one", seed)
    assert ran.code == ExitCode.UNREADABLE
    text = (spec / "apps" / "app.yaml").read_text(encoding="utf-8")
    assert "# the mappings could not be read: the service answered 403" in text
    assert "mappings:" not in text
    shutil.rmtree(spec)
    spec.mkdir()
    (spec / SEED).write_text(json.dumps(seed), encoding="utf-8")
    ask(spec, "POST", "/emulator/faults", {"rules": [{**refused, "path": "servicePrincipals$"}]})
    ran = imported("one", seed)
    assert ran.code == ExitCode.UNREADABLE
    assert "nothing was imported" in ran.err
    assert not (spec / "reconciler.yaml").exists()


def test_one_surface_alone_can_be_imported(reconciler: Reconciler, imported: Import, tmp_path: Path) -> None:
    seed = tenant(apps=[app("App")])
    assert imported("apps", seed, "--surface", "apps").code == 0
    assert not (tmp_path / "apps" / "groups.yaml").exists()
    holds(reconciler, tmp_path / "apps")
    assert imported("topology", seed, "--surface", "topology").code == 0
    assert not (tmp_path / "topology" / "apps").exists()
    holds(reconciler, tmp_path / "topology")


def test_a_spec_is_added_to_only_where_that_is_asked_for(
    reconciler: Reconciler, imported: Import, tmp_path: Path
) -> None:
    spec = tmp_path / "one"
    seed = tenant(apps=[app("Old", servicePrincipalId=PORTAL)])
    assert imported("one", seed).code == 0
    old = spec / "apps" / "old.yaml"
    old.write_text(old.read_text(encoding="utf-8").replace("  old:", "  ours:  # our own word"), encoding="utf-8")
    assert reconciler("apply", spec, "--yes", "--quiet").code == 0
    kept = texts(spec)
    refused = imported("one", seed)
    assert refused.code == ExitCode.USAGE
    assert "--update" in refused.err
    assert reconciler("import", spec, "--update").out.startswith("Nothing to import")
    group = ask(spec, "POST", "/beta/onPremisesPublishingProfiles/provisioning/agentGroups", {"displayName": "New"})
    created = ask(spec, "POST", "/beta/applications", {"displayName": "Fresh"})
    principal = ask(spec, "POST", "/beta/servicePrincipals", {"appId": created["appId"]})
    ran = reconciler("import", spec, "--update", "--app", "fresh")
    assert ran.code == 0, ran.err
    assert ran.out.splitlines()[:2] == ["groups-2.yaml", "apps/fresh.yaml"]
    assert {name: text for name, text in texts(spec).items() if name in kept} == kept
    assert group["displayName"] in (spec / "groups-2.yaml").read_text(encoding="utf-8")
    assert principal["id"] in (spec / "apps" / "fresh.yaml").read_text(encoding="utf-8")
    holds(reconciler, spec)
    again = reconciler("import", spec, "--update", "--app", "fresh")
    assert again.out.startswith("app/fresh was in the spec, which said all of it that can be said before.")
    wrong = reconciler("import", spec, "--update", "--name", "x")
    assert wrong.code == ExitCode.USAGE


def test_a_group_that_is_added_brings_its_profile_along(
    reconciler: Reconciler, imported: Import, tmp_path: Path
) -> None:
    spec = tmp_path / "one"
    assert imported("one", tenant(apps=[app("App", secrets=connector("ONE"))])).code == 0
    profile = "/beta/onPremisesPublishingProfiles/provisioning"
    added = ask(spec, "POST", f"{profile}/agentGroups", {"displayName": "Lone"})
    agents = ask(spec, "GET", f"{profile}/agents")["value"]
    reference = {"@odata.id": f"http://emulator{profile}/agentGroups/{added['id']}"}
    ask(spec, "POST", f"{profile}/agents/{agents[0]['id']}/agentGroups/$ref", reference)
    ran = reconciler("import", spec, "--update")
    assert ran.code == 0, ran.err
    assert "policy:\n  availabilityProfiles:" in (spec / "groups-2.yaml").read_text(encoding="utf-8")
    holds(reconciler, spec)
    again = ask(spec, "POST", f"{profile}/agentGroups", {"displayName": "lone"})
    ran = reconciler("import", spec, "--update")
    assert ran.code == ExitCode.ERROR
    assert again["id"] in ran.err


def connector(name: str) -> list[dict[str, str]]:
    return [{"key": "BaseAddress", "value": f"https://ecma.corp.local:8585/ecma2host_{name}/scim"}]


def test_an_app_that_is_added_uses_the_connector_host_that_is_there(
    reconciler: Reconciler, imported: Import, tmp_path: Path
) -> None:
    spec = tmp_path / "one"
    seed = tenant(apps=[app("First", secrets=connector("ONE")), app("Second", secrets=connector("TWO"))])
    assert imported("one", seed, "--app", "First").code == 0
    ran = reconciler("import", spec, "--update")
    assert ran.out.splitlines()[0] == "apps/second.yaml"
    assert not (spec / "connector-hosts-2.yaml").exists()
    assert "connector: {host: ecma, name: TWO}" in (spec / "apps" / "second.yaml").read_text(encoding="utf-8")
    holds(reconciler, spec)


def large(name: str, count: int, first: str) -> dict[str, Any]:
    """An app with more expressions than anybody wrote by hand."""
    text = f'ToLower("{"x" * 9_900}")'
    source = {"type": "Function", "name": "ToLower", "expression": text, "parameters": []}
    mail = {"type": "Attribute", "name": "mail", "expression": "[mail]", "parameters": []}
    matching = {"targetAttributeName": "userName", "source": mail, "matchingPriority": 1}
    long = [{"targetAttributeName": f"{first}{n}", "source": source} for n in range(count)]
    return app(name, jobs=[{"template": "onPremisesScim", "mappings": [matching, *long]}])


def mapped(name: str, *, number: str, phone: str) -> dict[str, Any]:
    """An app that maps seven attributes of users."""

    def mapping(target: str, source: str, **members: Any) -> dict[str, Any]:
        told = {"type": "Attribute", "name": source, "expression": f"[{source}]", "parameters": []}
        return {"targetAttributeName": target, "source": told, **members}

    same = (("displayName", "displayName"), ("title", "jobTitle"), ("name.givenName", "givenName"))
    others = [mapping(target, source) for target, source in (*same, ("externalId", number), ("nickName", phone))]
    mappings = [mapping("userName", "mail", matchingPriority=1), *others]
    return app(name, jobs=[{"template": "onPremisesScim", "state": "Active", "mappings": mappings}])


def test_an_app_that_is_added_uses_the_mapping_that_is_there(
    reconciler: Reconciler, imported: Import, tmp_path: Path
) -> None:
    spec = tmp_path / "one"
    seed = tenant(
        apps=[
            mapped("First", number="employeeId", phone="mobile"),
            mapped("Second", number="employeeId", phone="mobile"),
            mapped("Third", number="objectId", phone="mobile"),
            mapped("Fourth", number="employeeId", phone="mobile"),
        ]
    )
    assert imported("one", seed, "--app", "First", "--app", "Second").code == 0
    (spec / "mappings" / "on-premises-scim-users.yaml").rename(spec / "shared.yaml")
    shared = (spec / "shared.yaml").read_text(encoding="utf-8").replace("on-premises-scim-users:", "people:  # ours")
    (spec / "shared.yaml").write_text(shared, encoding="utf-8")
    for name in ("first", "second"):
        path = spec / "apps" / f"{name}.yaml"
        path.write_text(path.read_text(encoding="utf-8").replace("on-premises-scim-users", "people"), encoding="utf-8")
    kept = texts(spec)
    ran = reconciler("import", spec, "--update")
    assert ran.out.splitlines()[:2] == ["apps/fourth.yaml", "apps/third.yaml"]
    assert {name: text for name, text in texts(spec).items() if name in kept} == kept
    third, fourth = ((spec / "apps" / f"{name}.yaml").read_text(encoding="utf-8") for name in ("third", "fourth"))
    assert "mappings: [people, on-premises-scim-groups]" in fourth
    assert "- {use: people, attributes: {externalId: objectId}}\n" in third
    assert "which has none of this in it" in ran.out
    holds(reconciler, spec)


def test_an_app_is_filled_with_what_the_spec_does_not_say_of_it_when_it_is_named(
    reconciler: Reconciler, imported: Import, tmp_path: Path
) -> None:
    spec = tmp_path / "one"
    assert imported("one", contoso_seed(), "--name", "contoso").code == 0
    (spec / "apps" / "hr-master-data-sql.yaml").write_text(
        """\
apps:
  # ours
  hr-master-data-sql:
    servicePrincipal: {id: dee9c2c1-c89b-56d1-ac79-5703e265309d}  # HR
    job: {enabled: true}  # never stop it
    # who is told
    provisioning:
      notify: somebody@contoso.com  # not the one of the portal
    mappings:
      # nearly as others
      - on-premises-ecma-users
""",
        encoding="utf-8",
    )
    (spec / "apps" / "intranet-scim.yaml").write_text(
        """\
apps:
  intranet-scim:
    servicePrincipal: {id: 9b3cf33d-877f-5a0c-be87-4ad005e2bcb1}
    mappings:
      - source: User
        target: User
        attributes:
          # Who it is.
          userName: userPrincipalName
          displayName: =ToUpper([displayName])  # ours
""",
        encoding="utf-8",
    )
    before = texts(spec)
    assert reconciler("import", spec, "--update").out.startswith("Nothing to import")
    named = ("--app", "HR master data (SQL)", "--app", "Intranet (SCIM)")
    ran = reconciler("import", spec, "--update", "--match-resources", *named)
    assert ran.code == 0, ran.err
    assert "app/intranet-scim was in the spec, which now says connector.url, job.template, " in ran.out
    assert "  secretToken is set, and the service never shows it" in ran.out
    after = texts(spec)
    assert {name for name in after if after[name] != before[name]} == {
        "apps/hr-master-data-sql.yaml",
        "apps/intranet-scim.yaml",
    }
    assert after["apps/hr-master-data-sql.yaml"].decode() == (
        """\
apps:
  # ours
  hr-master-data-sql:
    servicePrincipal: {id: dee9c2c1-c89b-56d1-ac79-5703e265309d}  # HR
    resource: {resourceName: hr-sql}
    group: hr-applications
    connector: {host: ecma-ams-1, name: HRSQL}
    job: {enabled: true}  # never stop it
    # who is told
    provisioning:
      notify: somebody@contoso.com  # not the one of the portal
      scope: assigned
      deleteThreshold: 50
    mappings:
      # nearly as others
      - use: on-premises-ecma-users
        attributes: {Department: {constant: HR}, textID: "=ToLower([mailNickname], )", Title: jobTitle}
"""
    )
    assert after["apps/intranet-scim.yaml"].decode() == (
        """\
apps:
  intranet-scim:
    servicePrincipal: {id: 9b3cf33d-877f-5a0c-be87-4ad005e2bcb1}
    connector: {url: "https://intranet.contoso.local/scim/"}
    job: {template: onPremisesScim, enabled: false}
    provisioning: {scope: all}
    mappings:
      - source: User
        target: User
        flow: [add, update, delete]
        match: [userName]
        attributes:
          # Who it is.
          userName: userPrincipalName
          displayName: =ToUpper([displayName])  # ours
          active: =Switch([IsSoftDeleted], , "False", "True", "True", "False")
          emails[type eq "work"].value: mail
          externalId: mailNickname
          name.familyName: surname
          name.givenName: givenName
        filter: []
      - on-premises-scim-groups
"""
    )
    plan = json.loads(reconciler("plan", spec, "--format", "json").out)
    differing = {field["field"] for change in plan["changes"] for field in change["fields"]}
    assert differing == {"provisioning.notify", "mapping/User/displayName", "mapping/User/filter"}
    again = reconciler("import", spec, "--update", *named)
    assert again.out.count("which said all of it that can be said before") == 2
    assert texts(spec) == after


def test_what_has_no_place_in_the_apps_own_file_is_written_by_hand(
    reconciler: Reconciler, imported: Import, tmp_path: Path
) -> None:
    spec = tmp_path / "one"
    assert imported("one", tenant(apps=[app("App")])).code == 0
    path = spec / "apps" / "app.yaml"
    text = path.read_text(encoding="utf-8")
    listed = text[text.index("    mappings:") :]
    path.write_text(text.removesuffix(listed), encoding="utf-8")
    root = spec / "reconciler.yaml"
    default = "defaults:\n  apps:\n    mappings: [{source: User, target: User, match: [userName]}]\n"
    root.write_text(f"{root.read_text(encoding='utf-8')}\n{default}", encoding="utf-8")
    kept = texts(spec)
    ran = reconciler("import", spec, "--update", "--app", "App")
    assert ran.code == ExitCode.ERROR
    assert "app/app cannot be filled" in ran.err
    assert "write by hand what the spec lacks" in ran.err
    assert texts(spec) == kept


def test_a_mapping_that_no_file_can_hold_stops_nothing_else(
    reconciler: Reconciler, imported: Import, tmp_path: Path
) -> None:
    ran = imported("one", tenant(apps=[app("App"), large("Huge", 120, "a"), large("Large", 90, "b")]))
    assert ran.code == 0, ran.err
    spec = tmp_path / "one"
    holds(reconciler, spec)
    assert "EPR103: app/huge: The User mapping is left unmanaged" in " ".join(ran.err.split())
    assert "app/large" not in ran.err
    assert (spec / "apps" / "app.yaml").exists()
    huge = (spec / "apps" / "huge.yaml").read_text(encoding="utf-8")
    assert "# The User mapping is left unmanaged: its file would be larger than 1 MiB" in huge
    assert huge.endswith("mappings: [on-premises-scim-groups]\n")


def test_a_new_spec_needs_a_tenant_and_an_empty_place(reconciler: Reconciler, imported: Import, tmp_path: Path) -> None:
    for words, said in (
        ((), "a new spec names its tenant"),
        (("--tenant", "contoso.com"), "a new spec names its tenant"),
        (("--tenant", PORTAL, "--name", "a b"), "--name a b"),
    ):
        ran = reconciler("import", tmp_path / "x", *words)
        assert ran.code == ExitCode.USAGE
        assert said in ran.err
    (tmp_path / "one" / "apps").mkdir(parents=True)
    (tmp_path / "one" / "apps" / "app.yaml").write_text("", encoding="utf-8")
    ran = imported("one", tenant(apps=[app("App")]))
    assert ran.code == ExitCode.USAGE
    assert "exists already" in ran.err
    nothing = imported("none", {**tenant(), "agents": [], "agentGroups": []})
    assert nothing.code == 0
