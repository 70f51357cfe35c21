"""What would undo a step, or why nothing would."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from reconciler.model.address import Kind
from reconciler.model.fields import field_of
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

_WHY_NONE = {
    CreateJob: "a job is never deleted: its state would be lost for good",
    WriteSchema: "the schema as it was before is kept as a snapshot, not in the plan",
    Settle: "a wait changes nothing",
}


def inverse(step: Step) -> Step | str:
    """The step that undoes this one, or one sentence on why there is none."""
    match step:
        case CreateGroup() | RenameGroup() | DeleteGroup() | CreateResource() | RenameResource() | DeleteResource():
            return _inverse_object(step)
        case AddMember() | RemoveMember() | Assign() | Unassign():
            return _inverse_edge(step)
        case StartJob(app, flag):
            return PauseJob(app, flag)
        case PauseJob(app, flag):
            return StartJob(app, flag)
        case SetUpdater(settings, before):
            return SetUpdater(_restoring(settings, before), settings)
        case WriteConnection(app, settings, secrets, before):
            if secrets or any(field_of(Kind.APP, key).secret for key in settings):
                return "the service never shows the secrets that were there before"
            return WriteConnection(app, _restoring(settings, before), {}, settings)
        case CreateJob() | WriteSchema() | Settle():
            return _WHY_NONE[type(step)]
    assert_never(step)


def _restoring(
    settings: Mapping[str, ConnectionValue], before: Mapping[str, ConnectionValue]
) -> Mapping[str, ConnectionValue]:
    """The settings as they were; what had no value before is removed again."""
    return {key: before.get(key) for key in settings}


def _inverse_object(step: GroupStep | ResourceStep) -> Step:
    match step:
        case CreateGroup(group, name):
            return DeleteGroup(group, name)
        case DeleteGroup(group, name):
            return CreateGroup(group, name)
        case RenameGroup(group, name, before):
            return RenameGroup(group, before, name)
        case CreateResource(app, resource, shown):
            return DeleteResource(app, resource, shown)
        case DeleteResource(app, resource, shown):
            return CreateResource(app, resource, shown)
        case RenameResource(app, shown, before):
            return RenameResource(app, before, shown)
    assert_never(step)


def _inverse_edge(step: EdgeStep) -> Step:
    match step:
        case AddMember(agent, group):
            return RemoveMember(agent, group)
        case RemoveMember(agent, group):
            return AddMember(agent, group)
        case Assign(app, group):
            return Unassign(app, group)
        case Unassign(app, group):
            return Assign(app, group)
    assert_never(step)
