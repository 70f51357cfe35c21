"""Agents, agent groups and published resources behave as the service's do."""

from __future__ import annotations

import pytest

from tests.emulator.conftest import PROVISIONING, Tenant, Tenants, reference

MANY = {"groupsPerResource": "many"}


def test_one_call_gives_the_whole_topology(tenants: Tenants) -> None:
    tenant = tenants(
        agentGroups=[{"displayName": "HR"}],
        publishedResources=[{"resourceName": "hr-sql", "groups": ["HR"]}],
    )
    got = tenant.get(
        f"{PROVISIONING}?$expand=publishedResources($expand=agentGroups),agents,agentGroups($expand=agents)"
    )
    assert got.body["id"] == "provisioning"
    assert [agent["machineName"] for agent in got.body["agents"]] == ["ams-1", "ams-2", "fra-1"]
    assert [group["displayName"] for group in got.body["publishedResources"][0]["agentGroups"]] == ["HR"]
    assert [group["isDefault"] for group in got.body["agentGroups"]] == [True, False]


def test_graph_shows_neither_version_nor_address_of_an_agent(tenant: Tenant) -> None:
    agent = tenant.get(f"{PROVISIONING}/agents/{tenant.agent('ams-1')}").body
    assert {name: value for name, value in agent.items() if name not in ("id", "@odata.context")} == {
        "machineName": "ams-1",
        "externalIp": "203.0.113.1",
        "status": "active",
        "supportedPublishingTypes": ["provisioning"],
    }


def test_agents_can_be_neither_created_nor_deleted(tenant: Tenant) -> None:
    assert tenant.post(f"{PROVISIONING}/agents", {"machineName": "x"}).status == 405
    assert tenant.delete(f"{PROVISIONING}/agents/{tenant.agent('ams-1')}").status == 405


def test_a_new_group_is_never_the_default_group(tenant: Tenant) -> None:
    got = tenant.post(f"{PROVISIONING}/agentGroups", {"displayName": "New Group"})
    assert got.status == 201
    assert {name: got.body[name] for name in ("displayName", "publishingType", "isDefault")} == {
        "displayName": "New Group",
        "publishingType": "provisioning",
        "isDefault": False,
    }


def test_a_repeated_create_makes_a_second_group(tenant: Tenant) -> None:
    assert tenant.group("HR") != tenant.group("HR")


@pytest.mark.parametrize(
    "body", [{}, {"displayName": ""}, {"displayName": 3}, {"displayName": "x", "colour": "red"}, []]
)
def test_a_group_that_does_not_fit_is_400(tenant: Tenant, body: object) -> None:
    assert tenant.post(f"{PROVISIONING}/agentGroups", body).status == 400


def test_a_group_is_renamed_in_place(tenant: Tenant) -> None:
    group = tenant.group("HR")
    assert tenant.patch(f"{PROVISIONING}/agentGroups/{group}", {"displayName": "HR applications"}).status == 204
    assert tenant.get(f"{PROVISIONING}/agentGroups/{group}").body["displayName"] == "HR applications"


def test_membership_is_written_from_the_agents_side(tenant: Tenant) -> None:
    group, agent = tenant.group(), tenant.agent("ams-1")
    assert tenant.join(agent, group).status == 204
    assert [each["id"] for each in tenant.get(f"{PROVISIONING}/agentGroups/{group}/agents").value] == [agent]
    assert [each["id"] for each in tenant.get(f"{PROVISIONING}/agents/{agent}/agentGroups").value] == [group]
    assert tenant.delete(f"{PROVISIONING}/agents/{agent}/agentGroups/{group}/$ref").status == 204
    assert tenant.get(f"{PROVISIONING}/agentGroups/{group}/agents").value == []


