"""What the service holds once many steps are done: the model's own transitions, each on the one thing that it touches.

A transition gives a whole new state. Over thousands of steps that costs the square of the work; over one thing at a
time it costs the work.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import assert_never

from reconciler.model.address import UPDATER, Address
from reconciler.model.states import Edge, LiveState
from reconciler.model.steps import (
    AddMember,
    Assign,
    CreateGroup,
    CreateJob,
    CreateResource,
    DeleteGroup,
    DeleteResource,
    PauseJob,
    RemoveMember,
    RenameGroup,
    RenameResource,
    Settle,
    SetUpdater,
    StartJob,
    Step,
    Unassign,
    WriteConnection,
    WriteSchema,
)
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


def holder(step: Step) -> Address:
    """The thing that a step changes. A wait changes none: it is not asked for."""
    match step:
        case CreateGroup(group) | RenameGroup(group) | DeleteGroup(group):
            return group
        case AddMember(_, group) | RemoveMember(_, group):
            return group
        case Assign(app) | Unassign(app):
            return app
        case CreateResource(app) | RenameResource(app) | DeleteResource(app):
            return app
        case CreateJob(app) | StartJob(app) | PauseJob(app) | WriteConnection(app) | WriteSchema(app):
            return app
        case SetUpdater() | Settle():
            return UPDATER
    assert_never(step)


def edge_of(step: Step) -> Edge | None:
    """The membership or assignment that a step makes or ends; None for every other step."""
    match step:
        case AddMember(member, group) | RemoveMember(member, group) | Assign(member, group) | Unassign(member, group):
            return Edge(member, group)
    return None
