"""What must hold before a step and what holds after it, as data that a reader of the service can test.

An executor confirms a step by its `post`; a run after a crash finds out by `post` and `pre` whether a step was done.
"""

from __future__ import annotations

from enum import Enum
from typing import assert_never

from msgspec import Struct

from reconciler.model.address import UPDATER, Address
from reconciler.model.cells import Absent, Known, Reason, Unreadable
from reconciler.model.fields import MAPPING_PREFIX
from reconciler.model.mappings import ObjectMapping
from reconciler.model.overlay import overlay
from reconciler.model.states import FieldValue, LiveState
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


class Test(Enum):
    """How a condition looks at a cell."""

    IS = "is"
    IS_ABSENT = "is absent"
    EXISTS = "exists"
    HOLDS = "holds"
    LACKS = "lacks"
    IS_EMPTY = "is empty"


class Condition(Struct, frozen=True):
    """One test of one field of one thing; `value` is None where the test needs none."""

    address: Address
    key: str
    test: Test
    value: FieldValue | None = None

    def __str__(self) -> str:
        value = "" if self.value is None else f" {self.value}"
        return f"{self.address} {self.key} {self.test.value}{value}"


def holds(state: LiveState, condition: Condition) -> bool | None:
    """Whether a condition holds in a state; None where the cell is unreadable, so that nobody can tell.

    Of a value that the service masks, one can tell that it is there.
    """
    cell = state.cell(condition.address, condition.key)
    if isinstance(cell, Unreadable):
        masked = cell.reason is Reason.MASKED and condition.test is Test.IS_ABSENT
        return False if masked else None
    match condition.test:
        case Test.IS:
            return cell == Known(condition.value)
        case Test.IS_ABSENT:
            return isinstance(cell, Absent)
        case Test.EXISTS:
            return isinstance(cell, Known)
        case Test.HOLDS:
            return condition.value in state.members(condition.address, condition.key)
        case Test.LACKS:
            return condition.value not in state.members(condition.address, condition.key)
        case Test.IS_EMPTY:
            return not state.members(condition.address, condition.key)
    assert_never(condition.test)


def pre(step: Step) -> tuple[Condition, ...]:
    """What must hold before a step may run. Empty where running it again does no harm."""
    match step:
        case CreateGroup() | RenameGroup() | DeleteGroup() | CreateResource() | RenameResource() | DeleteResource():
            return _pre_object(step)
        case AddMember() | RemoveMember() | Assign() | Unassign():
            return _pre_edge(step)
        case CreateJob(app):
            return (Condition(app, "job.template", Test.IS_ABSENT),)
        case StartJob(app) | PauseJob(app):
            return (Condition(app, "job.template", Test.EXISTS),)
        case WriteConnection(app, _, _, before):
            return tuple(_setting(app, key, value) for key, value in before.items())
        case SetUpdater(_, before):
            return tuple(_setting(UPDATER, key, value) for key, value in before.items())
        case Settle() | WriteSchema():
            return ()
    assert_never(step)


def _pre_object(step: GroupStep | ResourceStep) -> tuple[Condition, ...]:
    match step:
        case CreateGroup(group):
            return (Condition(group, "displayName", Test.IS_ABSENT),)
        case RenameGroup(group, _, before):
            return (Condition(group, "displayName", Test.IS, before),)
        case DeleteGroup(group):
            return (Condition(group, "displayName", Test.EXISTS), Condition(group, "agents", Test.IS_EMPTY))
        case CreateResource(app):
            return (Condition(app, "resource.resourceName", Test.IS_ABSENT),)
        case RenameResource(app, _, before):
            return (Condition(app, "resource.displayName", Test.IS, before),)
        case DeleteResource(app):
            return (Condition(app, "resource.resourceName", Test.EXISTS), Condition(app, "group", Test.IS_EMPTY))
    assert_never(step)


def _pre_edge(step: EdgeStep) -> tuple[Condition, ...]:
    match step:
        case AddMember(agent, group):
            return (Condition(group, "displayName", Test.EXISTS), Condition(group, "agents", Test.LACKS, agent))
        case RemoveMember(agent, group):
            return (Condition(group, "agents", Test.HOLDS, agent),)
        case Assign(app, group):
            exists = Condition(app, "resource.resourceName", Test.EXISTS)
            return (exists, Condition(group, "displayName", Test.EXISTS), Condition(app, "group", Test.LACKS, group))
        case Unassign(app, group):
            return (Condition(app, "group", Test.HOLDS, group),)
    assert_never(step)


def post(step: Step) -> tuple[Condition, ...]:
    """What the service shows once a step is done. Empty where it shows nothing: a wait, a write of secrets alone.

    A schema's result depends on the live document: `schema_written` tests it.
    """
    match step:
        case CreateGroup() | RenameGroup() | DeleteGroup() | CreateResource() | RenameResource() | DeleteResource():
            return _post_object(step)
        case AddMember(agent, group):
            return (Condition(group, "agents", Test.HOLDS, agent),)
        case RemoveMember(agent, group):
            return (Condition(group, "agents", Test.LACKS, agent),)
        case Assign(app, group):
            return (Condition(app, "group", Test.HOLDS, group),)
        case Unassign(app, group):
            return (Condition(app, "group", Test.LACKS, group),)
        case CreateJob(app):
            return (Condition(app, "job.template", Test.EXISTS),)
        case StartJob(app) | PauseJob(app):
            return (Condition(app, "job.enabled", Test.IS, isinstance(step, StartJob)),)
        case WriteConnection(app, settings):
            return tuple(_setting(app, key, value) for key, value in settings.items())
        case SetUpdater(settings):
            return tuple(_setting(UPDATER, key, value) for key, value in settings.items())
        case Settle() | WriteSchema():
            return ()
    assert_never(step)


def _post_object(step: GroupStep | ResourceStep) -> tuple[Condition, ...]:
    match step:
        case CreateGroup(group, name) | RenameGroup(group, name):
            return (Condition(group, "displayName", Test.IS, name),)
        case DeleteGroup(group):
            return (Condition(group, "displayName", Test.IS_ABSENT),)
        case CreateResource(app, resource_name):
            return (Condition(app, "resource.resourceName", Test.IS, resource_name),)
        case RenameResource(app, display_name):
            return (Condition(app, "resource.displayName", Test.IS, display_name),)
        case DeleteResource(app):
            return (Condition(app, "resource.resourceName", Test.IS_ABSENT),)
    assert_never(step)


def schema_written(state: LiveState, step: WriteSchema) -> bool | None:
    """Whether a schema step would change nothing any more; None where the schema is unreadable."""
    for source, wanted in step.overlays.items():
        match state.cell(step.app, MAPPING_PREFIX + source):
            case Known(ObjectMapping() as live):
                if overlay(live, wanted, step.removed.get(source, ())) != live:
                    return False
            case Unreadable():
                return None
            case _:
                return False
    return True


def _setting(address: Address, key: str, value: ConnectionValue) -> Condition:
    if value is None:
        return Condition(address, key, Test.IS_ABSENT)
    return Condition(address, key, Test.IS, value)