def test_membership_cannot_be_written_from_the_groups_side(tenant: Tenant) -> None:
    group, agent = tenant.group(), tenant.agent("ams-1")
    assert tenant.post(f"{PROVISIONING}/agentGroups/{group}/agents/$ref", {"@odata.id": "x"}).status == 405
    assert tenant.delete(f"{PROVISIONING}/agentGroups/{group}/agents/{agent}/$ref").status == 405
    assert tenant.post(f"{PROVISIONING}/agentGroups/{group}/agents", {"id": agent}).status == 405


def test_a_reference_that_exists_is_refused_and_one_that_does_not_is_404(tenant: Tenant) -> None:
    group, agent = tenant.group(), tenant.agent("ams-1")
    assert tenant.join(agent, group).status == 204
    assert tenant.join(agent, group).status == 400
    address = f"{PROVISIONING}/agents/{agent}/agentGroups/{group}/$ref"
    assert [tenant.delete(address).status for _ in range(2)] == [204, 404]


@pytest.mark.parametrize(
    "url",
    [
        "https://graph.microsoft.com/beta/onPremisesPublishingProfiles/provisioning/agentGroups/{}/",
        "http://127.0.0.1:1/beta/onPremisesPublishingProfiles('provisioning')/agentGroups('{}')",
        "https://graph.microsoft.us/beta/onpremisespublishingprofiles/provisioning/agentgroups/{}",
    ],
)
def test_a_reference_is_known_by_its_last_segments(tenant: Tenant, url: str) -> None:
    group, agent = tenant.group(), tenant.agent("ams-1")
    address = f"{PROVISIONING}/agents/{agent}/agentGroups/$ref"
    assert tenant.post(address, {"@odata.id": url.format(group.upper())}).status == 204


@pytest.mark.parametrize("body", [{}, [], {"@odata.id": "http://["}, {"@odata.id": "agents/x"}, {"@odata.id": 3}])
def test_a_reference_to_something_else_is_400(tenant: Tenant, body: object) -> None:
    assert tenant.post(f"{PROVISIONING}/agents/{tenant.agent('ams-1')}/agentGroups/$ref", body).status == 400


def test_a_group_that_holds_anything_is_not_deleted(tenants: Tenants) -> None:
    tenant = tenants(switches=MANY)
    group, agent, resource = tenant.group(), tenant.agent("ams-1"), tenant.resource()
    tenant.join(agent, group)
    tenant.assign(resource, group)
    address = f"{PROVISIONING}/agentGroups/{group}"
    assert tenant.delete(address).status == 400
    tenant.delete(f"{PROVISIONING}/agents/{agent}/agentGroups/{group}/$ref")
    assert tenant.delete(address).status == 400
    tenant.delete(f"{PROVISIONING}/publishedResources/{resource}/agentGroups/{group}/$ref")
    assert tenant.delete(address).status == 204
    assert tenant.get(address).status == 404


def test_the_default_group_is_not_deleted(tenant: Tenant) -> None:
    default = next(group for group in tenant.get(f"{PROVISIONING}/agentGroups").value if group["isDefault"])
    assert tenant.delete(f"{PROVISIONING}/agentGroups/{default['id']}").status == 400


def test_a_deleted_resource_leaves_no_assignment_behind(tenant: Tenant) -> None:
    group, resource = tenant.group(), tenant.resource()
    tenant.assign(resource, group)
    assert tenant.delete(f"{PROVISIONING}/publishedResources/{resource}").status == 204
    assert tenant.get(f"{PROVISIONING}/agentGroups/{group}/publishedResources").value == []
    assert tenant.delete(f"{PROVISIONING}/agentGroups/{group}").status == 204


def test_by_default_a_resource_has_one_group(tenant: Tenant) -> None:
    resource, first, second = tenant.resource(), tenant.group("A"), tenant.group("B")
    assert tenant.assign(resource, first).status == 204
    assert tenant.assign(resource, second).status == 400
    assert [group["id"] for group in tenant.get(f"{PROVISIONING}/publishedResources/{resource}/agentGroups").value] == [
        first
    ]


