"""What each step does to the model's state of the service: a pure function from state to state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from msgspec.structs import replace

from reconciler.model import overlay as overlays
from reconciler.model.address import UPDATER, Address
from reconciler.model.cells import ABSENT, Known, LiveCell, Reason, Unreadable
from reconciler.model.fields import MAPPING_PREFIX
from reconciler.model.mappings import ObjectMapping
from reconciler.model.states import Edge, FieldValue, LiveState
from reconciler.model.steps import (
    AddMember,
    Assign,
    ConnectionValue,
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
)

_NOBODY: Known[FieldValue] = Known(frozenset[Address]())
_ON: Known[FieldValue] = Known(value=True)
_OFF: Known[FieldValue] = Known(value=False)
_MASKED = Unreadable(Reason.MASKED)


def after(state: LiveState, step: Step) -> LiveState:
    """The state once a step is done. Edges that it makes do not serve until a `Settle` that names them."""
    match step:
        case CreateGroup() | RenameGroup() | DeleteGroup():
            return _after_group(state, step)
        case AddMember() | RemoveMember() | Assign() | Unassign():
            return _after_edge(state, step)
        case CreateResource() | RenameResource() | DeleteResource():
            return _after_resource(state, step)
        case CreateJob() | StartJob() | PauseJob():
            return _after_job(state, step)
        case Settle(edges):
            return replace(state, unsettled=state.unsettled - edges)
        case WriteConnection(app, settings, secrets):
            return state.with_cells(app, {**_settings(settings), **dict.fromkeys(secrets, _MASKED)})
        case WriteSchema():
            return _after_schema(state, step)
        case SetUpdater(settings):
            return state.with_cells(UPDATER, _settings(settings))
    assert_never(step)


def _after_group(state: LiveState, step: GroupStep) -> LiveState:
    match step:
        case CreateGroup(group, name):
            return state.with_cells(group, {"displayName": Known(name), "isDefault": _OFF, "agents": _NOBODY})
        case RenameGroup(group, name):
            return state.with_cells(group, {"displayName": Known(name)})
        case DeleteGroup(group):
            return state.without(group)
    assert_never(step)


def _after_edge(state: LiveState, step: EdgeStep) -> LiveState:
    match step:
        case AddMember(agent, group):
            return _connected(state, Edge(agent, group), holder=group, key="agents", other=agent)
        case RemoveMember(agent, group):
            return _separated(state, Edge(agent, group), holder=group, key="agents", other=agent)
        case Assign(app, group):
            return _connected(state, Edge(app, group), holder=app, key="group", other=group)
        case Unassign(app, group):
            return _separated(state, Edge(app, group), holder=app, key="group", other=group)
    assert_never(step)


def _after_resource(state: LiveState, step: ResourceStep) -> LiveState:
    match step:
        case CreateResource(app, resource_name, display_name):
            cells = {"resource.resourceName": Known(resource_name), "resource.displayName": Known(display_name)}
            return state.with_cells(app, {**cells, "group": _NOBODY})
        case RenameResource(app, display_name):
            return state.with_cells(app, {"resource.displayName": Known(display_name)})
        case DeleteResource(app):
            keys = ("resource.id", "resource.resourceName", "resource.displayName", "group")
            return state.with_cells(app, dict.fromkeys(keys, ABSENT))
    assert_never(step)


def _after_job(state: LiveState, step: JobStep) -> LiveState:
    match step:
        case CreateJob(app, template):
            created: dict[str, LiveCell[FieldValue]] = {"job.template": Known(template), "job.enabled": _OFF}
            return state.with_cells(app, {**created, "job.status": Known("NotConfigured")})
        case StartJob(app):
            return state.with_cells(app, {"job.enabled": _ON, "job.status": Known("Active"), "job.quarantine": ABSENT})
        case PauseJob(app):
            return state.with_cells(app, {"job.enabled": _OFF, "job.status": Known("Paused")})
    assert_never(step)


def _after_schema(state: LiveState, step: WriteSchema) -> LiveState:
    cells: dict[str, LiveCell[FieldValue]] = {}
    for source, wanted in step.overlays.items():
        key = MAPPING_PREFIX + source
        match state.cell(step.app, key):
            case Known(ObjectMapping() as live):
                cells[key] = Known(overlays.overlay(live, wanted, step.removed.get(source, ())))
    return state.with_cells(step.app, cells)


def _connected(state: LiveState, edge: Edge, *, holder: Address, key: str, other: Address) -> LiveState:
    joined = state.with_cells(holder, {key: Known(state.members(holder, key) | {other})})
    return replace(joined, unsettled=joined.unsettled | {edge})


def _separated(state: LiveState, edge: Edge, *, holder: Address, key: str, other: Address) -> LiveState:
    parted = state.with_cells(holder, {key: Known(state.members(holder, key) - {other})})
    return replace(parted, unsettled=parted.unsettled - {edge})


def _settings(settings: Mapping[str, ConnectionValue]) -> dict[str, LiveCell[FieldValue]]:
    return {key: ABSENT if value is None else Known(value) for key, value in settings.items()}
