"""The audit log tells who changed what through Graph, to whoever does not ask too often."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.conftest import PROVISIONING, Got, Tenant, Tenants

AUDITS = "/beta/auditLogs/directoryAudits"
ADA = "ada@contoso.com"


def bearer(tenant: Tenant, profile: str = "delegated", **members: str) -> dict[str, str]:
    token = tenant.post("/emulator/tokens", {"profile": profile, **members}).body["token"]
    return {"authorization": f"Bearer {token}"}


def newest(tenant: Tenant) -> Any:
    return tenant.get(f"{AUDITS}?$top=1").value[0]


def principal(tenant: Tenant) -> str:
    return str(tenant.get("/beta/servicePrincipals").value[0]["id"])


def test_a_user_who_renames_a_group_is_named_with_what_was_changed(tenants: Tenants) -> None:
    tenant = tenants()
    group = tenant.group("HR")
    tenant.call("PATCH", f"{PROVISIONING}/agentGroups/{group}", {"displayName": "People"}, **bearer(tenant, upn=ADA))
    entry = newest(tenant)
    assert (entry["activityDisplayName"], entry["loggedByService"]) == ("Update Connector Group", "Application Proxy")
    assert entry["initiatedBy"]["user"]["userPrincipalName"] == ADA
    assert entry["activityDateTime"] == "2026-11-24T12:00:00.0000000Z"
    (target,) = entry["targetResources"]
    assert target["id"] == group
    assert target["modifiedProperties"] == [{"displayName": "displayName", "oldValue": '"HR"', "newValue": '"People"'}]


def test_an_application_is_named_by_its_id_and_nobody_by_nothing(tenants: Tenants) -> None:
    tenant = tenants()
    tenant.group("HR")
    assert newest(tenant)["initiatedBy"] == {"user": None, "app": None}
    root = f"/beta/servicePrincipals/{principal(tenant)}/synchronization"
    tenant.call("PUT", f"{root}/secrets", {"value": []}, **bearer(tenant, "app-only"))
    assert newest(tenant)["initiatedBy"]["app"]["appId"] == "00000000-0000-4000-8000-00000000a001"


def test_a_membership_is_told_of_as_the_agent_s_and_its_end_as_the_group_s(tenants: Tenants) -> None:
    tenant = tenants()
    group, agent = tenant.group("HR"), tenant.agent("ams-1")
    tenant.join(agent, group)
    assert [each["id"] for each in newest(tenant)["targetResources"]] == [agent]
    tenant.delete(f"{PROVISIONING}/agents/{agent}/agentGroups/{group}/$ref")
    assert [each["id"] for each in newest(tenant)["targetResources"]] == [group, agent]


def test_a_secret_that_is_written_is_told_of_and_never_shown(tenants: Tenants) -> None:
    tenant = tenants()
    body = {"value": [{"key": "BaseAddress", "value": "https://a"}, {"key": "SecretToken", "value": "s3cret-s3cret"}]}
    path = f"/beta/servicePrincipals/{principal(tenant)}/synchronization/secrets"
    assert tenant.call("PUT", path, body).status == 204
    got = tenant.get(f"{AUDITS}?$top=1")
    (target,) = got.value[0]["targetResources"]
    names = {each["displayName"]: each["newValue"] for each in target["modifiedProperties"]}
    assert names == {"BaseAddress": '"https://a"', "SecretToken": '"*"'}
    assert b"s3cret" not in got.raw


def test_a_call_that_fails_and_one_that_reads_leave_no_entry(tenants: Tenants) -> None:
    tenant = tenants()
    tenant.get(f"{PROVISIONING}/agentGroups")
    assert tenant.patch(f"{PROVISIONING}/agentGroups/nobody", {"displayName": "x"}).status == 404
    assert tenant.get(AUDITS).value == []


def test_entries_are_filtered_by_time_and_activity_ordered_and_cut_into_pages(tenants: Tenants) -> None:
    tenant = tenants()
    for name in ("one", "two", "three"):
        tenant.group(name)
        tenant.advance(60)
    tenant.post(f"{PROVISIONING}/publishedResources", {"displayName": "r", "resourceName": "r"})
    query = (
        "$filter=activityDateTime ge 2026-11-24T12:01:00Z and (activityDisplayName eq 'Add connector Group' or "
        "activityDisplayName eq 'Nothing')&$orderby=activityDateTime desc&$top=1"
    ).replace(" ", "%20")
    first = tenant.get(f"{AUDITS}?{query}")
    second = tenant.get(first.body["@odata.nextLink"])
    names = [each["targetResources"][0]["displayName"] for each in (*first.value, *second.value)]
    assert names == ["three", "two"]
    assert "@odata.nextLink" not in second.body
    assert tenant.get(f"{AUDITS}/{first.value[0]['id']}").body["id"] == first.value[0]["id"]


def test_the_sixth_read_within_ten_seconds_is_refused_until_its_time(tenants: Tenants) -> None:
    tenant = tenants(switches={"retryAfter": "whole"})
    assert [tenant.get(AUDITS).status for _ in range(6)] == [200] * 5 + [429]
    refused = tenant.get(AUDITS)
    assert refused.headers["retry-after"] == "2"
    assert tenant.get(f"{PROVISIONING}/agentGroups").status == 200
    tenant.advance(2)
    assert tenant.get(AUDITS).status == 200


@pytest.mark.parametrize(("profile", "status"), [("app-only", 200), ("none", 403)])
def test_the_log_needs_its_own_permission(tenants: Tenants, profile: str, status: int) -> None:
    tenant = tenants(switches={"auth": "required"})
    got: Got = tenant.get(AUDITS, **bearer(tenant, profile))
    assert got.status == status


def test_a_seed_tells_who_changed_what_before_anybody_called(tenants: Tenants) -> None:
    seed = {
        "agentGroups": [{"displayName": "HR"}],
        "agents": [{"machineName": "ams-1"}],
        "publishedResources": [{"resourceName": "hr-sql", "displayName": "HR (SQL)"}],
        "apps": [{"displayName": "CRM"}],
        "audit": [
            {
                "activityDateTime": "2026-03-09T15:41:02+02:00",
                "activityDisplayName": "Update Connector Group",
                "initiatedBy": {"user": ADA},
                "target": "HR",
                "modifiedProperties": [{"displayName": "displayName", "oldValue": "People", "newValue": "HR"}],
            },
            {
                "activityDateTime": "2026-01-01T00:00:00Z",
                "activityDisplayName": "Add application",
                "initiatedBy": {"app": "Pipeline"},
                "target": "hr-sql",
                "modifiedProperties": [{"displayName": "agentGroups", "newValue": ["a"]}],
            },
            {
                "activityDateTime": "2026-05-01T00:00:00Z",
                "activityDisplayName": "Update provisioning setting or credentials",
                "target": "CRM",
            },
            {
                "activityDateTime": "2026-04-01T00:00:00Z",
                "activityDisplayName": "Add a Connector to Connector Group",
                "target": "ams-1",
            },
        ],
    }
    tenant = tenants(**seed)
    tenant.call(
        "PATCH", f"{PROVISIONING}/agentGroups/{hr(tenant)}", {"displayName": "Staff"}, **bearer(tenant, upn=ADA)
    )
    last, crm, agent, renamed, added = tenant.get(AUDITS).value
    assert last["targetResources"][0]["modifiedProperties"][0]["newValue"] == '"Staff"'
    assert crm["targetResources"][0]["id"] == principal(tenant)
    assert crm["initiatedBy"] == {"user": None, "app": None}
    assert agent["targetResources"][0]["displayName"] == "ams-1"
    assert (renamed["activityDateTime"], renamed["initiatedBy"]["user"]["userPrincipalName"]) == (
        "2026-03-09T13:41:02.0000000Z",
        ADA,
    )
    assert renamed["targetResources"] == [
        {
            **last["targetResources"][0],
            "displayName": "HR",
            "modifiedProperties": [{"displayName": "displayName", "oldValue": '"People"', "newValue": '"HR"'}],
        }
    ]
    assert added["initiatedBy"]["app"]["displayName"] == "Pipeline"
    assert added["targetResources"][0]["modifiedProperties"] == [
        {"displayName": "agentGroups", "oldValue": None, "newValue": '["a"]'}
    ]
    assert renamed.keys() == last.keys()


def hr(tenant: Tenant) -> str:
    groups = tenant.get(f"{PROVISIONING}/agentGroups").value
    return str(next(group["id"] for group in groups if group["displayName"] == "HR"))
