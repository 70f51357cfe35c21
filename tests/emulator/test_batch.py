"""A batch is refused as a whole where its envelope is wrong, and answered item by item where it is right."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.emulator.batch import MAX_ITEMS, batch_items
from reconciler.emulator.errors import GraphError
from tests.emulator.conftest import PROVISIONING, Got, Tenant, Tenants

JSON = {"Content-Type": "application/json"}
BELOW = PROVISIONING.removeprefix("/beta")


def item(identifier: str = "1", method: str = "GET", url: str = "/users", **more: object) -> dict[str, object]:
    return {"id": identifier, "method": method, "url": url, **more}


def batch(tenant: Tenant, *items: object) -> Got:
    return tenant.post("/beta/$batch", {"requests": list(items)})


def answers(got: Got) -> dict[str, dict[str, object]]:
    assert got.status == 200, got.body
    return {answer["id"]: answer for answer in got.body["responses"]}


def test_every_item_has_its_own_answer(tenant: Tenant) -> None:
    found = answers(batch(tenant, item("a"), item("b", url="groups/$count"), item("c", url="/users/nobody")))
    assert [found[name]["status"] for name in "abc"] == [200, 400, 404]
    assert found["a"]["headers"]["Content-Type"].startswith("application/json")  # type: ignore[index]
    assert found["a"]["body"]["value"][0]["displayName"] == "Ada"  # type: ignore[index]
    assert found["c"]["body"]["error"]["code"] == "Request_ResourceNotFound"  # type: ignore[index]


def test_answers_need_not_come_in_order(tenant: Tenant) -> None:
    orders = {
        tuple(answer["id"] for answer in batch(tenant, *(item(str(number)) for number in range(9))).body["responses"])
        for _ in range(3)
    }
    assert len(orders) > 1


def test_a_write_takes_effect_and_an_empty_answer_has_no_body(tenant: Tenant) -> None:
    group = tenant.group()
    patch = item("1", "PATCH", f"{BELOW}/agentGroups/{group}", body={"displayName": "New"}, headers=JSON)
    found = answers(batch(tenant, patch))["1"]
    assert (found["status"], "body" in found) == (204, False)
    assert tenant.get(f"{PROVISIONING}/agentGroups/{group}").body["displayName"] == "New"


def test_links_within_a_batch_are_whole(tenant: Tenant) -> None:
    found = answers(batch(tenant, item(url="/users?$top=1")))["1"]
    link = str(found["body"]["@odata.nextLink"])  # type: ignore[index]
    assert link.startswith("http://graph.test:8080/beta/users?")
    assert tenant.get(link).value[0]["displayName"] == "Grace"


def test_what_depends_on_a_failure_is_424_and_not_done(tenant: Tenant) -> None:
    create = {"body": {"displayName": "x"}, "headers": JSON}
    found = answers(
        batch(
            tenant,
            item("1", url="/users/nobody"),
            item("2", "POST", f"{BELOW}/agentGroups", dependsOn=["1"], **create),
            item("3", dependsOn=["2"]),
            item("4", dependsOn=[]),
        )
    )
    assert [found[name]["status"] for name in "1234"] == [404, 424, 424, 200]
    assert len(tenant.get(f"{PROVISIONING}/agentGroups").value) == 1


def test_the_sdks_misspelt_dependency_is_ignored(tenant: Tenant) -> None:
    found = answers(batch(tenant, item("1", url="/users/nobody"), item("2", depends_on=["1"])))
    assert found["2"]["status"] == 200


def test_an_absolute_url_fails_its_item_only(tenant: Tenant) -> None:
    found = answers(batch(tenant, item("1", url="https://graph.microsoft.com/beta/users"), item("2")))
    assert (found["1"]["status"], found["2"]["status"]) == (400, 200)
    assert "Resource not found for the segment" in str(found["1"]["body"])


def test_a_batch_holds_no_batch_and_cannot_steer_the_emulator(tenant: Tenant) -> None:
    reset = item("2", "POST", "/emulator/reset", body={}, headers=JSON)
    inner = item("1", "POST", "/$batch", body={"requests": []}, headers=JSON)
    assert [each["status"] for each in answers(batch(tenant, inner, reset)).values()] == [400, 400]


@pytest.mark.parametrize(
    "items",
    [
        [item("a"), item("A")],
        [item("1", dependsOn=["2"]), item("2")],
        [item("1", dependsOn=["1"])],
        [item("1", dependsOn="0")],
        [item("1", "POST", f"{BELOW}/agentGroups", body={"displayName": "x"})],
        [item("1", "POST", "/x/start", headers=JSON)],
        [item("1", "BREW")],
        [item("")],
        [item(url="")],
        [item(headers={"a": 1})],
        [{"method": "GET", "url": "/users"}],
        ["x"],
        [item(str(number)) for number in range(21)],
    ],
)
def test_a_wrong_envelope_refuses_the_whole_batch(tenant: Tenant, items: list[object]) -> None:
    create = item("zz", "POST", f"{BELOW}/agentGroups", body={"displayName": "x"}, headers=JSON)
    got = batch(tenant, *items[:20], *([create] if len(items) < 20 else items[20:]))
    assert (got.status, got.code) == (400, "BadRequest")
    assert len(tenant.get(f"{PROVISIONING}/agentGroups").value) == 1


@pytest.mark.parametrize("body", [None, [], {}, {"requests": {}}, {"requests": None}])
def test_a_body_that_is_no_batch_is_400(tenant: Tenant, body: object) -> None:
    raw = b"null" if body is None else None
    assert tenant.call("POST", "/beta/$batch", body, raw=raw).status == 400
    assert tenant.get("/beta/$batch").status == 405


def test_a_schema_within_a_batch_is_what_it_is_alone(tenants: Tenants) -> None:
    tenant = tenants(apps=[{"displayName": "A", "template": "onPremisesScim", "jobs": [{"template": "default"}]}])
    principal = tenant.get("/beta/servicePrincipals").value[0]["id"]
    job = tenant.get(f"/beta/servicePrincipals/{principal}/synchronization/jobs").value[0]["id"]
    address = f"/servicePrincipals/{principal}/synchronization/jobs/{job}/schema"
    assert answers(batch(tenant, item(url=address)))["1"]["body"] == tenant.get(f"/beta{address}").body


IDS = st.lists(st.text(min_size=1, max_size=3), max_size=MAX_ITEMS)


@given(IDS)
def test_ids_are_unique_without_regard_to_case_or_all_is_refused(ids: list[str]) -> None:
    body = {"requests": [item(identifier) for identifier in ids]}
    unique = len({identifier.casefold() for identifier in ids}) == len(ids)
    try:
        items = batch_items(body)  # type: ignore[arg-type]
    except GraphError:
        items = None
    assert (items is not None) == unique
    assert items is None or [each.id for each in items] == ids


@given(st.lists(st.lists(st.integers(0, 9), max_size=3), max_size=10))
def test_a_dependency_is_earlier_or_all_is_refused(needs: list[list[int]]) -> None:
    requests = [item(str(number), dependsOn=[str(need) for need in each]) for number, each in enumerate(needs)]
    earlier = all(need < number for number, each in enumerate(needs) for need in each)
    try:
        accepted = bool(batch_items({"requests": requests}) or not needs)  # type: ignore[dict-item]
    except GraphError:
        accepted = False
    assert accepted == earlier
