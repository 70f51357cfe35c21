"""What each step must wait for. The edges are derived from what the steps do, never from a fixed sequence.

    RenameGroup ─▶ CreateGroup ─┬▶ AddMember ─┐
    (frees a name)              │             ├▶ Settle ─┬▶ RemoveMember ─┬▶ DeleteGroup
                CreateResource ─┴▶ Assign ────┘          ├▶ Unassign ─────┴▶ DeleteResource
                                                         └▶ StartJob (last of its app)
    CreateJob ─▶ WriteConnection ─▶ WriteSchema ─────────────▲
    PauseJob ─▶ everything else of its app but its start

Why no moment is worse than it must be: before the wait of a component nothing is taken away that a served app needs,
so that each app has at least the agents of the start. After it only edges of the end are left to rely on, and all of
them serve. Both hold in every order that the edges allow, whatever is in flight.

Where the service holds one group per resource, an app that moves is interrupted:

    PauseJob ─▶ Unassign ─▶ Assign ─▶ Settle ─▶ StartJob
                   ▲ the new group's AddMembers, so that the interruption is no longer than the wait
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from msgspec import Struct

from reconciler.model.address import Address
from reconciler.model.states import Edge
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
    Settle,
    StartJob,
    Step,
    Unassign,
    WriteConnection,
    WriteSchema,
)
from reconciler.model.subjects import holder
from reconciler.plan.components import Serving

Number = int
"""A step's place in the list that the graph is made of."""

_FIRST_OF_APP = (CreateJob, PauseJob)
_WRITES = (WriteConnection, WriteSchema)


class Graph(Struct, frozen=True):
    """Steps with what each must wait for, by their numbers."""

    steps: tuple[Step, ...]
    needs: Mapping[Number, frozenset[Number]]


@dataclass(slots=True)
class _Index:
    """The numbers of steps by their kind and by the things that they speak of."""

    steps: list[Step]
    found: defaultdict[tuple[type, Address], list[Number]] = field(default_factory=lambda: defaultdict(list))
    leaving: defaultdict[Address, list[Number]] = field(default_factory=lambda: defaultdict(list))
    joining: defaultdict[Address, list[Address]] = field(default_factory=lambda: defaultdict(list))
    making: dict[Edge, Number] = field(default_factory=dict)

    @classmethod
    def of(cls, steps: Sequence[Step]) -> _Index:
        index = cls([])
        for step in steps:
            index.add(step)
        return index

    def add(self, step: Step) -> Number:
        number = len(self.steps)
        self.steps.append(step)
        self.found[type(step), holder(step)].append(number)
        match step:
            case Unassign(_, group):
                self.leaving[group].append(number)
            case AddMember(member, group) | Assign(member, group):
                self.making[Edge(member, group)] = number
                self.joining[member].append(group)
        return number

    def of_thing(self, thing: Address, *kinds: type) -> Iterator[Number]:
        for kind in kinds:
            yield from self.found.get((kind, thing), ())


def graph_of(steps: Sequence[Step], serving: Serving, interrupted: frozenset[Address], seconds: float) -> Graph:
    """The steps, with the waits that they need, and what each must wait for.

    `interrupted` are apps that cannot be in two groups at once; `seconds` is how long new edges take to serve.
    """
    index = _Index.of(steps)
    waits = dict(_waits(index, serving, interrupted, seconds))
    freed = _freed_names(index)
    needs: dict[Number, frozenset[Number]] = {}
    for number, step in enumerate(index.steps):
        found = {*_needs(index, step), *freed.get(number, ())}
        if needs_wait(step, serving, interrupted):
            found.add(waits[serving.components[holder(step)]])
        if holder(step) in interrupted:
            found.update(_needs_of_interrupted(index, step))
        needs[number] = frozenset(found - {number})
    return Graph(tuple(index.steps), needs)


def needs_wait(step: Step, serving: Serving, interrupted: frozenset[Address]) -> bool:
    """Whether a step may only run once new edges serve: it takes away what an app relies on, or starts an app."""
    match step:
        case RemoveMember(_, group):
            return group in serving.kept_by and bool(serving.edges(group))
        case Unassign(app):
            return app in serving.kept and app not in interrupted and bool(serving.edges(app))
        case StartJob(app):
            return (app in serving.new or app in interrupted) and bool(serving.edges(app))
    return False


def _waits(
    index: _Index, serving: Serving, interrupted: frozenset[Address], seconds: float
) -> Iterator[tuple[Address, Number]]:
    """One wait for each component that has a step which needs it. Waits of several components pass together."""
    waiting = [step for step in index.steps if needs_wait(step, serving, interrupted)]
    for component in sorted({serving.components[holder(step)] for step in waiting}):
        yield component, index.add(Settle(serving.settling[component], seconds))


def _needs(index: _Index, step: Step) -> Iterator[Number]:
    """What a step needs of the things that it speaks of: they exist, they are empty, they are written."""
    match step:
        case AddMember(_, group):
            yield from index.of_thing(group, CreateGroup)
        case Assign(app, group):
            yield from index.of_thing(group, CreateGroup)
            yield from index.of_thing(app, CreateResource)
        case Unassign(app):
            yield from index.of_thing(app, PauseJob)
        case DeleteGroup(group):
            yield from index.of_thing(group, RemoveMember)
            yield from index.leaving.get(group, ())
        case DeleteResource(app):
            yield from index.of_thing(app, Unassign, PauseJob)
        case WriteConnection(app):
            yield from index.of_thing(app, *_FIRST_OF_APP)
        case WriteSchema(app):
            # The threshold of deletions and who is told of them stand before a cycle begins that may delete.
            yield from index.of_thing(app, *_FIRST_OF_APP, WriteConnection)
        case StartJob(app):
            yield from index.of_thing(app, *_FIRST_OF_APP, CreateResource, Assign, Unassign, *_WRITES)
        case Settle(edges):
            yield from (index.making[edge] for edge in edges if edge in index.making)


def _needs_of_interrupted(index: _Index, step: Step) -> Iterator[Number]:
    """What the steps of an app that moves by an interruption need besides."""
    match step:
        case Assign(app):
            yield from index.of_thing(app, Unassign)
        case Unassign(app):
            for group in index.joining.get(app, ()):
                yield from index.of_thing(group, CreateGroup, AddMember)


def _freed_names(index: _Index) -> Mapping[Number, tuple[Number, ...]]:
    """Steps that take a group's name, and the rename that frees it first: names decide which group a key stands for.

    Where names are swapped no order keeps them apart, and the service does not ask for it: one edge less.
    """
    frees: dict[str, Number] = {}
    takes: list[tuple[Number, str]] = []
    for number, step in enumerate(index.steps):
        match step:
            case RenameGroup(_, name, before):
                frees.setdefault(before.casefold(), number)
                takes.append((number, name.casefold()))
            case CreateGroup(_, name):
                takes.append((number, name.casefold()))
    freed = {number: frees[name] for number, name in takes if frees.get(name, number) != number}
    cut = set(_rings(freed))
    return {number: (before,) for number, before in freed.items() if number not in cut}


def _rings(follows: Mapping[Number, Number]) -> Iterator[Number]:
    """Of each ring in which every number follows another, the smallest number: there it is cut."""
    seen: set[Number] = set()
    for first in follows:
        path: dict[Number, None] = {}
        at = first
        while at in follows and at not in seen:
            seen.add(at)
            path[at] = None
            at = follows[at]
        if at in path:
            walked = list(path)
            yield min(walked[walked.index(at) :])
