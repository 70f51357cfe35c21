"""Agents register, are heard, fall silent and come back; a resource is served by those that have settled."""

from __future__ import annotations

import pytest

from tests.emulator.conftest import PROVISIONING, Tenant, Tenants

BODY = {
    "connectorId": "c0000000-0000-4000-8000-000000000001",
    "machineName": "lon-1",
    "resourceUrl": "https://lon-1",
    "version": "1.1.2102.0",
    "externalIp": "203.0.113.9",
}


def status(tenant: Tenant, machine: str) -> str:
    return next(
        str(each["status"]) for each in tenant.get(f"{PROVISIONING}/agents").value if each["machineName"] == machine
    )


def test_an_agent_registers_itself_into_the_default_group(tenant: Tenant) -> None:
    assert tenant.post("/his/register", BODY).status == 201
    agent = tenant.agent("lon-1")
    groups = tenant.get(f"{PROVISIONING}/agents/{agent}/agentGroups").value
    assert [group["isDefault"] for group in groups] == [True]
    row = next(each for each in tenant.get("/his/connectors").value if each["agentId"] == agent)
    assert (row["version"], row["resourceUrl"]) == ("1.1.2102.0", "https://lon-1")


def test_ten_minutes_of_silence_make_an_agent_inactive(tenant: Tenant) -> None:
    tenant.post("/his/register", BODY)
    tenant.advance(599)
    assert status(tenant, "lon-1") == "active"
    tenant.advance(1)
    assert status(tenant, "lon-1") == "inactive"
    assert tenant.post("/his/heartbeat", {"connectorId": BODY["connectorId"]}).status == 200
    assert status(tenant, "lon-1") == "active"


def test_a_connector_that_registers_again_stays_one_agent(tenant: Tenant) -> None:
    tenant.post("/his/register", BODY)
    assert tenant.post("/his/register", {**BODY, "version": "1.1.9999.0"}).status == 200
    assert len(tenant.get(f"{PROVISIONING}/agents").value) == 4


@pytest.mark.parametrize(("switch", "agents"), [("duplicate", 2), ("reuse", 1)])
def test_a_machine_that_registers_anew_is_a_second_agent_as_switched(tenant: Tenant, switch: str, agents: int) -> None:
    tenant.switch(reregistration=switch)
    tenant.post("/his/register", BODY)
    tenant.post("/his/register", {**BODY, "connectorId": "c0000000-0000-4000-8000-000000000002"})
    found = [agent for agent in tenant.get(f"{PROVISIONING}/agents").value if agent["machineName"] == "lon-1"]
    assert len(found) == agents


def test_a_heartbeat_can_tell_a_new_address(tenant: Tenant) -> None:
    tenant.post("/his/register", BODY)
    tenant.post("/his/heartbeat", {"connectorId": BODY["connectorId"], "externalIp": "198.51.100.1"})
    assert tenant.get(f"{PROVISIONING}/agents/{tenant.agent('lon-1')}").body["externalIp"] == "198.51.100.1"
    assert tenant.post("/his/heartbeat", {"connectorId": "nobody"}).status == 404
    assert tenant.post("/his/register", {"connectorId": "x"}).status == 400


def test_a_seeded_agent_is_heard_by_itself_unless_it_is_down(tenant: Tenant) -> None:
    tenant.advance(86_400)
    assert [status(tenant, name) for name in ("ams-1", "ams-2", "fra-1")] == ["active", "active", "inactive"]


def test_an_agent_that_is_taken_down_is_noticed_after_ten_minutes(tenant: Tenant) -> None:
    address = f"/emulator/agents/{tenant.agent('ams-1')}"
    tenant.post(address, {"down": True})
    assert status(tenant, "ams-1") == "active"
    tenant.advance(600)
    assert status(tenant, "ams-1") == "inactive"
    tenant.post(address, {"down": False})
    assert status(tenant, "ams-1") == "active"


def test_a_status_can_be_set_at_once(tenant: Tenant) -> None:
    address = f"/emulator/agents/{tenant.agent('ams-1')}"
    assert tenant.post(address, {"status": "inactive"}).body["status"] == "inactive"
    assert tenant.post(address, {"status": "active"}).body["status"] == "active"
    assert tenant.post("/emulator/agents/nobody", {"down": True}).status == 404
    assert tenant.post(address, {}).status == 400


def test_events_of_a_seed_happen_at_their_times(tenants: Tenants) -> None:
    events = [
        {"at": 60, "agent": "ams-1", "status": "inactive"},
        {"at": 120, "agent": "ams-1", "status": "active"},
    ]
    tenant = tenants(agentEvents=events)
    seen = [status(tenant, "ams-1")]
    for _ in range(2):
        tenant.advance(60)
        seen.append(status(tenant, "ams-1"))
    assert seen == ["active", "inactive", "active"]


def serving(tenant: Tenant) -> list[str]:
    return list(tenant.get("/emulator/serving").value[0]["agents"])


def test_a_new_membership_serves_only_after_it_has_settled(tenants: Tenants) -> None:
    tenant = tenants(
        switches={"settleSeconds": 300},
        agentGroups=[{"displayName": "HR"}],
        publishedResources=[{"resourceName": "hr-sql", "groups": ["HR"]}],
    )
    group = tenant.get(f"{PROVISIONING}/agentGroups?$filter=displayName%20eq%20'HR'").value[0]["id"]
    agent = tenant.agent("ams-1")
    tenant.join(agent, group)
    assert serving(tenant) == []
    tenant.advance(300)
    assert serving(tenant) == [agent]
    tenant.post(f"/emulator/agents/{agent}", {"status": "inactive"})
    assert serving(tenant) == []


def test_a_new_assignment_serves_only_after_it_has_settled_and_stops_at_once(tenants: Tenants) -> None:
    agents = [{"machineName": "ams-1", "groups": ["HR"]}, {"machineName": "ams-2", "groups": ["HR"], "down": True}]
    tenant = tenants(switches={"settleSeconds": 300}, agents=agents, agentGroups=[{"displayName": "HR"}])
    group = tenant.get(f"{PROVISIONING}/agentGroups?$filter=displayName%20eq%20'HR'").value[0]["id"]
    resource = tenant.resource()
    tenant.assign(resource, group)
    tenant.advance(299)
    assert serving(tenant) == []
    tenant.advance(1)
    assert serving(tenant) == [tenant.agent("ams-1")]
    tenant.delete(f"{PROVISIONING}/publishedResources/{resource}/agentGroups/{group}/$ref")
    assert serving(tenant) == []
