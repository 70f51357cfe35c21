"""What the applied state says once a step is done, while one is under way, and where spec and service agree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import assert_never, cast

from msgspec.structs import replace

from reconciler.model.address import UPDATER, Address
from reconciler.model.bindings import Bindings
from reconciler.model.cells import AppliedCell, Never, Value
from reconciler.model.fields import MAPPING_PREFIX
from reconciler.model.mappings import DesiredMapping
from reconciler.model.memory import RESOURCE_ID
from reconciler.model.secret import SecretSource
from reconciler.model.states import AppliedState, FieldValue, LiveState, Thing
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
    WriteStep,
)

JOB_ID = "job.id"
"""The applied cell that keeps the live id of an app's job."""

Cells = dict[str, AppliedCell[FieldValue]]


def recorded(applied: AppliedState, step: Step, live: LiveState, bindings: Bindings) -> AppliedState:
    """The applied state once a step was seen done; `live` is the state before it, `bindings` those after it.

    A cell that was cleared or taken away is never-applied again. Of a group whose members were never recorded, those
    that were there before count as applied.
    """
    match step:
        case CreateGroup() | RenameGroup() | DeleteGroup():
            return _group(applied, step, bindings)
        case AddMember() | RemoveMember() | Assign() | Unassign():
            return _edge(applied, step, live, bindings)
        case CreateResource() | RenameResource() | DeleteResource():
            return _resource(applied, step, bindings)
        case CreateJob() | StartJob() | PauseJob():
            return _job(applied, step, bindings)
        case WriteConnection() | WriteSchema() | SetUpdater():
            return _write(applied, step, bindings)
        case Settle():
            return applied
    assert_never(step)


def with_intended(applied: AppliedState, steps: Iterable[Step]) -> AppliedState:
    """What may have been applied, while nobody knows what came of these steps: a union, from which nothing is missing.

    A value that was applied before stays, since a step that was not done leaves it. Secrets keep their old version,
    so that one of which nobody knows whether it was written is written again.
    """
    nothing = LiveState({})
    united = applied
    for step in steps:
        meant = recorded(united, step, nothing, Bindings())
        things = {**meant.things, **{address: _union(meant, united, address) for address in united.things}}
        for address in meant.things:
            if address not in united.things:
                things[address] = replace(things[address], cells=_without_secrets(things[address].cells))
        united = replace(united, things=things)
    return united


def _union(meant: AppliedState, before: AppliedState, address: Address) -> Thing[AppliedCell[FieldValue]]:
    thing = before.things[address]
    other = meant.things.get(address)
    if other is None or other is thing:
        return thing
    fresh = {key: cell for key, cell in other.cells.items() if key not in thing.cells}
    shared = {key: _both(cell, other.cells.get(key)) for key, cell in thing.cells.items()}
    return replace(thing, cells={**_without_secrets(fresh), **shared})


def _both(before: AppliedCell[FieldValue], meant: AppliedCell[FieldValue] | None) -> AppliedCell[FieldValue]:
    match before, meant:
        case Value(frozenset() as old), Value(frozenset() as new):
            return Value(old | new)
        case Value(Address() | frozenset()), Value(Address() | frozenset()):
            return _serving(_addresses(before) | _addresses(meant))
        case Value(DesiredMapping() as old), Value(DesiredMapping() as new):
            return Value(replace(old, attributes={**new.attributes, **old.attributes}))
    return before


def _without_secrets(cells: Mapping[str, AppliedCell[FieldValue]]) -> Cells:
    return {key: cell for key, cell in cells.items() if not (isinstance(cell, Value) and _is_secret(cell.value))}


def _is_secret(value: FieldValue) -> bool:
    return isinstance(value, SecretSource)


def _group(applied: AppliedState, step: GroupStep, bindings: Bindings) -> AppliedState:
    match step:
        case CreateGroup(group, name):
            empty: Value[FieldValue] = Value(frozenset[Address]())
            return _with(applied, group, {"displayName": Value(name), "agents": empty}, _id(bindings.groups, group))
        case RenameGroup(group, name):
            return _with(applied, group, {"displayName": Value(name)}, _id(bindings.groups, group))
        case DeleteGroup(group):
            return replace(applied, things={key: thing for key, thing in applied.things.items() if key != group})
    assert_never(step)


def _edge(applied: AppliedState, step: EdgeStep, live: LiveState, bindings: Bindings) -> AppliedState:
    match step:
        case AddMember(agent, group):
            members = _members(applied, live, group) | {agent}
            return _with(applied, group, {"agents": Value(members)}, _id(bindings.groups, group))
        case RemoveMember(agent, group):
            members = _members(applied, live, group) - {agent}
            return _with(applied, group, {"agents": Value(members)}, _id(bindings.groups, group))
        case Assign(app, group):
            return _with_app(applied, app, {"group": _serving(_groups(applied, live, app) | {group})}, bindings)
        case Unassign(app, group):
            left = _addresses(applied.cell(app, "group")) - {group}
            if not left:
                return _without(applied, app, ("group",))
            return _with_app(applied, app, {"group": _serving(left)}, bindings)
    assert_never(step)


