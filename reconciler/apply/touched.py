"""What a step touches: which fields it writes, and where to look to see what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from reconciler.model.address import UPDATER, Address
from reconciler.model.fields import MAPPING_PREFIX
from reconciler.model.service import AppPart, Scope
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
    RenameResource,
    Settle,
    SetUpdater,
    StartJob,
    Step,
    Unassign,
    WriteConnection,
    WriteSchema,
)

_TOPOLOGY = Scope(topology=True)


def touched(step: Step) -> tuple[tuple[Address, str], ...]:
    """The fields that a step writes, secrets among them."""
    match step:
        case CreateGroup(group) | RenameGroup(group) | DeleteGroup(group):
            return ((group, "displayName"),)
        case AddMember(_, group) | RemoveMember(_, group):
            return ((group, "agents"),)
        case CreateResource(app) | DeleteResource(app):
            return ((app, "resource.resourceName"), (app, "resource.displayName"))
        case RenameResource(app):
            return ((app, "resource.displayName"),)
        case Assign(app) | Unassign(app):
            return ((app, "group"),)
        case CreateJob(app):
            return ((app, "job.template"),)
        case StartJob(app) | PauseJob(app):
            return ((app, "job.enabled"),)
        case WriteConnection(app, settings, secrets):
            return tuple((app, key) for key in (*settings, *secrets))
        case WriteSchema(app, overlays):
            return tuple((app, MAPPING_PREFIX + source) for source in overlays)
        case SetUpdater(settings):
            return tuple((UPDATER, key) for key in settings)
        case Settle():
            return ()
    assert_never(step)


def scope_of(step: Step) -> Scope:
    """The part of the service that shows what a step does."""
    match step:
        case CreateJob(app) | StartJob(app) | PauseJob(app):
            return Scope(apps={app: AppPart.JOB})
        case WriteConnection(app, settings):
            return Scope(apps={app: AppPart.CONNECTION}) if settings else Scope()
        case WriteSchema(app):
            return Scope(apps={app: AppPart.SCHEMA})
        case Settle():
            return Scope()
        case _:
            return _TOPOLOGY


def united(scopes: Iterable[Scope]) -> Scope:
    """One scope that holds all of these."""
    topology = False
    apps: dict[Address, AppPart] = {}
    for scope in scopes:
        topology = topology or scope.topology
        for app, parts in scope.apps.items():
            apps[app] = apps.get(app, parts) | parts
    return Scope(topology, apps)


def edge_of(step: Step) -> Edge | None:
    """The membership or assignment that a step makes or ends; None for every other step."""
    match step:
        case AddMember(member, group) | RemoveMember(member, group):
            return Edge(member, group)
        case Assign(member, group) | Unassign(member, group):
            return Edge(member, group)
        case _:
            return None


def makes_edge(step: Step) -> bool:
    """Whether a step makes a membership or an assignment, which serves only once it has settled."""
    return isinstance(step, AddMember | Assign)
