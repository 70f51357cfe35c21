"""The order of steps, such that every moment of it keeps the invariants of availability.

    steps ─▶ who is served before and after ─▶ components ─▶ needs and waits ─▶ does every moment hold?
                                                                                 ├─ yes ───────────▶ Ordered
                                                                                 ├─ proven not ────▶ Impossible
                                                                                 └─ not decided ───▶ GaveUp

Independent components have no edges between them, and each has a wait of its own: what fails in one stops nothing in
another. Their waits pass at the same time, so that this costs nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from graphlib import TopologicalSorter

from msgspec import Struct

from reconciler.model.address import Address, Kind
from reconciler.model.cells import Known, Unreadable, Value
from reconciler.model.plan import PlannedStep
from reconciler.model.spec import Interruption, Spec
from reconciler.model.states import Capabilities, LiveState
from reconciler.model.steps import (
    AddMember,
    Assign,
    CreateGroup,
    CreateJob,
    CreateResource,
    DeleteGroup,
    DeleteResource,
    EdgeStep,
    GroupStep,
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
from reconciler.model.subjects import holder
from reconciler.model.words import counted, listed
from reconciler.plan.calls import calls_of
from reconciler.plan.components import serving_of
from reconciler.plan.needs import Graph, Number, graph_of
from reconciler.plan.replay import replay, settled
from reconciler.policy.availability import broken
from reconciler.policy.profiles import profile_of

_ENABLED = "job.enabled"

_PHASES: Mapping[type, int] = {
    kind: phase
    for phase, kind in enumerate(
        (
            RenameGroup,
            CreateGroup,
            CreateResource,
            RenameResource,
            SetUpdater,
            CreateJob,
            PauseJob,
            AddMember,
            Assign,
            WriteConnection,
            WriteSchema,
            Settle,
            RemoveMember,
            Unassign,
            StartJob,
            DeleteResource,
            DeleteGroup,
        )
    )
}
"""In which sequence steps that do not wait for each other are listed; what is done to one thing fits it."""


class Ordered(Struct, frozen=True):
    """Steps in an order that keeps every invariant: a step may run when its `needs` are done, and not before.

    `interrupted` are apps that are unserved for a while. `least` is the state before any wait is over in which the
    fewest edges serve, `final` the state that the steps end in once all of it serves. `concerned` are the apps whose
    serving changes.
    """

    steps: tuple[PlannedStep, ...]
    interrupted: tuple[Address, ...]
    concerned: tuple[Address, ...]
    least: LiveState
    final: LiveState


class Impossible(Struct, frozen=True):
    """No order exists: `counterexample` are steps that every order contains and after which an invariant is broken.

    `order` shows what would be done; it must not be applied.
    """

    address: Address
    counterexample: tuple[Step, ...]
    why: str
    unblock: str
    order: Ordered


class GaveUp(Struct, frozen=True):
    """Whether an order exists was not decided for these things. `order` must not be applied."""

    component: tuple[Address, ...]
    why: str
    order: Ordered


Order = Ordered | Impossible | GaveUp


def order(start: LiveState, steps: Sequence[Step], spec: Spec, capabilities: Capabilities) -> Order:
    """Order steps that are to be done from a live state, on a service of these capabilities.

    The same steps in another sequence give the same order. Raises nothing.
    """
    given = sorted(steps, key=_rank)
    after = replay(start, given)
    serving = serving_of(start, after, tuple(given))
    alone = _one_group_at_a_time(given) if capabilities.several_groups_per_resource is False else frozenset()
    interrupted = tuple(sorted(alone & serving.kept))
    pauses = tuple(_pauses(start, given, interrupted))
    listed_steps = sorted((*given, *pauses), key=_rank) if pauses else given
    graph = graph_of(listed_steps, serving, alone, spec.policy.settle_seconds)
    sequence = tuple(TopologicalSorter(graph.needs).static_order())
    found = Ordered(
        _numbered(graph, sequence),
        interrupted,
        tuple(sorted(app for app in serving.components if app in serving.kept)),
        replay(start, _before_any_wait(graph, sequence)),
        settled(replay(start, listed_steps) if pauses else after),
    )
    return judged(start, spec, found)


def judged(start: LiveState, spec: Spec, found: Ordered) -> Order:
    """An order held against the invariants.

    Of all states that can be reached the worst for an app is one of two: the one in which everything is taken away
    that waits for nothing, while nothing new serves; and the end. The end is what is promised, so the first decides.
    """
    for app in found.interrupted:
        refused = _refused_interruption(start, spec, found, app)
        if refused:
            return refused
    full = next(_left_in_deleted_groups(start, found), None)
    if full:
        return full
    served = [app for app in found.concerned if app not in found.interrupted]
    for short in broken(start, found.final, spec, found.least, served):
        why = f"{short.app} would be served by {counted(short.serving, 'agent')} for a while, and needs {short.floor}"
        return GaveUp((short.app,), why, found)
    return found


def _refused_interruption(start: LiveState, spec: Spec, found: Ordered, app: Address) -> Order | None:
    """Why an app cannot be interrupted: its profile forbids it, or nobody would know to resume its job."""
    groups = sorted(start.members(app, "group") | found.final.members(app, "group"))
    for group in groups:
        profile = profile_of(spec.policy, spec.desired.things.get(group))
        if profile and profile.interruption is Interruption.NEVER:
            why = (
                f"{app} can only be in one group at a time, so that nobody serves it between the two, "
                f"and {profile.name} of {group} allows no interruption"
            )
            unblock = "let `interruption` of the profile be `acknowledged`, or leave the app in its group"
            leaving = tuple(Unassign(app, old) for old in sorted(start.members(app, "group")))
            return Impossible(app, leaving, why, unblock, found)
    enabled = start.cell(app, _ENABLED)
    if isinstance(enabled, Unreadable):
        why = f"whether the job of {app} runs is not known, and it must be paused while nobody serves the app"
        return GaveUp((app,), why, found)
    if enabled == Known(value=True) and not isinstance(spec.desired.cell(app, _ENABLED), Value):
        why = f"a run that breaks off would leave the job of {app} paused: say `job: {{enabled: true}}` in the spec"
        return GaveUp((app,), why, found)
    return None


def _left_in_deleted_groups(start: LiveState, found: Ordered) -> Iterator[Impossible]:
    """Groups that are deleted with agents or apps still in them: no order empties them."""
    deletions = [planned.step for planned in found.steps if isinstance(planned.step, DeleteGroup)]
    if not deletions:
        return
    emptied = replay(start, (planned.step for planned in found.steps if not isinstance(planned.step, DeleteGroup)))
    for step in deletions:
        apps = (app.address for app in emptied.of(Kind.APP) if step.group in emptied.members(app.address, "group"))
        left = sorted((*emptied.members(step.group, "agents"), *apps))
        if left:
            why = f"{step.group} is deleted only when it is empty, and {listed(left)} stays in it"
            yield Impossible(step.group, (step,), why, "move that elsewhere, or keep the group", found)


def _one_group_at_a_time(steps: Iterable[Step]) -> frozenset[Address]:
    """The apps that move where the service holds one group per resource."""
    joining = {step.app for step in steps if isinstance(step, Assign)}
    return frozenset(step.app for step in steps if isinstance(step, Unassign) and step.app in joining)


def _pauses(start: LiveState, steps: Iterable[Step], interrupted: Collection[Address]) -> Iterator[Step]:
    """The pause of each running job whose app is interrupted, and its resumption."""
    paused = {step.app for step in steps if isinstance(step, PauseJob)}
    for app in interrupted:
        if app not in paused and start.cell(app, _ENABLED) == Known(value=True):
            yield PauseJob(app, interrupts=True)
            yield StartJob(app, resumes=True)


def _before_any_wait(graph: Graph, sequence: Iterable[Number]) -> Iterator[Step]:
    """Every step that decides who serves whom and can be done while no wait is over."""
    waiting: set[Number] = set()
    early: list[Number] = []
    for number in sequence:
        if isinstance(graph.steps[number], Settle) or not waiting.isdisjoint(graph.needs[number]):
            waiting.add(number)
        elif isinstance(graph.steps[number], GroupStep | EdgeStep):
            early.append(number)
    return (graph.steps[number] for number in sorted(early))


def _numbered(graph: Graph, sequence: Iterable[Number]) -> tuple[PlannedStep, ...]:
    """The steps wave by wave, with ids in that sequence."""
    wave: dict[Number, int] = {}
    for number in sequence:
        wave[number] = max((wave[need] for need in graph.needs[number]), default=-1) + 1
    listed_numbers = sorted(wave, key=lambda number: (wave[number], number))
    place = {number: at for at, number in enumerate(listed_numbers, start=1)}
    return tuple(
        PlannedStep(
            f"s{place[number]}",
            graph.steps[number],
            tuple(f"s{at}" for at in sorted(place[need] for need in graph.needs[number])),
            calls_of(graph.steps[number]),
        )
        for number in listed_numbers
    )


def _rank(step: Step) -> tuple[int, str, str]:
    match step:
        case AddMember(other) | RemoveMember(other):
            return _PHASES[type(step)], str(holder(step)), str(other)
        case Assign(_, other) | Unassign(_, other):
            return _PHASES[type(step)], str(holder(step)), str(other)
    return _PHASES[type(step)], str(holder(step)), ""
