"""What the service holds once many steps are done: the model's own transitions, each on the one thing that it touches.

A transition gives a whole new state. Over thousands of steps that costs the square of the work; over one thing at a
time it costs the work.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from msgspec.structs import replace

from reconciler.model.address import Address
from reconciler.model.states import Edge, LiveState
from reconciler.model.steps import Settle, Step
from reconciler.model.subjects import edge_of, holder
from reconciler.model.transitions import after


def replay(start: LiveState, steps: Iterable[Step]) -> LiveState:
    """The state after these steps, in their order."""
    by_thing: defaultdict[Address, list[Step]] = defaultdict(list)
    settled: set[Edge] = set()
    for step in steps:
        if isinstance(step, Settle):
            settled |= step.edges
        else:
            by_thing[holder(step)].append(step)
    things = dict(start.things)
    unsettled = set(start.unsettled)
    for address, own in by_thing.items():
        edges = {edge for step in own if (edge := edge_of(step)) is not None}
        alone = LiveState({address: things[address]} if address in things else {}, frozenset(unsettled & edges))
        for step in own:
            alone = after(alone, step)
        unsettled.difference_update(edges)
        unsettled.update(alone.unsettled)
        things.pop(address, None)
        things.update(alone.things)
    return replace(start, things=things, unsettled=frozenset(unsettled - settled))


def settled(state: LiveState) -> LiveState:
    """The state once everything that exists serves."""
    return replace(state, unsettled=frozenset())
