"""A fault rule strikes where, when and how it says."""

from __future__ import annotations

import pytest

from reconciler.emulator.errors import ConnectionDropped
from reconciler.emulator.faults import FaultKind, FaultRule, rule_from_json, rule_to_json
from tests.emulator.conftest import PROVISIONING, Tenant, Tenants

GROUPS = f"{PROVISIONING}/agentGroups"


def test_a_status_is_answered_without_doing_anything(tenant: Tenant) -> None:
    tenant.fault(kind="status", method="POST", path="/agentGroups$", status=503, retryAfter="2.128")
    got = tenant.post(GROUPS, {"displayName": "x"})
    assert (got.status, got.headers["retry-after"], got.code) == (503, "2.128", "ServiceUnavailable")
    assert len(tenant.get(GROUPS).value) == 1


def test_a_status_can_bear_any_body(tenant: Tenant) -> None:
    tenant.fault(kind="status", status=200, text="[" * 100_000)
    assert tenant.get(GROUPS).raw == b"[" * 100_000
    tenant.fault(kind="status", status=401, body={"error": {"code": "UnknownError", "message": ""}})
    assert tenant.get(GROUPS).body == {"error": {"code": "UnknownError", "message": ""}}


@pytest.mark.parametrize(
    ("when", "struck"),
    [
        ({"nth": 3}, [3]),
        ({"every": 2}, [2, 4, 6]),
        ({"every": 2, "times": 1}, [2]),
        ({"times": 2}, [1, 2]),
        ({}, [1, 2, 3, 4, 5, 6]),
    ],
)
def test_a_rule_strikes_on_the_calls_that_it_names(tenant: Tenant, when: dict[str, int], struck: list[int]) -> None:
    tenant.fault(kind="status", method="GET", path="/agentGroups", **when)
    statuses = [tenant.get(GROUPS).status for _ in range(6) if tenant.get(f"{PROVISIONING}/agents").status == 200]
    assert [number for number, status in enumerate(statuses, 1) if status == 503] == struck


def test_a_seeded_probability_strikes_the_same_calls_each_time(tenant: Tenant) -> None:
    runs = []
    for _ in range(2):
        tenant.fault(kind="status", probability=0.5, seed=3)
        runs.append([tenant.get(GROUPS).status for _ in range(30)])
    assert runs[0] == runs[1]
    assert set(runs[0]) == {200, 503}


@pytest.mark.parametrize(("kind", "made"), [("dropBefore", 0), ("dropAfter", 1), ("truncate", 1)])
def test_a_dropped_connection_leaves_the_application_as_an_exception(tenant: Tenant, kind: str, made: int) -> None:
    tenant.fault(kind=kind, method="POST")
    with pytest.raises(ConnectionDropped) as dropped:
        tenant.post(GROUPS, {"displayName": "x"})
    assert dropped.value.executed == bool(made)
    assert len(tenant.get(GROUPS).value) == 1 + made


def test_a_duplicate_delivery_does_it_twice(tenant: Tenant) -> None:
    tenant.fault(kind="duplicate", method="POST")
    made = tenant.post(GROUPS, {"displayName": "Twice"}).body["id"]
    names = [group["displayName"] for group in tenant.get(GROUPS).value]
    assert names == ["Default group", "Twice", "Twice"]
    assert tenant.get(GROUPS).value[-1]["id"] == made


def test_a_slow_answer_comes_whole_but_in_pieces(tenant: Tenant) -> None:
    whole = tenant.get(GROUPS).raw
    tenant.fault(kind="slow", seconds=5)
    got = tenant.get(GROUPS)
    assert got.raw == whole
    assert got.pieces > 5
    assert sum(tenant.clock.slept) == pytest.approx(5)


def test_answers_can_be_wrong_in_shape_type_and_content(tenant: Tenant) -> None:
    whole = tenant.get(GROUPS)
    tenant.fault(kind="wrongJson")
    assert tenant.get(GROUPS).body == {"value": {"unexpected": True}}
    tenant.fault(kind="brokenJson")
    broken = tenant.get(GROUPS)
    assert (len(broken.raw), broken.headers["content-length"]) == (len(whole.raw), whole.headers["content-length"])
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        _ = broken.body
    tenant.fault(kind="wrongType")
    assert (tenant.get(GROUPS).raw, tenant.get(GROUPS).headers["content-type"]) == (whole.raw, "text/html")
    tenant.fault(kind="emptyList")
    assert tenant.get(GROUPS).body == {"value": []}


def test_items_of_a_batch_are_calls_too(tenant: Tenant) -> None:
    tenant.fault(kind="status", method="GET", path="^/beta/users", nth=2)
    items = [{"id": str(number), "method": "GET", "url": "/users"} for number in range(3)]
    responses = tenant.post("/beta/$batch", {"requests": items}).body["responses"]
    assert {item["id"]: item["status"] for item in responses} == {"0": 200, "1": 503, "2": 200}


def test_what_befalls_a_connection_does_not_befall_an_item(tenant: Tenant) -> None:
    tenant.fault(kind="truncate", method="GET", path="/users")
    responses = tenant.post("/beta/$batch", {"requests": [{"id": "1", "method": "GET", "url": "/users"}]}).body[
        "responses"
    ]
    assert responses[0]["status"] == 200


def test_the_first_rule_that_strikes_decides(tenant: Tenant) -> None:
    rules = [{"kind": "status", "status": 500, "nth": 2}, {"kind": "status", "status": 502}]
    tenant.post("/emulator/faults", {"rules": rules})
    assert [tenant.get(GROUPS).status for _ in range(3)] == [502, 500, 502]


def test_a_seed_can_bear_rules(tenants: Tenants) -> None:
    tenant = tenants(faults=[{"kind": "status", "status": 500, "times": 1}])
    assert [tenant.get(GROUPS).status for _ in range(2)] == [500, 200]


def test_steering_calls_are_never_struck(tenant: Tenant) -> None:
    tenant.fault(kind="dropBefore")
    assert tenant.get("/emulator/faults").body["rules"] == [{"kind": "dropBefore"}]


@pytest.mark.parametrize(
    "rule",
    [
        None,
        {},
        {"kind": "explode"},
        {"kind": "status", "colour": 1},
        {"kind": "status", "nth": "two"},
        {"kind": "status", "nth": -1},
        {"kind": "status", "path": "("},
        {"kind": "status", "method": True},
    ],
)
def test_a_rule_that_does_not_fit_is_refused(tenant: Tenant, rule: object) -> None:
    assert tenant.post("/emulator/faults", {"rules": [rule]}).status == 400


def test_a_rule_is_the_same_after_it_was_written_and_read() -> None:
    rule = FaultRule(kind=FaultKind.STATUS, method="GET", path="x", every=2, body={"a": [1]}, seed=4, probability=0.5)
    assert rule_from_json(rule_to_json(rule)) == rule
