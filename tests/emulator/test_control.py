"""A test steers the emulator, from its own machine only, and sees what it answered."""

from __future__ import annotations

import pytest

from reconciler.emulator.errors import ConnectionDropped
from tests.emulator.conftest import PROVISIONING, Tenant, Tenants


def test_the_log_tells_calls_and_items_but_no_bodies_and_no_steering(tenant: Tenant) -> None:
    tenant.get("/beta/users?$filter=id%20eq%20'x'", authorization="Bearer token")
    got = tenant.post("/beta/$batch", {"requests": [{"id": "1", "method": "GET", "url": "/users/nobody"}]})
    calls = tenant.get("/emulator/calls").value
    assert [(call["method"], call["path"], call["status"], call["within"]) for call in calls] == [
        ("GET", "/beta/users", 200, ""),
        ("GET", "/beta/users/nobody", 404, got.headers["request-id"]),
        ("POST", "/beta/$batch", 200, ""),
    ]
    assert set(calls[0]) == {"at", "method", "path", "status", "request_id", "within"}


def test_dropped_and_ordered_answers_are_logged_too(tenant: Tenant) -> None:
    tenant.fault(kind="status", status=500, times=1)
    tenant.get("/beta/users")
    tenant.fault(kind="dropAfter")
    with pytest.raises(ConnectionDropped):
        tenant.get("/beta/users")
    assert [call["status"] for call in tenant.get("/emulator/calls").value] == [500, 0]


def test_the_clock_moves_ahead_and_never_back(tenant: Tenant) -> None:
    assert tenant.post("/emulator/clock", {"advance": 90}).body["now"] == "2026-11-24T12:01:30+00:00"
    assert tenant.post("/emulator/clock", {"advance": -1}).status == 400
    assert tenant.get("/beta/users").headers["date"] == "Tue, 24 Nov 2026 12:01:30 GMT"


def test_switches_change_while_it_runs(tenant: Tenant) -> None:
    before = tenant.get("/emulator/switches").body
    assert tenant.post("/emulator/switches", {"latencyMs": 250}).body == {**before, "latencyMs": 250.0}
    tenant.get("/beta/users")
    assert tenant.clock.slept == [0.25]


@pytest.mark.parametrize(
    "body", [{"colour": "red"}, {"throttle": "XL"}, {"latencyMs": "slow"}, {"pageSize": 1.5}, {"pageSize": 0}]
)
def test_a_switch_that_does_not_exist_or_fit_is_400(tenant: Tenant, body: object) -> None:
    assert tenant.post("/emulator/switches", body).status == 400


def test_a_reset_brings_the_seed_back_and_forgets_all_else(tenants: Tenants) -> None:
    tenant = tenants(switches={"settleSeconds": 7})
    topology = tenant.get(f"{PROVISIONING}?$expand=agents,agentGroups").body
    tenant.group("New")
    tenant.switch(settleSeconds=8, throttle="S")
    tenant.advance(100)
    tenant.fault(kind="status")
    assert tenant.post("/emulator/reset", {}).status == 200
    assert tenant.get("/emulator/calls").value == []
    assert tenant.get(f"{PROVISIONING}?$expand=agents,agentGroups").body == topology
    assert tenant.get("/emulator/switches").body["settleSeconds"] == 7
    assert tenant.get("/emulator/clock").body["now"] == "2026-11-24T12:00:00+00:00"


@pytest.mark.parametrize("client", [("192.0.2.7", 4000), ("2001:db8::1", 4000)])
def test_another_machine_cannot_steer(tenant: Tenant, client: tuple[str, int]) -> None:
    assert tenant.call("GET", "/emulator/calls", client=client).status == 403
    assert tenant.call("POST", "/emulator/reset", {}, client=client).status == 403
    assert tenant.call("GET", "/beta/users", client=client).status == 200


@pytest.mark.parametrize("client", [None, ("127.0.0.1", 1), ("::1", 1), ("testclient", 1)])
def test_this_machine_can(tenant: Tenant, client: tuple[str, int] | None) -> None:
    assert tenant.call("GET", "/emulator/calls", client=client).status == 200


def test_a_web_page_cannot_steer(tenant: Tenant) -> None:
    assert tenant.post("/emulator/reset", None).status == 415
    assert tenant.call("POST", "/emulator/reset", raw=b"{}", content_type="text/plain").status == 415
