"""What it costs to order 5,000 steps, and twice as many, against graphlib on the same graph."""

from __future__ import annotations

import sys
from collections.abc import Callable
from graphlib import TopologicalSorter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from measure import alternate, timed

from reconciler.model.address import agent, app, group
from reconciler.model.cells import Known, Value
from reconciler.model.spec import Policy, Spec, Tenant
from reconciler.model.states import Capabilities, DesiredState, LiveState, Thing
from reconciler.model.steps import AddMember, Assign, RemoveMember, StartJob, Step, Unassign
from reconciler.plan.order import Ordered, order

APPS_PER_GROUP = 20
AGENTS = ("a", "b", "c")
STEPS_PER_GROUP = 2 + 3 * APPS_PER_GROUP


def world(number: int) -> tuple[LiveState, tuple[Step, ...], Spec]:
    """Groups of 20 apps that all move to the next group, while one agent of each group makes way for another."""
    groups = number // STEPS_PER_GROUP
    things: dict[object, object] = {}
    steps: list[Step] = []
    for g in range(groups):
        members = frozenset(agent(f"{g}-{key}") for key in AGENTS)
        for member in (*members, agent(f"{g}-new")):
            things[member] = Thing(member, {"machineName": Known(member.key), "status": Known("active")})
        here, there = group(f"g{g}"), group(f"h{g}")
        for each in (here, there):
            things[each] = Thing(each, {"displayName": Known(each.key), "agents": Known(members)})
        steps += [AddMember(agent(f"{g}-new"), there), RemoveMember(agent(f"{g}-a"), there)]
        for p in range(APPS_PER_GROUP):
            moved = app(f"p{g}-{p}")
            things[moved] = Thing(moved, {"group": Known(frozenset({here})), "job.enabled": Known(value=False)})
            steps += [Assign(moved, there), Unassign(moved, here), StartJob(moved)]
    desired = {key: Thing(key, {"displayName": Value(key.key)}) for key in things if key.kind.value == "group"}
    spec = Spec(DesiredState(desired), Tenant("t", "t", "emulator"), Policy())
    return LiveState(things), tuple(steps), spec


def ordering(number: int) -> tuple[Callable[[], float], Callable[[], float]]:
    """Two timers: ordering so many steps, and sorting the same graph."""
    start, steps, spec = world(number)
    able = Capabilities(several_groups_per_resource=True)
    found = order(start, steps, spec, able)
    if not isinstance(found, Ordered):
        raise SystemExit(f"no order was found: {found}")
    graph = {planned.id: planned.needs for planned in found.steps}
    return (
        timed(lambda: order(start, steps, spec, able)),
        timed(lambda: tuple(TopologicalSorter(graph).static_order())),
    )


def main() -> None:
    """Print both figures, and how the cost grows when the steps are doubled."""
    (once, floor), (twice, floor_of_twice) = ordering(5_000), ordering(10_000)
    print(alternate("order 5,000 steps", once, floor, at_most=100))
    print(alternate("order 10,000 steps", twice, floor_of_twice, at_most=100))
    print(alternate("order, 10,000 steps against 5,000", twice, once, at_most=2.3))


if __name__ == "__main__":
    main()
