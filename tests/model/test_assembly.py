"""The live state: everything at its address, and nothing that was not read looks absent."""

from __future__ import annotations

import pytest

from reconciler.model.address import UPDATER, Address, Kind, agent, app, group, proxy
from reconciler.model.assembly import live_state, with_read_jobs
from reconciler.model.bindings import Bindings
from reconciler.model.cells import ABSENT, Known, Reason, Unreadable
from reconciler.model.fields import FIELDS, Surface
from reconciler.model.inventory import (
    AgentRecord,
    AppReading,
    GroupRecord,
    Inventory,
    ResourceRecord,
    Topology,
)
from reconciler.model.mappings import ObjectMapping
from tests.model.worlds import AMS, CRM, FAILED, FIN, FRA, HR, SQL

ALL = frozenset(Surface)
OUT_OF_SCOPE = Unreadable(Reason.OUT_OF_SCOPE)
NO_FACTS = Unreadable(Reason.NO_FACTS)
NOT_READ = Unreadable(Reason.NOT_READ)

BINDINGS = Bindings({AMS: "a"}, {HR: "1"}, {SQL: "p"}, {SQL: "r"})
MAPPING = ObjectMapping("User", "User")
READING = AppReading(
    {"connector.url": Known("https://localhost:8585"), "job.template": Known("t"), "mapping/User": Known(MAPPING)}, "j"
)
TOPOLOGY = Topology(
    {"a": AgentRecord("a", "ams-1", "active", "192.0.2.1"), "b": AgentRecord("b", "fra-1", "inactive")},
    {
        "1": GroupRecord("1", "HR", agents=frozenset({"a", "b", "lost"})),
        "2": GroupRecord("2", "Default", is_default=True),
    },
    {"r": ResourceRecord("r", "hr-sql", "HR", frozenset({"1", "gone"})), "s": ResourceRecord("s", "crm")},
    {"window.start": Known("01:00")},
)
INVENTORY = Inventory(TOPOLOGY)
RESOURCE_KEYS = ("resource.id", "resource.resourceName", "resource.displayName", "group")


def test_agents_and_groups_stand_at_their_keys_and_others_at_their_ids() -> None:
    state = live_state(BINDINGS, INVENTORY, {SQL: READING})
    other = Address.unbound(Kind.AGENT, "b")
    assert state.things[AMS].cells == {
        "machineName": Known("ams-1"),
        "status": Known("active"),
        "externalIp": Known("192.0.2.1"),
        "proxy": NO_FACTS,
    }
    assert state.things[AMS].live_id == "a"
    assert state.cell(other, "status") == Known("inactive")
    assert state.cell(other, "externalIp") == ABSENT
    assert state.things[HR].live_id == "1"
    assert state.cell(Address.unbound(Kind.GROUP, "2"), "isDefault") == Known(value=True)


def test_a_member_that_no_list_shows_still_is_a_member() -> None:
    state = live_state(BINDINGS, INVENTORY, {SQL: READING})
    assert state.members(HR, "agents") == {AMS, Address.unbound(Kind.AGENT, "b"), Address.unbound(Kind.AGENT, "lost")}
    assert state.members(SQL, "group") == {HR, Address.unbound(Kind.GROUP, "gone")}


def test_an_app_has_the_cells_of_its_resource_and_of_its_reading() -> None:
    thing = live_state(BINDINGS, INVENTORY, {SQL: READING}).things[SQL]
    assert thing.live_id == "p"
    assert thing.cells == {
        "resource.id": Known("r"),
        "resource.resourceName": Known("hr-sql"),
        "resource.displayName": Known("HR"),
        "group": Known(frozenset({HR, Address.unbound(Kind.GROUP, "gone")})),
        "job.id": Known("j"),
        **READING.cells,
    }


def test_a_resource_that_nobody_named_has_the_cells_of_a_resource_only() -> None:
    state = live_state(BINDINGS, INVENTORY, {SQL: READING})
    thing = state.things[Address.unbound(Kind.APP, "s")]
    assert thing.cells == {
        "resource.id": Known("s"),
        "resource.resourceName": Known("crm"),
        "resource.displayName": Known(""),
        "group": Known(frozenset()),
    }
    assert state.cell(thing.address, "job.id") == ABSENT


def test_an_app_without_a_resource_has_no_group_at_all() -> None:
    state = live_state(Bindings(principals={CRM: "q"}), INVENTORY, {CRM: AppReading({})})
    assert [state.cell(CRM, key) for key in RESOURCE_KEYS] == [ABSENT] * 4
    assert state.cell(CRM, "job.id") == ABSENT


def test_the_state_knows_of_each_app_that_was_read_what_holds_several_values() -> None:
    several = {"User": frozenset({"mails"})}
    state = live_state(BINDINGS, INVENTORY, {SQL: AppReading({}, several=several), CRM: FAILED, HR: AppReading({})})
    assert state.several == {SQL: several}


def test_what_does_not_exist_is_absent_where_everything_was_read() -> None:
    state = live_state(BINDINGS, INVENTORY, {SQL: READING})
    assert state.cell(FIN, "displayName") == ABSENT
    assert state.cell(CRM, "connector.url") == ABSENT
    assert state.cell(SQL, "mapping/Group") == ABSENT
    assert state.cell(UPDATER, "window.end") == ABSENT
    assert state.cell(UPDATER, "window.start") == Known("01:00")


