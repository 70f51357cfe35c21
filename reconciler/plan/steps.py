"""What to do about changes: each change that can be made becomes the steps that make it, in no order yet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import cast

from reconciler.model.address import UPDATER, Address, Kind
from reconciler.model.fields import MAPPING_PREFIX
from reconciler.model.plan import Action, Change, FieldChange
from reconciler.model.steps import (
    AddMember,
    Assign,
    ConnectionValue,
    CreateGroup,
    CreateJob,
    CreateResource,
    DeleteGroup,
    DeleteResource,
    PauseJob,
    RemoveMember,
    RenameGroup,
    RenameResource,
    SetUpdater,
    StartJob,
    Step,
    Unassign,
    WriteConnection,
    WriteSchema,
)
from reconciler.plan.apps import ENABLED, GROUP, RESOURCE, SHOWN_NAME, TEMPLATE, KnownMappings, mapping_differences
from reconciler.plan.connections import SECRETS, SETTINGS, carried
from reconciler.plan.differences import Differences
from reconciler.plan.normalise import held, is_managed, wanted
from reconciler.plan.world import World

Fields = Mapping[str, FieldChange]

_SECRET_KEYS = {field.key for field in SECRETS}
_SETTING_KEYS = {field.key for field in SETTINGS}
_WINDOW = ("window.start", "window.end")


def steps(world: World, found: Differences) -> tuple[Step, ...]:
    """The steps that make every change that is not blocked: one write of the schema and one of the list per app."""
    known = KnownMappings()
    made: list[Step] = []
    for change in found.due:
        fields = {field.key: field for field in change.fields}
        made += _MAKERS[change.address.kind](world, change, fields, known)
    return tuple(made)


def _group(world: World, change: Change, fields: Fields, known: KnownMappings) -> Iterator[Step]:  # noqa: ARG001
    """A group: made, renamed or deleted, and who comes and goes."""
    group = change.address
    name, agents = fields.get("displayName"), fields.get("agents")
    match change.action:
        case Action.ADD if name:
            yield CreateGroup(group, str(name.after))
        case Action.REMOVE if name:
            yield DeleteGroup(group, str(name.before))
        case _ if name:
            yield RenameGroup(group, str(name.after), str(name.before))
    if agents:
        before, after = _members(agents.before), _members(agents.after)
        yield from (AddMember(agent, group) for agent in sorted(after - before))
        yield from (RemoveMember(agent, group) for agent in sorted(before - after))


def _app(world: World, change: Change, fields: Fields, known: KnownMappings) -> Iterator[Step]:
    """An app: its resource and assignment, then its job, its list and its schema."""
    app = change.address
    yield from _resource(app, fields)
    if change.action is Action.REMOVE and RESOURCE in fields:
        shown = world.live.text(app, SHOWN_NAME)
        yield DeleteResource(app, str(fields[RESOURCE].before), shown)
    if TEMPLATE in fields:
        yield CreateJob(app, str(fields[TEMPLATE].after))
    if ENABLED in fields:
        yield StartJob(app) if fields[ENABLED].after is True else PauseJob(app)
    yield from _connection(world, app, fields)
    if any(key.startswith(MAPPING_PREFIX) for key in fields):
        found = [pair for pair in mapping_differences(world, app, known) if _is_of(pair[0], fields)]
        overlays = {source: difference.overlay for source, difference in found}
        yield WriteSchema(app, overlays, {source: each.removed for source, each in found if each.removed})


def _is_of(source: str, fields: Fields) -> bool:
    """Whether the changes that can be made are of this object mapping: another one of the app may be blocked."""
    return any(key.startswith(f"{MAPPING_PREFIX}{source}/") for key in fields)


def _resource(app: Address, fields: Fields) -> Iterator[Step]:
    name, shown, group = fields.get(RESOURCE), fields.get(SHOWN_NAME), fields.get(GROUP)
    if name and name.after is not None:
        yield CreateResource(app, str(name.after), str(shown.after) if shown else str(name.after))
    elif shown:
        yield RenameResource(app, str(shown.after), str(shown.before or ""))
    if group:
        before, after = _members(group.before), _members(group.after)
        yield from (Assign(app, wanted) for wanted in sorted(after - before))
        yield from (Unassign(app, left) for left in sorted(before - after))


def _connection(world: World, app: Address, fields: Fields) -> Iterator[Step]:
    settings = {key: field for key, field in fields.items() if key in _SETTING_KEYS}
    secrets = {key: field.after for key, field in fields.items() if key in _SECRET_KEYS}
    if settings or secrets:
        before = {key: _setting(field.before) for key, field in settings.items()}
        after = {key: _setting(field.after) for key, field in settings.items()}
        due = {key for key, source in secrets.items() if source is not None}
        cleared: dict[str, ConnectionValue] = dict.fromkeys(secrets.keys() - due)
        yield WriteConnection(app, after | cleared, carried(world, app, due), before)


def _updater(world: World, change: Change, fields: Fields, known: KnownMappings) -> Iterator[Step]:  # noqa: ARG001
    """The updater. Start and end of its window are one value at the service, so that one is never sent alone."""
    keys = dict.fromkeys(fields)
    if any(key in keys for key in _WINDOW):
        keys.update(dict.fromkeys(_WINDOW))
    before = {key: _setting(held(world.live.cell(UPDATER, key))) for key in keys}
    after: dict[str, ConnectionValue] = {}
    for key in keys:
        cell = world.spec.desired.cell(UPDATER, key)
        after[key] = _setting(wanted(cell)) if is_managed(cell) else before[key]
    yield SetUpdater(after, before)


def _setting(value: object) -> ConnectionValue:
    return value if isinstance(value, str | bool | int) else None


def _members(value: object) -> frozenset[Address]:
    """A set of addresses, of one address, or of none."""
    if isinstance(value, Address):
        return frozenset({value})
    return cast("frozenset[Address]", value) if isinstance(value, frozenset) else frozenset()


Maker = Callable[[World, Change, Fields, KnownMappings], Iterator[Step]]

_MAKERS: Mapping[Kind, Maker] = {Kind.GROUP: _group, Kind.APP: _app, Kind.UPDATER: _updater}
"""The kinds of thing that steps can change; an agent's only change is blocked."""