def _groups(applied: AppliedState, live: LiveState, app: Address) -> frozenset[Address]:
    """The groups that serve an app and that count as applied: of those that were recorded the ones it is still in.

    Until the last step of a move an app is in two groups, and neither is anybody else's doing.
    """
    recorded_groups = _addresses(applied.cell(app, "group"))
    serving = live.members(app, "group")
    return serving & recorded_groups if recorded_groups else serving


def _addresses(cell: AppliedCell[FieldValue]) -> frozenset[Address]:
    match cell:
        case Value(Address() as one):
            return frozenset({one})
        case Value(frozenset() as several):
            return cast("frozenset[Address]", several)
    return frozenset()


def _serving(groups: frozenset[Address]) -> Value[FieldValue]:
    """The group of an app, as the spec says it where there is one."""
    return Value(next(iter(groups))) if len(groups) == 1 else Value(groups)


def _members(applied: AppliedState, live: LiveState, group: Address) -> frozenset[Address]:
    match applied.cell(group, "agents"):
        case Value(frozenset() as members):
            return members
    return live.members(group, "agents")


def _resource(applied: AppliedState, step: ResourceStep, bindings: Bindings) -> AppliedState:
    match step:
        case CreateResource(app, resource_name, display_name):
            cells: Cells = {
                "resource.resourceName": Value(resource_name),
                "resource.displayName": Value(display_name),
            }
            return _with_app(applied, app, cells, bindings)
        case RenameResource(app, display_name):
            return _with_app(applied, app, {"resource.displayName": Value(display_name)}, bindings)
        case DeleteResource(app):
            return _without(applied, app, ("resource.resourceName", "resource.displayName", RESOURCE_ID, "group"))
    assert_never(step)


def _job(applied: AppliedState, step: JobStep, bindings: Bindings) -> AppliedState:
    match step:
        case CreateJob(app, template):
            return _with_app(
                applied, app, {"job.template": Value(template), "job.enabled": _switch(on=False)}, bindings
            )
        case StartJob(app):
            return _with_app(applied, app, {"job.enabled": _switch(on=True)}, bindings)
        case PauseJob(app):
            return _with_app(applied, app, {"job.enabled": _switch(on=False)}, bindings)
    assert_never(step)


def _switch(*, on: bool) -> Value[FieldValue]:
    return Value(on)


def _write(applied: AppliedState, step: WriteStep, bindings: Bindings) -> AppliedState:
    match step:
        case WriteConnection(app, settings, secrets):
            written: Cells = {key: Value(source) for key, source in secrets.items()}
            set_anew = _with_app(applied, app, {**_settings(settings), **written}, bindings)
            return _without(set_anew, app, _cleared(settings))
        case WriteSchema(app, overlays):
            mappings: Cells = {MAPPING_PREFIX + source: Value(wanted) for source, wanted in overlays.items()}
            return _with_app(applied, app, mappings, bindings)
        case SetUpdater(settings):
            return _without(_with(applied, UPDATER, _settings(settings), ""), UPDATER, _cleared(settings))
    assert_never(step)


def _settings(settings: Mapping[str, ConnectionValue]) -> Cells:
    return {key: Value(value) for key, value in settings.items() if value is not None}


def _cleared(settings: Mapping[str, ConnectionValue]) -> tuple[str, ...]:
    return tuple(key for key, value in settings.items() if value is None)


def _with_app(
    applied: AppliedState, app: Address, cells: Mapping[str, AppliedCell[FieldValue]], bindings: Bindings
) -> AppliedState:
    ids: Cells = {}
    for key, table in ((RESOURCE_ID, bindings.resources), (JOB_ID, bindings.jobs)):
        if app in table:
            ids[key] = Value(table[app])
    return _with(applied, app, {**ids, **cells}, _id(bindings.principals, app))


def _with(
    applied: AppliedState, address: Address, cells: Mapping[str, AppliedCell[FieldValue]], live_id: str
) -> AppliedState:
    thing = applied.things.get(address) or Thing(address, {})
    kept = {key: cell for key, cell in thing.cells.items() if not isinstance(cell, Never)}
    grown = replace(thing, cells={**kept, **cells}, live_id=live_id or thing.live_id)
    return replace(applied, things={**applied.things, address: grown})


def _without(applied: AppliedState, address: Address, keys: Iterable[str]) -> AppliedState:
    thing = applied.things.get(address)
    dropped = set(keys)
    if thing is None or not dropped & thing.cells.keys():
        return applied
    left = {key: cell for key, cell in thing.cells.items() if key not in dropped}
    return replace(applied, things={**applied.things, address: replace(thing, cells=left)})


def _id(table: Mapping[Address, str], address: Address) -> str:
    return table.get(address, "")
