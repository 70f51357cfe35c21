"""Steps in words: what each one does, in one line that a person reads, and the waves that they run in."""

from __future__ import annotations

from collections.abc import Sequence
from graphlib import TopologicalSorter
from typing import assert_never

from reconciler.model.plan import PlannedStep
from reconciler.model.states import Edge
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
    JobStep,
    PauseJob,
    RemoveMember,
    RenameGroup,
    RenameResource,
    ResourceStep,
    Settle,
    SetUpdater,
    StartJob,
    Step,
    Unassign,
    WriteConnection,
    WriteSchema,
    WriteStep,
)
from reconciler.model.words import counted, duration, listed


def describe(step: Step) -> str:
    """What a step does, in the imperative and without secrets. It may hold names from live, which are not escaped."""
    match step:
        case CreateGroup() | RenameGroup() | DeleteGroup():
            return _group(step)
        case AddMember() | RemoveMember() | Assign() | Unassign():
            return _edge(step)
        case CreateResource() | RenameResource() | DeleteResource():
            return _resource(step)
        case CreateJob() | StartJob() | PauseJob():
            return _job(step)
        case WriteConnection() | WriteSchema() | SetUpdater():
            return _write(step)
        case Settle(edges, seconds):
            return f"wait up to {duration(seconds)} until {_serving(edges)}"
    assert_never(step)


def _group(step: GroupStep) -> str:
    match step:
        case CreateGroup(group, name):
            return f'create {group}, named "{name}"'
        case RenameGroup(group, name, before):
            return f'rename {group} from "{before}" to "{name}"'
        case DeleteGroup(group, name):
            return f'delete {group}, named "{name}"'


def _edge(step: EdgeStep) -> str:
    match step:
        case AddMember(agent, group):
            return f"add {agent} to {group}"
        case RemoveMember(agent, group):
            return f"remove {agent} from {group}"
        case Assign(app, group):
            return f"assign {app} to {group}"
        case Unassign(app, group):
            return f"unassign {app} from {group}"


def _resource(step: ResourceStep) -> str:
    match step:
        case CreateResource(app, resource_name):
            return f'publish the resource "{resource_name}" of {app}'
        case RenameResource(app, name, before):
            return f'rename the resource of {app} from "{before}" to "{name}"'
        case DeleteResource(app, resource_name):
            return f'delete the published resource "{resource_name}" of {app}'


def _job(step: JobStep) -> str:
    match step:
        case CreateJob(app, template):
            return f"create the job of {app} from {'its default template' if template == 'default' else template}"
        case StartJob(app, resumes):
            return f"{'resume' if resumes else 'start'} the job of {app}"
        case PauseJob(app, interrupts):
            return f"pause the job of {app}{', to be resumed below' if interrupts else ''}"


def _write(step: WriteStep) -> str:
    match step:
        case WriteConnection(app, settings, secrets):
            changed = [key if value is not None else f"{key} cleared" for key, value in sorted(settings.items())]
            tokens = [f"{key} version {source.version} from {source}" for key, source in sorted(secrets.items())]
            return f"write the connection of {app}: {listed([*changed, *tokens], most=9)}"
        case WriteSchema(app, overlays, removed):
            return f"write the schema of {app} once: {listed(sorted({*overlays, *removed}))}"
        case SetUpdater(settings):
            return f"write the updater's {listed(sorted(settings))}"


def _serving(edges: frozenset[Edge]) -> str:
    if len(edges) == 1:
        return f"{_edge_name(*edges)} serves"
    return f"{counted(len(edges), 'new edge')} serve: {listed(_edge_name(edge) for edge in sorted(edges))}"


def _edge_name(edge: Edge) -> str:
    return f"{edge.member} in {edge.group}"


def waves(steps: Sequence[PlannedStep]) -> Sequence[Sequence[PlannedStep]]:
    """The steps by wave, in the plan's order: each in the first one by which everything that it needs is done."""
    known = {planned.id: planned for planned in steps}
    place = {planned.id: number for number, planned in enumerate(steps)}
    sorter = TopologicalSorter({planned.id: [need for need in planned.needs if need in known] for planned in steps})
    sorter.prepare()
    found = []
    while sorter.is_active():
        ready = sorter.get_ready()
        found.append([known[ready_id] for ready_id in sorted(ready, key=place.__getitem__)])
        sorter.done(*ready)
    return found