@pytest.mark.parametrize(
    ("inventory", "surfaces", "why"),
    [(Inventory(FAILED), ALL, FAILED), (INVENTORY, ALL - {Surface.TOPOLOGY}, OUT_OF_SCOPE)],
)
def test_without_the_topology_every_cell_of_it_is_unreadable(
    inventory: Inventory, surfaces: frozenset[Surface], why: Unreadable
) -> None:
    state = live_state(
        Bindings({AMS: "a"}, {HR: "1"}, {SQL: "p"}, {CRM: "r"}, unread={FIN: why, FRA: why}),
        inventory,
        {SQL: READING},
        surfaces,
    )
    shown = {
        kind: [field.key for field in FIELDS[kind] if field.surface is Surface.TOPOLOGY] for kind in (*FIELDS, Kind.APP)
    }
    for address in (AMS, FRA, HR, FIN, SQL, CRM, UPDATER):
        assert [state.things[address].cells[key] for key in shown[address.kind]] == [why] * len(shown[address.kind])
    for unlisted in (agent("never"), group("seen"), app("before"), UPDATER):
        assert all(state.cell(unlisted, key) == why for key in shown[unlisted.kind])
    assert state.things[HR].live_id == "1"
    assert state.things[FIN].live_id == ""
    assert state.cell(SQL, "connector.url") == READING.cells["connector.url"]


@pytest.mark.parametrize(
    ("readings", "unread", "surfaces", "why"),
    [
        ({SQL: FAILED}, {}, ALL, FAILED),
        ({}, {}, ALL, NOT_READ),
        ({}, {SQL: FAILED}, ALL, FAILED),
        ({SQL: READING}, {}, ALL - {Surface.APPS}, OUT_OF_SCOPE),
    ],
)
def test_an_app_that_was_not_read_is_unreadable_in_all_that_reading_it_shows(
    readings: dict[Address, AppReading | Unreadable],
    unread: dict[Address, Unreadable],
    surfaces: frozenset[Surface],
    why: Unreadable,
) -> None:
    bindings = Bindings(principals={} if unread else {SQL: "p"}, resources={SQL: "r"}, unread=unread)
    state = live_state(bindings, INVENTORY, readings, surfaces)
    keys = [field.key for field in FIELDS[Kind.APP] if field.surface is Surface.APPS]
    assert [state.cell(SQL, key) for key in (*keys, "mapping/User")] == [why] * (len(keys) + 1)
    assert state.cell(SQL, "resource.id") == Known("r")


def test_an_app_whose_principal_is_missing_has_nothing_but_its_resource() -> None:
    state = live_state(Bindings(resources={SQL: "r"}), INVENTORY, {})
    assert state.cell(SQL, "resource.resourceName") == Known("hr-sql")
    assert state.cell(SQL, "connector.url") == ABSENT


def test_an_app_out_of_scope_is_unreadable_even_where_nobody_named_it() -> None:
    state = live_state(BINDINGS, INVENTORY, {}, ALL - {Surface.APPS})
    assert state.cell(Address.unbound(Kind.APP, "s"), "job.enabled") == OUT_OF_SCOPE
    assert state.cell(CRM, "mapping/User") == OUT_OF_SCOPE


def test_what_stands_on_hosts_is_not_known_without_facts() -> None:
    assert live_state(BINDINGS, INVENTORY, {}).cell(proxy("ams"), "address") == NO_FACTS
    without = live_state(BINDINGS, INVENTORY, {}, ALL - {Surface.HOSTS})
    assert without.cell(proxy("ams"), "address") == OUT_OF_SCOPE
    assert without.cell(AMS, "proxy") == OUT_OF_SCOPE


def test_an_unreadable_job_leaves_the_rest_of_a_reading() -> None:
    reading = AppReading(READING.cells, FAILED)
    state = live_state(BINDINGS, INVENTORY, {SQL: reading})
    assert state.cell(SQL, "job.id") == FAILED
    assert state.cell(SQL, "mapping/User") == Known(MAPPING)


def test_jobs_that_were_read_are_bound() -> None:
    readings = {SQL: READING, CRM: AppReading({}), app("x"): FAILED}
    assert with_read_jobs(BINDINGS, readings).jobs == {SQL: "j"}
    assert with_read_jobs(BINDINGS, readings).groups == BINDINGS.groups


def test_what_a_reading_leaves_out_is_unreadable_and_nothing_else_is() -> None:
    state = live_state(BINDINGS, INVENTORY, {SQL: AppReading({"job.enabled": FAILED}, "j")})
    unreadable = {
        (thing.address, key, cell)
        for thing in state.things.values()
        for key, cell in thing.cells.items()
        if isinstance(cell, Unreadable)
    }
    assert unreadable == {
        (AMS, "proxy", NO_FACTS),
        (Address.unbound(Kind.AGENT, "b"), "proxy", NO_FACTS),
        (SQL, "job.enabled", FAILED),
    }