def test_where_switched_a_resource_has_many_groups(tenants: Tenants) -> None:
    tenant = tenants(switches=MANY)
    resource, groups = tenant.resource(), [tenant.group("A"), tenant.group("B")]
    assert [tenant.assign(resource, group).status for group in groups] == [204, 204]
    got = tenant.get(f"{PROVISIONING}/publishedResources/{resource}?$expand=agentGroups")
    assert [group["id"] for group in got.body["agentGroups"]] == groups


def test_a_resource_is_renamed_but_keeps_its_resource_name(tenant: Tenant) -> None:
    address = f"{PROVISIONING}/publishedResources/{tenant.resource('hr-sql')}"
    assert tenant.patch(address, {"displayName": "Demo provisioning (updated)"}).status == 204
    assert tenant.patch(address, {"resourceName": "other"}).status == 400
    assert tenant.get(address).body["resourceName"] == "hr-sql"


def test_the_updater_is_changed_by_parts_and_by_either_path(tenant: Tenant) -> None:
    address = f"{PROVISIONING}/hybridAgentUpdaterConfiguration"
    window = {"updateWindowStartTime": "0:00:00", "updateWindowEndTime": "23:59:00"}
    assert tenant.patch(address, {"updateWindow": window}).status == 204
    assert (
        tenant.patch(
            PROVISIONING, {"hybridAgentUpdaterConfiguration": {"allowUpdateConfigurationOverride": True}}
        ).status
        == 204
    )
    assert tenant.patch(address, {"deferUpdateDateTime": "2026-11-27T15:41:52+01:00"}).status == 204
    assert tenant.get(PROVISIONING).body["hybridAgentUpdaterConfiguration"] == {
        "allowUpdateConfigurationOverride": True,
        "deferUpdateDateTime": "2026-11-27T14:41:52Z",
        "updateWindow": {"updateWindowStartTime": "00:00:00.0000000", "updateWindowEndTime": "23:59:00.0000000"},
    }


@pytest.mark.parametrize(
    "body",
    [
        {"deferUpdate": "2018-08-20T12:00"},
        {"updateWindow": {"updateWindowStartTime": "25:00:00"}},
        {"updateWindow": {"start": "01:00:00"}},
        {"updateWindow": "nightly"},
        {"deferUpdateDateTime": "tomorrow"},
        {"allowUpdateConfigurationOverride": "yes"},
    ],
)
def test_an_updater_configuration_that_does_not_fit_is_400(tenant: Tenant, body: object) -> None:
    assert tenant.patch(f"{PROVISIONING}/hybridAgentUpdaterConfiguration", body).status == 400


def test_another_publishing_type_is_404(tenant: Tenant) -> None:
    assert tenant.get("/beta/onPremisesPublishingProfiles/applicationProxy/agents").status == 404


def test_the_topology_is_not_in_v1(tenant: Tenant) -> None:
    assert tenant.get("/v1.0/onPremisesPublishingProfiles/provisioning/agents").status == 400


def test_an_app_only_token_cannot_call_the_topology_unless_switched(tenant: Tenant) -> None:
    token = "Bearer e30.eyJpZHR5cCI6ImFwcCIsIm9pZCI6IngifQ.s"
    assert tenant.get(f"{PROVISIONING}/agents", authorization=token).status == 403
    assert tenant.get("/beta/applications", authorization=token).status == 200
    assert tenant.get(f"{PROVISIONING}/agents", authorization="Bearer opaque").status == 200
    tenant.switch(appOnlyTopology="allowed")
    assert tenant.get(f"{PROVISIONING}/agents", authorization=token).status == 200


def test_a_reference_list_names_addresses_on_the_origin_that_was_called(tenant: Tenant) -> None:
    group, agent = tenant.group(), tenant.agent("ams-1")
    tenant.join(agent, group)
    got = tenant.get(f"{PROVISIONING}/agents/{agent}/agentGroups/$ref")
    assert got.value == [{"@odata.id": f"http://graph.test:8080{PROVISIONING}/agentGroups/{group}"}]
    assert reference(group) != got.value[0]
