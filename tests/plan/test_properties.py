"""What every plan promises, in worlds that nobody thought of."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterable, Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.model.address import Address, Kind, agent, app, group
from reconciler.model.cells import Known
from reconciler.model.plan import Plan, PlannedStep, Ruling
from reconciler.model.recording import recorded
from reconciler.model.spec import Acknowledgement, Interruption, Policy, Profile
from reconciler.model.states import Edge, LiveState
from reconciler.model.steps import DeleteGroup, DeleteResource, RemoveMember, Unassign
from reconciler.model.transitions import after
from reconciler.plan.planner import plan
from reconciler.plan.replay import replay, settled
from reconciler.policy.availability import broken
from tests.plan.worlds import CLEAR, FAILED, World

AGENTS = ["a", "b", "c", "d"]
GROUPS = ["g", "h", "i"]
APPS = ["p", "q", "r"]


def worlds() -> st.SearchStrategy[World]:
    """Any small world. Drawn from a seed: many worlds a second count more here than a small counterexample."""
    return st.integers(0, 2**32).map(lambda seed: world_of(random.Random(seed)))


def world_of(chance: random.Random) -> World:
    """A topology with any memberships and assignments, before and after, with or without a ledger."""

    def some(keys: Iterable[str], likely: float = 0.6) -> list[str]:
        return [key for key in sorted(keys) if chance.random() < likely]

    agents, groups = some(AGENTS, 0.85), some(GROUPS, 0.8)
    live: dict[Address, dict[str, object]] = {
        agent(key): {"machineName": f"{key}.local", "status": chance.choice(["active", "active", "active", "inactive"])}
        for key in agents
    }
    for key in groups:
        live[group(key)] = {"displayName": chance.choice(["X", "Y", key]), "agents": some(agents)}
    for key in some(APPS, 0.8):
        has_job = chance.random() < 0.7
        live[app(key)] = {
            "resource.resourceName": key,
            "resource.displayName": key,
            "group": some(groups, 0.4),
            "job.template": "t" if has_job else None,
            "job.enabled": chance.choice([True, True, False]) if has_job else None,
        }
    wanted_groups = some(GROUPS, 0.8)
    desired: dict[Address, dict[str, object]] = {agent(key): {"machineName": f"{key}.local"} for key in AGENTS}
    for key in wanted_groups:
        desired[group(key)] = {"displayName": chance.choice(["X", "Y", key]), "agents": some(AGENTS)}
    for key in some(APPS, 0.8):
        chosen = chance.choice([*wanted_groups, *wanted_groups, CLEAR])
        desired[app(key)] = {"resource.resourceName": key, "group": chosen}
        if chance.random() < 0.5:
            desired[app(key)] |= {"job.template": "default", "job.enabled": chance.choice([True, False])}
    applied = {
        address: {key: value for key, value in values.items() if value is not None}
        for address, values in live.items()
        if chance.random() < 0.6
    }
    edges = [Edge(agent(key), address) for address, cells in live.items() for key in cells.get("agents", ())]
    edges += [Edge(address, group(key)) for address, cells in live.items() for key in cells.get("group", ())]
    profile = Profile("any", min_active=chance.randint(1, 3), interruption=chance.choice(list(Interruption)))
    return World(
        desired,
        live,
        chance.choice([None, applied, applied]),
        Policy(availability="any", profiles={"any": profile}),
        frozenset(edge for edge in edges if chance.random() < 0.1),
        chance.choice([None, True, False]),
        acks=tuple(Acknowledgement(address) for address in {**desired, **live}),
    )


def run_order(made: Plan, chance: random.Random) -> Iterator[PlannedStep]:
    """Any sequence that the needs allow. Steps in flight, each done or not, are such a sequence cut off anywhere."""
    done: set[str] = set()
    left = list(made.steps)
    while left:
        planned = chance.choice([planned for planned in left if done.issuperset(planned.needs)])
        left.remove(planned)
        done.add(planned.id)
        yield planned


def walk(start: LiveState, made: Plan, chance: random.Random) -> list[LiveState]:
    """The states that one run goes through."""
    states = [start]
    for planned in run_order(made, chance):
        states.append(after(states[-1], planned.step))
    return states


@given(worlds(), st.randoms(use_true_random=False))
@settings(max_examples=250)
def test_every_moment_of_every_order_keeps_served_apps_served(world: World, chance: random.Random) -> None:
    made = world.plan()
    if any(guard.guard == "order" for guard in made.verdict.guards):
        assert world.several is False, "an order exists wherever an app may be in two groups"
        return
    states = walk(world.state, made, chance)
    final = settled(states[-1])
    for state in states:
        for short in broken(world.state, final, world.spec, state):
            assert world.several is False
            assert state.cell(short.app, "job.enabled") != Known(value=True), "interrupted while its job runs"
            assert "interruption" in {guard.guard for guard in made.verdict.guards}


@given(worlds(), st.randoms(use_true_random=False))
@settings(max_examples=200)
def test_a_plan_that_was_applied_leaves_nothing_to_plan(world: World, chance: random.Random) -> None:
    made = world.plan()
    live, applied = world.state, world.ledger
    if made.verdict.ruling is Ruling.REFUSED:
        return
    for planned in run_order(made, chance):
        applied = recorded(applied, planned.step, live, world.bindings)
        live = after(live, planned.step)
    again = plan(world.spec, live, applied, world.bindings, "emulator")
    assert again.steps == ()
    assert all(change.blocked for change in again.changes)


@given(worlds())
@settings(max_examples=200)
def test_without_a_ledger_no_thing_is_removed(world: World) -> None:
    made = dataclasses.replace(world, applied=None).plan()
    assert not [each for each in made.steps if isinstance(each.step, DeleteGroup | DeleteResource)]


@given(worlds(), st.data())
@settings(max_examples=200)
def test_what_could_not_be_read_is_never_taken_away(world: World, data: st.DataObject) -> None:
    cells = [
        (address, key) for address, values in world.live.items() for key in values if address.kind is not Kind.AGENT
    ]
    hidden = set(data.draw(st.lists(st.sampled_from(cells), min_size=1))) if cells else set()
    for address, key in hidden:
        world.live[address] = {**world.live[address], key: FAILED}
    removed: set[tuple[Address, str]] = set()
    for planned in world.plan().steps:
        match planned.step:
            case RemoveMember(_, holder) | DeleteGroup(holder):
                removed.add((holder, "agents"))
            case Unassign(holder) | DeleteResource(holder):
                removed.add((holder, "group"))
    assert not removed & hidden


@given(worlds(), st.randoms(use_true_random=False))
@settings(max_examples=150)
def test_the_same_world_gives_the_same_plan_however_it_is_listed(world: World, chance: random.Random) -> None:
    shuffled = dataclasses.replace(
        world, live=_shuffled(world.live, chance), applied=world.applied and _shuffled(world.applied, chance)
    )
    assert shuffled.plan() == world.plan()


def _shuffled(things: dict[Address, object], chance: random.Random) -> dict[Address, object]:
    items = list(things.items())
    chance.shuffle(items)
    return dict(items)


@given(worlds())
@settings(max_examples=100)
def test_a_state_that_is_what_the_spec_says_differs_in_nothing(world: World) -> None:
    same = {"displayName", "agents", "machineName"}
    wanted = {address: {key: values[key] for key in same & values.keys()} for address, values in world.live.items()}
    found = dataclasses.replace(world, desired=wanted, applied=None).diff()
    assert found.changes == ()
    assert found.in_sync == 2 * len([address for address in wanted if address.kind is Kind.GROUP])


@given(worlds())
@settings(max_examples=100)
def test_replaying_at_once_is_replaying_step_by_step(world: World) -> None:
    made = world.plan()
    steps = [planned.step for planned in made.steps]
    state = world.state
    for step in steps:
        state = after(state, step)
    assert replay(world.state, steps) == state
