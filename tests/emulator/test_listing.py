"""Collections and entities are answered as query options ask, or refused."""

from __future__ import annotations

import pytest

from tests.emulator.conftest import PROVISIONING, Tenant, Tenants


def numbered(count: int) -> list[dict[str, object]]:
    return [{"displayName": f"Group {number:03}"} for number in range(count)]


def test_pages_are_followed_on_the_origin_that_served_them(tenants: Tenants) -> None:
    tenant = tenants(agentGroups=numbered(250))
    address, seen, pages = (
        f"{PROVISIONING}/agentGroups?$filter=startswith(displayName,'group')&$select=displayName",
        [],
        0,
    )
    while address:
        body = tenant.get(address).body
        seen += [group["displayName"] for group in body["value"]]
        pages += 1
        address = body.get("@odata.nextLink", "")
        assert address.startswith("http://graph.test:8080/beta/") or not address
    assert (seen, pages) == ([f"Group {number:03}" for number in range(250)], 3)


def test_the_scheme_and_host_of_links_are_the_callers(tenant: Tenant) -> None:
    link = tenant.get(f"{PROVISIONING}/agents?$top=1", host="emulator.local:9").body["@odata.nextLink"]
    assert link.startswith(f"http://emulator.local:9{PROVISIONING}/agents?$top=1&$skiptoken=")


def test_a_count_stands_on_the_first_page_only(tenants: Tenants) -> None:
    tenant = tenants(agentGroups=numbered(5))
    first = tenant.get(f"{PROVISIONING}/agentGroups?$count=true&$top=4").body
    assert first["@odata.count"] == 6
    assert "@odata.count" not in tenant.get(first["@odata.nextLink"]).body


def test_a_count_segment_is_a_bare_number(tenant: Tenant) -> None:
    got = tenant.get(f"{PROVISIONING}/agents/$count?$filter=status eq 'active'".replace(" ", "%20"))
    assert (got.raw, got.headers["content-type"]) == (b"2", "text/plain")


@pytest.mark.parametrize(
    "query",
    [
        "$filter=colour eq 'red'",
        "$filter=displayName lk 'x'",
        "$filter=contains(displayName,'x')",
        "$search=x",
        "$nonsense=1",
        "$top=0",
        "$top=1000",
        "$top=x",
        "$skip=-1",
        "$orderby=colour",
        "$select=colour",
        "$expand=colour",
        "$expand=agents($filter=colour eq 'red')",
        "$skiptoken=zzz",
        "filter=colour eq 'red'",
        "$top=1&$top=2",
    ],
)
def test_what_cannot_be_asked_is_400_and_never_everything(tenant: Tenant, query: str) -> None:
    assert tenant.get(f"{PROVISIONING}/agentGroups?{query.replace(' ', '%20')}").status == 400


def test_an_entity_takes_no_filter(tenant: Tenant) -> None:
    assert tenant.get(f"{PROVISIONING}/agents/{tenant.agent('ams-1')}?$filter=id%20eq%20'x'").status == 400


def test_selected_members_come_alone(tenant: Tenant) -> None:
    got = tenant.get(f"{PROVISIONING}/agents?$select=id,machineName&$orderby=machineName%20desc")
    assert [sorted(agent) for agent in got.value] == [["id", "machineName"]] * 3
    assert [agent["machineName"] for agent in got.value] == ["fra-1", "ams-2", "ams-1"]


def test_an_expansion_can_be_nested_and_cut(tenants: Tenants) -> None:
    agents = [{"machineName": f"ams-{number}", "groups": ["HR"]} for number in range(3)]
    tenant = tenants(agents=agents, agentGroups=[{"displayName": "HR"}])
    options = "$expand=agents($select=id;$expand=agentGroups($select=displayName);$top=2)"
    group = tenant.get(f"{PROVISIONING}/agentGroups?{options}&$filter=isDefault%20eq%20false").value[0]
    assert [each["agentGroups"] for each in group["agents"]] == [[{"displayName": "HR"}]] * 2


def test_expansions_have_a_bottom(tenant: Tenant) -> None:
    def nested(depth: int) -> str:
        name = ("agents", "agentGroups")[depth % 2]
        return f"$expand={name}({nested(depth - 1)})" if depth else "$expand=agents"

    assert tenant.get(f"{PROVISIONING}/agentGroups?{nested(2)}").status == 200
    assert tenant.get(f"{PROVISIONING}/agentGroups?{nested(6)}").status == 400


@pytest.mark.parametrize(
    "query", ["displayName ne 'Ada'", "not(displayName eq 'Ada')", "displayName eq 'x' or id ne 'y'"]
)
def test_directory_objects_need_the_header_for_advanced_filters(tenant: Tenant, query: str) -> None:
    address = f"/beta/users?$count=true&$filter={query.replace(' ', '%20')}"
    assert tenant.get(address).code == "Request_UnsupportedQuery"
    assert tenant.get(address, consistencylevel="eventual").status == 200


def test_directory_objects_are_not_counted_without_the_header(tenant: Tenant) -> None:
    assert tenant.get("/beta/users/$count").status == 400
    assert tenant.get("/beta/users/$count", consistencylevel="eventual").raw == b"3"


def test_every_answer_says_what_it_is_and_who_asked(tenant: Tenant) -> None:
    got = tenant.get("/beta/users", client_request_id="mine")
    assert got.headers["client-request-id"] == "mine"
    assert got.headers["odata-version"] == "4.0"
    assert got.headers["content-type"].startswith("application/json;odata.metadata=minimal;")
    assert got.headers["date"] == "Tue, 24 Nov 2026 12:00:00 GMT"
    assert got.body["@odata.context"] == "http://graph.test:8080/beta/$metadata#users"
    assert got.headers["request-id"] != tenant.get("/beta/users").headers["request-id"]


def test_an_error_says_when_and_to_whom(tenant: Tenant) -> None:
    got = tenant.get("/beta/users/nobody", client_request_id="mine")
    assert (got.status, got.code) == (404, "Request_ResourceNotFound")
    assert got.body["error"]["innerError"] == {
        "date": "2026-11-24T12:00:00",
        "request-id": got.headers["request-id"],
        "client-request-id": "mine",
    }
