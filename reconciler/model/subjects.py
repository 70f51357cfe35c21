"""What a step speaks of: the thing that it changes, and the membership or assignment that it makes or ends."""

from __future__ import annotations

from typing import assert_never

from reconciler.model.address import UPDATER, Address
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
