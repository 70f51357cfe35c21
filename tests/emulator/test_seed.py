"""A seed is written by hand, checked as a whole, and makes the same tenant each time."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

import pytest

from reconciler.emulator.app import create
from reconciler.emulator.audit.activities import ACTIVITIES
from reconciler.emulator.faults import FaultRule
from reconciler.emulator.seed import SeedError, checked_seed, read_seed, seed_schema
from reconciler.emulator.switches import Switches, camel, choices
from tests.emulator.conftest import PROVISIONING, SMALL, Tenants

WHOLE = f"{PROVISIONING}?$expand=publishedResources($expand=agentGroups),agents($expand=agentGroups),agentGroups"


def changed(**members: object) -> dict[str, object]:
    """An entry of the audit log."""
    return {
        "activityDateTime": "2026-03-09T15:41:02Z",
        "activityDisplayName": "Update Connector Group",
        "target": "HR",
        **members,
    }


def test_two_tenants_of_one_seed_are_equal(tenants: Tenants) -> None:
    seed = {
        **SMALL,
        "agentGroups": [{"displayName": "HR"}, {"displayName": "HR"}],
        "publishedResources": [{"resourceName": "hr-sql", "groups": ["HR"]}],
    }
    first, second = tenants(seed=seed), tenants(seed=seed)
    for address in (
        WHOLE,
        "/beta/servicePrincipals",
        "/beta/applications",
        "/beta/users",
        "/beta/groups?$expand=members",
    ):
        assert first.get(address).body == second.get(address).body
    assert len(first.get(f"{PROVISIONING}/agentGroups").value) == 3


def test_given_ids_are_kept(tenants: Tenants) -> None:
    identifier = "8832388f-3814-4952-b288-ffb62081fe25"
    tenant = tenants(agentGroups=[{"id": identifier, "displayName": "HR"}])
    assert tenant.get(f"{PROVISIONING}/agentGroups/{identifier}").body["displayName"] == "HR"


def test_a_tenant_without_a_seed_has_a_default_group(tenants: Tenants) -> None:
    groups = tenants(seed={"version": 1}).get(f"{PROVISIONING}/agentGroups").value
    assert [group["isDefault"] for group in groups] == [True]


def test_provisioning_is_seeded_with_its_secrets_masked(tenants: Tenants) -> None:
    app = {
        "displayName": "CRM",
        "template": "onPremisesScim",
        "jobs": [{"template": "onPremisesScim", "state": "Active"}],
        "secrets": [{"key": "SecretToken", "value": "a-long-secret-token"}, {"key": "SyncAll", "value": "False"}],
    }
    tenant = tenants(apps=[app])
    principal = tenant.get("/beta/servicePrincipals").value[0]["id"]
    base = f"/beta/servicePrincipals/{principal}/synchronization"
    assert tenant.get(f"{base}/jobs").value[0]["schedule"]["state"] == "Active"
    assert tenant.get(f"{base}/secrets").value == [
        {"key": "SecretToken", "value": "*"},
        {"key": "SyncAll", "value": "False"},
    ]


@pytest.mark.parametrize(
    ("sections", "pointer"),
    [
        ({"version": 2}, "/version"),
        ({"colour": "red"}, ""),
        ({"agents": [{"machineName": 3}]}, "/agents/0/machineName"),
        ({"agents": [{"machineName": "a", "groups": ["HR"]}]}, "/agents/0/groups/0"),
        ({"publishedResources": [{"resourceName": "a", "groups": ["HR"]}]}, "/publishedResources/0/groups/0"),
        ({"groups": [{"displayName": "a", "members": ["x"]}]}, "/groups/0/members/0"),
        ({"apps": [{"displayName": "a", "assigned": ["x"]}]}, "/apps/0/assigned/0"),
        ({"apps": [{"displayName": "a", "template": "excel"}]}, "/apps/0/template"),
        ({"switches": {"groupsPerResource": "some"}}, "/switches/groupsPerResource"),
        ({"faults": [{"kind": "status", "path": "("}]}, "/faults/0"),
        ({"agentEvents": [{"at": 1, "agent": "x", "status": "active"}]}, "/agentEvents/0/agent"),
        ({"agentGroups": [{"displayName": name, "isDefault": True} for name in "ab"]}, "/agentGroups"),
        ({"audit": [changed(target="nobody")]}, "/audit/0/target"),
        ({"audit": [changed(activityDisplayName="Add user")]}, "/audit/0/activityDisplayName"),
        ({"audit": [changed(initiatedBy={"user": "a", "app": "b"})]}, "/audit/0/initiatedBy"),
        (
            {"agentGroups": [{"displayName": "HR"}], "audit": [changed(activityDateTime="1066-10-14T09:00:00Z")]},
            "/audit/0/activityDateTime",
        ),
        (
            {"agentGroups": [{"id": "00000000-0000-4000-8000-000000000001", "displayName": n} for n in "ab"]},
            "/agentGroups/1/id",
        ),
    ],
)
def test_a_fault_is_told_with_its_place(sections: dict[str, object], pointer: str) -> None:
    with pytest.raises(SeedError) as refused:
        checked_seed({"version": 1, **sections})
    assert [fault.pointer for fault in refused.value.faults] == [pointer]


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(SeedError) as refused:
        checked_seed({"version": 1, "agents": [{"machineName": ""}, {}], "users": [{}]})
    assert len(refused.value.faults) == 3


def test_what_the_service_could_not_hold_is_refused_without_telling_secrets() -> None:
    app = {"displayName": "A", "template": "onPremisesScim", "secrets": [{"key": "Sesame", "value": "open-sesame"}]}
    with pytest.raises(SeedError) as refused:
        create(seed={"version": 1, "apps": [app]})
    assert refused.value.faults[0].pointer == "/apps/0"
    assert "open-sesame" not in str(refused.value)


def test_a_value_of_the_wrong_type_is_not_repeated() -> None:
    secrets = [{"key": "SecretToken", "value": ["open-sesame"]}]
    with pytest.raises(SeedError) as refused:
        checked_seed({"version": 1, "apps": [{"displayName": "A", "secrets": secrets}]})
    assert "sesame" not in str(refused.value)


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe{", b"[" * 100_000, b"[]", b"null"])
def test_a_file_that_is_no_seed_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "seed.json"
    path.write_bytes(content)
    with pytest.raises(SeedError, match=str(path)):
        read_seed(path)


def test_a_seed_counts_only_while_the_database_is_empty(tmp_path: Path, tenants: Tenants) -> None:
    first = tenants(
        tmp_path / "emulator.db", switches={"settleSeconds": 5}, faults=[{"kind": "status", "path": "/groups"}]
    )
    group = first.group("Kept")
    first.advance(1000)
    first.app.close()
    second = tenants(tmp_path / "emulator.db", seed={"version": 1, "agentGroups": [{"displayName": "Other"}]})
    assert second.get(f"{PROVISIONING}/agentGroups/{group}").body["displayName"] == "Kept"
    assert second.get("/emulator/switches").body["settleSeconds"] == 5
    assert second.get("/beta/groups").status == 503
    assert second.get("/emulator/clock").body["now"] > first.clock.now().isoformat()
    assert second.get("/emulator/calls").value[0]["method"] == "POST"
    second.app.close()


def test_a_seed_says_what_time_it_is(tenants: Tenants) -> None:
    tenant = tenants(clock="2020-02-01T10:00:00Z", agents=[{"machineName": "m"}])
    assert tenant.get("/emulator/clock").body["now"] == "2020-02-01T10:00:00+00:00"
    assert tenant.get(f"{PROVISIONING}/agents").value[0]["status"] == "active"


def test_a_day_that_there_is_not_is_no_time_of_a_seed() -> None:
    with pytest.raises(SeedError) as refused:
        checked_seed({"version": 1, "clock": "2026-02-31T00:00:00Z"})
    assert [fault.pointer for fault in refused.value.faults] == ["/clock"]


def test_the_schema_knows_every_switch_with_its_choices_and_default() -> None:
    found = seed_schema()["properties"]["switches"]["properties"]  # type: ignore[index]
    for each in fields(Switches):
        entry = found.pop(camel(each.name))
        assert entry["description"] == each.metadata["doc"]
        assert entry["default"] == each.default
        assert tuple(entry.get("enum", ())) == choices(each.default)
    assert found == {}


def test_the_schema_knows_every_member_of_a_fault_rule() -> None:
    found = seed_schema()["properties"]["faults"]["items"]["properties"]  # type: ignore[index]
    assert set(found) == {camel(each.name) for each in fields(FaultRule)}


def test_every_property_of_the_schema_is_described() -> None:
    def undescribed(node: object, place: str) -> list[str]:
        if isinstance(node, list):
            return [found for child in node for found in undescribed(child, place)]
        if not isinstance(node, dict):
            return []
        named = node.get("properties", {})
        bare = [f"{place}/{name}" for name, each in named.items() if not each.get("description")]
        return bare + [found for name, child in node.items() for found in undescribed(child, f"{place}/{name}")]

    assert undescribed(seed_schema(), "") == []


def test_the_schema_is_a_schema() -> None:
    from jsonschema import Draft202012Validator

    Draft202012Validator.check_schema(seed_schema())
    assert json.dumps(seed_schema())


def test_the_words_of_the_log_are_those_of_the_emulator_s_own_entries() -> None:
    told = seed_schema()["properties"]["audit"]["items"]["properties"]["activityDisplayName"]["enum"]  # type: ignore[index]
    assert sorted(told) == sorted({activity.name for activity in ACTIVITIES.values()})
