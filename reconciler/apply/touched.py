"""What a step touches: which fields it writes, and where to look to see what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from reconciler.model.address import UPDATER, Address
from reconciler.model.fields import MAPPING_PREFIX
from reconciler.model.service import AppPart, Scope
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
)
from reconciler.model.subjects import holder

_TOPOLOGY = Scope(topology=True)


def touched(step: Step) -> tuple[tuple[Address, str], ...]:
    """The fields that a step writes, secrets among them."""
    match step:
        case Settle():
            return ()
        case WriteConnection(app, settings, secrets):
            return tuple((app, key) for key in (*settings, *secrets))
        case WriteSchema(app, overlays):
            return tuple((app, MAPPING_PREFIX + source) for source in overlays)
        case SetUpdater(settings):
            return tuple((UPDATER, key) for key in settings)
        case _:
            return tuple((holder(step), key) for key in _keys(step))


def _keys(step: GroupStep | EdgeStep | ResourceStep | JobStep) -> tuple[str, ...]:
    """The fields that every step of a kind writes, whatever is in it."""
    match step:
        case CreateGroup() | RenameGroup() | DeleteGroup():
            return ("displayName",)
        case AddMember() | RemoveMember():
            return ("agents",)
        case CreateResource() | DeleteResource():
            return ("resource.resourceName", "resource.displayName")
        case RenameResource():
            return ("resource.displayName",)
        case Assign() | Unassign():
            return ("group",)
        case CreateJob():
            return ("job.template",)
        case StartJob() | PauseJob():
            return ("job.enabled",)
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


def makes_edge(step: Step) -> bool:
    """Whether a step makes a membership or an assignment, which serves only once it has settled."""
    return isinstance(step, AddMember | Assign)
