"""A write is seen late where the switch says so, and afterwards all reads agree."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.emulator.store import TRUTH, Kind, Store
from tests.emulator.conftest import PROVISIONING, Tenant, Tenants


@pytest.fixture
def lagging(tenants: Tenants) -> Tenant:
    return tenants(switches={"visibilitySeconds": 30}, agentGroups=[{"displayName": "HR"}])


def hr(tenant: Tenant) -> str:
    return next(str(group["id"]) for group in tenant.get(f"{PROVISIONING}/agentGroups").value if not group["isDefault"])


def test_what_was_created_is_404_until_it_is_visible(lagging: Tenant) -> None:
    address = f"{PROVISIONING}/agentGroups/{lagging.group('New')}"
    seen = [lagging.get(address).status]
    lagging.advance(29.9)
    seen.append(lagging.get(address).status)
    lagging.advance(0.1)
    assert [*seen, lagging.get(address).status] == [404, 404, 200]


def test_what_was_created_can_be_neither_changed_nor_referred_to_until_it_is_visible(lagging: Tenant) -> None:
    group, agent = lagging.group("New"), lagging.agent("ams-1")
    address = f"{PROVISIONING}/agentGroups/{group}"
    assert lagging.patch(address, {"displayName": "Newer"}).status == 404
    assert lagging.join(agent, group).status == 404
    lagging.advance(30)
    assert lagging.join(agent, group).status == 204


def test_a_change_shows_old_values_and_old_lists_first(lagging: Tenant) -> None:
    group, agent = hr(lagging), lagging.agent("ams-1")
    lagging.patch(f"{PROVISIONING}/agentGroups/{group}", {"displayName": "Renamed"})
    lagging.join(agent, group)
    before = lagging.get(f"{PROVISIONING}/agentGroups/{group}?$expand=agents").body
    lagging.advance(30)
    after = lagging.get(f"{PROVISIONING}/agentGroups/{group}?$expand=agents").body
    assert (before["displayName"], before["agents"]) == ("HR", [])
    assert (after["displayName"], [each["id"] for each in after["agents"]]) == ("Renamed", [agent])


def test_changes_that_are_not_visible_yet_are_not_lost(lagging: Tenant) -> None:
    address = f"{PROVISIONING}/hybridAgentUpdaterConfiguration"
    lagging.patch(address, {"allowUpdateConfigurationOverride": True})
    lagging.patch(address, {"deferUpdateDateTime": "2026-11-27T15:41:52Z"})
    lagging.advance(30)
    found = lagging.get(address).body
    assert (found["allowUpdateConfigurationOverride"], found["deferUpdateDateTime"]) == (True, "2026-11-27T15:41:52Z")


def test_what_was_deleted_is_seen_for_a_while_but_cannot_be_changed(lagging: Tenant) -> None:
    address = f"{PROVISIONING}/agentGroups/{hr(lagging)}"
    assert lagging.delete(address).status == 204
    assert (lagging.get(address).status, lagging.patch(address, {"displayName": "x"}).status) == (200, 404)
    assert lagging.delete(address).status == 404
    lagging.advance(30)
    assert lagging.get(address).status == 404


def test_serving_is_told_by_the_truth_and_not_by_what_is_visible(tenants: Tenants) -> None:
    tenant = tenants(
        switches={"visibilitySeconds": 30, "settleSeconds": 0},
        agentGroups=[{"displayName": "HR"}],
        publishedResources=[{"resourceName": "hr-sql", "groups": ["HR"]}],
    )
    agent = tenant.agent("ams-1")
    tenant.join(agent, hr(tenant))
    assert tenant.get("/emulator/serving").value[0]["agents"] == [agent]


def test_flapping_reads_see_the_old_or_the_new_until_all_agree(tenants: Tenants) -> None:
    tenant = tenants(switches={"visibilitySeconds": 30, "lag": "flapping"}, agentGroups=[{"displayName": "HR"}])
    address = f"{PROVISIONING}/agentGroups/{hr(tenant)}"
    tenant.patch(address, {"displayName": "Renamed"})
    assert {tenant.get(address).body["displayName"] for _ in range(40)} == {"HR", "Renamed"}
    tenant.advance(30)
    assert {tenant.get(address).body["displayName"] for _ in range(40)} == {"Renamed"}


WRITES = st.lists(
    st.tuples(st.integers(0, 3), st.none() | st.integers(0, 9), st.floats(0, 20), st.floats(0, 30)), max_size=30
)


@given(WRITES)
def test_after_the_delay_every_view_agrees_with_the_truth(writes: list[tuple[int, int | None, float, float]]) -> None:
    """Whatever is put and deleted, whenever and however late it is visible: the latest of all is what stays."""
    store, now, visible, expected = Store(":memory:"), 0.0, 0.0, {}
    for key, value, pause, delay in writes:
        now += pause
        with store.transaction(now, delay) as writing:
            if value is None:
                assert writing.delete(Kind.USER, str(key)) == (key in expected)
                expected.pop(key, None)
            else:
                writing.put(Kind.USER, str(key), {"value": value})
                expected[key] = value
        visible = max(visible, now + delay)
    for moment in (visible, visible + 1000, TRUTH):
        found = {int(row.id): row.document["value"] for row in store.view(moment).rows(Kind.USER)}
        assert found == expected
        assert all(store.view(moment).get(Kind.USER, str(key)) == {"value": each} for key, each in expected.items())
    store.close()


@given(WRITES, st.floats(0, 100))
def test_a_view_of_one_moment_is_one_state_whether_listed_or_read_one_by_one(
    writes: list[tuple[int, int | None, float, float]], moment: float
) -> None:
    store, now = Store(":memory:"), 0.0
    for key, value, pause, delay in writes:
        now += pause
        with store.transaction(now, delay) as writing:
            if value is None:
                writing.delete(Kind.USER, str(key))
            else:
                writing.put(Kind.USER, str(key), {"value": value}, owner="o", alias=f"a{key}")
    view = store.view(max(moment, now))
    listed = {row.id: row.text for row in view.rows(Kind.USER)}
    assert listed == {row.id: row.text for row in view.rows(Kind.USER, owner="O")}
    for key in range(4):
        row = view.row(Kind.USER, str(key))
        assert (row.text if row else None) == listed.get(str(key))
        assert [each.text for each in view.rows(Kind.USER, alias=f"A{key}")] == ([row.text] if row else [])
    store.close()


@given(WRITES, st.lists(st.floats(-30, 30), min_size=1, max_size=4))
def test_a_list_that_is_kept_shows_what_a_fresh_look_shows(
    writes: list[tuple[int, int | None, float, float]], looks: list[float]
) -> None:
    store, now = Store(":memory:"), 0.0
    for key, value, pause, delay in writes:
        now += pause
        with store.transaction(now, delay) as writing:
            if value is None:
                writing.delete(Kind.USER, str(key))
            else:
                writing.put(Kind.USER, str(key), {"value": value})
        for moment in (now, *(now + look for look in looks), TRUTH):
            assert list(store.whole(Kind.USER, moment)) == store.view(moment).documents(Kind.USER)
    store.close()


def test_nothing_of_a_list_is_left_when_everything_is_forgotten() -> None:
    store = Store(":memory:")
    with store.transaction(0.0) as writing:
        writing.put(Kind.USER, "1", {"value": 1})
    seen = [store.whole(Kind.USER, TRUTH)]
    store.clear()
    assert [*seen, store.whole(Kind.USER, TRUTH)] == [({"value": 1},), ()]
    store.close()
