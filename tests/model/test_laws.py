"""Laws of steps, overlays and bindings that hold in every state that hypothesis can think of."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from reconciler.model.binding import bind
from reconciler.model.cells import ABSENT, Known, Value
from reconciler.model.conditions import holds, post, pre, schema_written
from reconciler.model.inventory import Inventory, Topology
from reconciler.model.inverse import inverse
from reconciler.model.mappings import DesiredMapping, ObjectMapping
from reconciler.model.overlay import overlay
from reconciler.model.states import AppliedState, DesiredState, LiveState, Thing
from reconciler.model.steps import CreateJob, Settle, WriteConnection, WriteSchema
from reconciler.model.transitions import after
from tests.model.worlds import SQL, place
from tests.strategies import (
    applied_states,
    desired_mappings,
    desired_states,
    due_steps,
    live_states,
    object_mappings,
    searches,
    targets,
    topologies,
)

GIVEN_BY_THE_SERVICE = {"job.status", "job.quarantine", "resource.id", "job.id"}
"""Cells that a service fills by itself, so that no step brings them back."""


def shown(state: LiveState) -> dict[tuple[str, str], object]:
    """What a state shows, without ids, absent cells and the waits."""
    return {
        (str(thing.address), key): cell
        for thing in state.things.values()
        for key, cell in thing.cells.items()
        if cell != ABSENT and key not in GIVEN_BY_THE_SERVICE
    }


@given(st.data())
def test_what_a_step_leaves_holds_once_it_is_done(data: st.DataObject) -> None:
    state = data.draw(live_states())
    step = data.draw(due_steps(state))
    assert all(holds(state, condition) for condition in pre(step))
    done = after(state, step)
    assert all(holds(done, condition) for condition in post(step))
    if isinstance(step, WriteSchema):
        assert schema_written(done, step)


@given(st.data())
def test_a_step_touches_only_the_things_that_it_names(data: st.DataObject) -> None:
    state = data.draw(live_states())
    step = data.draw(due_steps(state))
    done = after(state, step)
    changed = {
        address for address in {*state.things, *done.things} if state.things.get(address) != done.things.get(address)
    }
    assert len(changed) <= 1


@given(st.data())
def test_an_inverse_brings_everything_back_but_the_wait(data: st.DataObject) -> None:
    state = data.draw(live_states())
    step = data.draw(due_steps(state))
    undo = inverse(step)
    if isinstance(undo, str):
        assert isinstance(step, CreateJob | WriteSchema | Settle | WriteConnection)
        assert undo
    else:
        done = after(state, step)
        assert all(holds(done, condition) for condition in pre(undo))
        assert shown(after(done, undo)) == shown(state)


@given(live_states(), object_mappings(), desired_mappings(), st.sets(targets()))
def test_a_schema_step_that_is_done_again_changes_nothing(
    state: LiveState, live: ObjectMapping, desired: DesiredMapping, removed: set[str]
) -> None:
    step = WriteSchema(SQL, {"User": desired}, {"User": tuple(removed - desired.attributes.keys())})
    once = after(state.with_cells(SQL, {"mapping/User": Known(live)}), step)
    assert schema_written(once, step)
    assert after(once, step) == once


@given(object_mappings(), desired_mappings(), st.sets(targets()))
def test_an_overlay_laid_twice_changes_nothing(live: ObjectMapping, desired: DesiredMapping, removed: set[str]) -> None:
    gone = removed - desired.attributes.keys()
    once = overlay(live, desired, gone)
    assert overlay(once, desired, gone) == once


@given(object_mappings())
def test_an_overlay_that_manages_nothing_changes_nothing_but_enables(live: ObjectMapping) -> None:
    assert overlay(live, DesiredMapping("User", "User")) == replace(live, enabled=True)


@given(live_states(), st.integers())
def test_a_settled_edge_serves(state: LiveState, seed: int) -> None:
    edges = frozenset(random.Random(seed).sample(sorted(state.unsettled), k=len(state.unsettled) // 2))
    assert after(state, Settle(edges, 1.0)).unsettled == state.unsettled - edges


# binding


def shuffled(
    seed: int, desired: DesiredState, applied: AppliedState, topology: Topology
) -> tuple[DesiredState, AppliedState, Topology]:
    """The same worlds, listed in another order."""
    order = random.Random(seed)

    def mixed(table: Mapping[Any, Any]) -> dict[Any, Any]:
        return dict(order.sample(list(table.items()), k=len(table)))

    return (
        DesiredState(mixed(desired.things)),
        replace(applied, things=mixed(applied.things)),
        Topology(mixed(topology.agents), mixed(topology.groups), mixed(topology.resources)),
    )


@settings(max_examples=60)
@given(desired_states(), applied_states(), topologies(), searches(), st.integers())
def test_binding_does_not_depend_on_the_order_of_anything(
    desired: DesiredState, applied: AppliedState, topology: Topology, found: dict, seed: int
) -> None:
    other_desired, other_applied, other_topology = shuffled(seed, desired, applied, topology)
    there = bind(desired, applied, Inventory(topology, found))
    here = bind(other_desired, other_applied, Inventory(other_topology, found))
    assert here == there
    assert list(here.bindings.groups) == list(there.bindings.groups)


@settings(max_examples=60)
@given(desired_states(), applied_states(), topologies(), searches())
def test_no_live_object_has_two_keys_and_no_old_key_two_new_ones(
    desired: DesiredState, applied: AppliedState, topology: Topology, found: dict
) -> None:
    bound = bind(desired, applied, Inventory(topology, found))
    tables = bound.bindings
    for table in (tables.agents, tables.groups, tables.resources, tables.principals):
        assert len(set(table.values())) == len(table)
    assert len(set(bound.renamed.values())) == len(bound.renamed)
    assert all(old not in desired.things and new in desired.things for new, old in bound.renamed.items())


@settings(max_examples=60)
@given(desired_states(), applied_states(), topologies(), searches())
def test_only_what_exists_is_bound_and_only_to_what_the_spec_or_the_ledger_names(
    desired: DesiredState, applied: AppliedState, topology: Topology, found: dict
) -> None:
    tables = bind(desired, applied, Inventory(topology, found)).bindings
    assert set(tables.agents.values()) <= set(topology.agents)
    assert set(tables.groups.values()) <= set(topology.groups)
    assert set(tables.resources.values()) <= set(topology.resources)
    for table in (tables.agents, tables.groups, tables.resources, tables.principals):
        assert all(address in desired.things or address in applied.things for address in table)


@settings(max_examples=60)
@given(desired_states(), applied_states(), topologies(), searches())
def test_what_was_bound_once_stays_bound_when_the_ledger_knows_it(
    desired: DesiredState, applied: AppliedState, topology: Topology, found: dict
) -> None:
    first = bind(desired, AppliedState(), Inventory(topology, found)).bindings
    ledger = AppliedState(
        {
            address: Thing(address, {}, live_id=live_id)
            for table in (first.agents, first.groups)
            for address, live_id in table.items()
        }
    )
    again = bind(desired, ledger, Inventory(topology, found)).bindings
    assert first.agents.items() <= again.agents.items()
    assert first.groups.items() <= again.groups.items()


def test_a_value_is_the_same_wherever_it_stands() -> None:
    assert Value("x", place(1)) == Value("x", place(2))
    assert Known("x") != Value("x")
