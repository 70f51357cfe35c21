"""What differs of an app: its published resource, its group, its job, its connection and its mappings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from reconciler.model.address import Address, Kind
from reconciler.model.cells import Absent, AppliedCell, Known, Reason, Unreadable, Value
from reconciler.model.fields import MAPPING_PREFIX, field_of
from reconciler.model.mappings import DesiredMapping, ObjectMapping
from reconciler.model.plan import Action, Cause, FieldChange, Unverifiable
from reconciler.model.states import Desired, FieldValue
from reconciler.plan.compare import InSync, compare, judged
from reconciler.plan.connections import connection_differences, undeclared
from reconciler.plan.differences import Difference, changed
from reconciler.plan.mappings import MappingDifference, mapping_difference
from reconciler.plan.normalise import is_managed, wanted
from reconciler.plan.reasons import GONE, INITIAL_CYCLE, pending_reason
from reconciler.plan.world import World

RESOURCE = "resource.resourceName"
SHOWN_NAME = "resource.displayName"
GROUP = "group"
TEMPLATE = "job.template"
ENABLED = "job.enabled"
SCOPE = "provisioning.scope"
PRINCIPAL = "servicePrincipal.id"

_NEVER_RAN = (Known("NotConfigured"), Known("NotRun"))
"""What the service says of a job before its first cycle."""


@dataclass(slots=True)
class _Draft:
    """The comparison of one app under way: changes that can be made, and changes that a person must unblock."""

    fields: list[FieldChange] = field(default_factory=list)
    blocked: dict[str, list[FieldChange]] = field(default_factory=dict)
    rest: list[Unverifiable | InSync] = field(default_factory=list)

    def take(self, parts: Iterable[FieldChange | Unverifiable | InSync], blocked: str = "") -> None:
        for part in parts:
            if not isinstance(part, FieldChange):
                self.rest.append(part)
            elif blocked:
                self.blocked.setdefault(blocked, []).append(part)
            else:
                self.fields.append(part)


def app_differences(world: World, app: Desired, known: KnownMappings) -> Iterator[Difference]:
    """What differs of an app that the spec declares. Without a principal everything waits for one to be created."""
    missing = _missing_principal(world, app)
    draft = _Draft()
    draft.take(_resource(world, app), missing or _unpublishable(world, app))
    if missing:
        draft.blocked.setdefault(missing, [])
        draft.take(_gone_principal(world, app), missing)
    else:
        draft.take(_job(world, app))
        draft.take(connection_differences(world, app.address), undeclared(world, app.address))
        for part, blocked in _mappings(world, app, known):
            draft.take(part, blocked)
    yield from draft.rest
    if draft.fields:
        reason = _reason(world, app, draft.fields)
        yield changed(app.address, _action(draft.fields), draft.fields, reason, place=app.place)
    for blocked, fields in draft.blocked.items():
        reason = pending_reason(world, app.address, fields)
        yield changed(app.address, _action(fields), fields, reason, blocked=blocked, place=app.place)


def _reason(world: World, app: Desired, fields: list[FieldChange]) -> str:
    reason = pending_reason(world, app.address, fields)
    cycle = any(part.key.startswith(MAPPING_PREFIX) or part.key == SCOPE for part in fields)
    return f"{reason}; {INITIAL_CYCLE}" if cycle or _begins(world, app.address, fields) else reason


def _begins(world: World, app: Address, fields: Iterable[FieldChange]) -> bool:
    """Whether a job begins that never ran: a new one, one put in the known one's place, or a fresh one."""
    if not any(part.key == ENABLED and part.after is True for part in fields):
        return False
    known, shown = world.applied.cell(app, "job.id"), world.live.cell(app, "job.id")
    other = isinstance(known, Value) and isinstance(shown, Known) and known.value != shown.value
    return other or not isinstance(shown, Known) or world.live.cell(app, "job.status") in _NEVER_RAN


def _action(fields: Iterable[FieldChange]) -> Action:
    """A new published resource is an addition, another group a move; who only leaves a group does not move."""
    by_key = {part.key: part for part in fields}
    if RESOURCE in by_key:
        return Action.ADD
    match by_key.get(GROUP):
        case FieldChange(before=frozenset() as before, after=Address() as after) if before and after not in before:
            return Action.MOVE
    return Action.CHANGE


def _missing_principal(world: World, app: Desired) -> str:
    """Why nothing can be done for an app: nobody created it. "" where it exists, or where nobody looked."""
    shown = world.live.cell(app.address, "job.id")
    looked = isinstance(shown, Absent) or (isinstance(shown, Unreadable) and shown.reason is Reason.NOT_READ)
    if app.address in world.bindings.principals or not looked:
        return ""
    named = (world.spec.desired.text(app.address, f"servicePrincipal.{key}") for key in ("displayName", "appId", "id"))
    name = next((text for text in named if text), "")
    if not name:
        return "say in `servicePrincipal` which enterprise application it is"
    return f"create the enterprise application {name} first: this program creates none"


def _gone_principal(world: World, app: Desired) -> Iterator[FieldChange]:
    """That the principal which the ledger knows was deleted: somebody did so at the service."""
    known = world.applied.things.get(app.address)
    if known and known.live_id:
        yield FieldChange(PRINCIPAL, None, known.live_id, Cause.DRIFT, ("no longer exists",), app.place)


def _resource(world: World, app: Desired) -> Iterator[FieldChange | Unverifiable | InSync]:
    """The published resource and the group that serves it."""
    address = app.address
    desired = world.spec.desired
    name = desired.text(address, RESOURCE)
    shown = world.live.cell(address, RESOURCE)
    if isinstance(shown, Unreadable) and name:
        yield Unverifiable(address, RESOURCE, shown, desired.place(address, RESOURCE))
    elif name and isinstance(shown, Absent):
        yield judged(world, address, field_of(Kind.APP, RESOURCE), None, name, desired.place(address, RESOURCE))
    yield from compare(world, address, field_of(Kind.APP, SHOWN_NAME))
    yield from compare(world, address, field_of(Kind.APP, GROUP))


def _unpublishable(world: World, app: Desired) -> str:
    """Why an app without a published resource cannot get one. "" where it has one, or can."""
    if world.spec.desired.text(app.address, RESOURCE) or not isinstance(world.live.cell(app.address, RESOURCE), Absent):
        return ""
    return "give it a `resource.resourceName` in the spec, so that it can be published"


def _job(world: World, app: Desired) -> Iterator[FieldChange | Unverifiable | InSync]:
    """The job: whether there is one, and whether it runs."""
    address, desired = app.address, world.spec.desired
    template, enabled = desired.cell(address, TEMPLATE), desired.cell(address, ENABLED)
    if not is_managed(template) and not is_managed(enabled):
        return
    exists = has_job(world, address)
    if exists is not False:
        yield from compare(world, address, field_of(Kind.APP, ENABLED))
        return
    place = desired.place(address, TEMPLATE)
    yield judged(world, address, field_of(Kind.APP, TEMPLATE), None, wanted(template) or "default", place)
    if wanted(enabled) is True:
        place = desired.place(address, ENABLED)
        yield judged(world, address, field_of(Kind.APP, ENABLED), None, after=True, place=place)


def has_job(world: World, app: Address) -> bool | None:
    """Whether an app has a job; None where nobody can tell."""
    cells = [world.live.cell(app, key) for key in (TEMPLATE, "job.id")]
    if any(isinstance(cell, Known) for cell in cells):
        return True
    return None if any(isinstance(cell, Unreadable) for cell in cells) else False


@dataclass(slots=True)
class KnownMappings:
    """Comparisons that were made before: apps share mappings, and the service's are read once for all that agree."""

    seen: dict[tuple[int, int, int], tuple[object, MappingDifference]] = field(default_factory=dict)

    def difference(
        self, live: ObjectMapping, desired: DesiredMapping, applied: AppliedCell[FieldValue]
    ) -> MappingDifference:
        """What differs between two mappings, compared once however many apps share them."""
        base = applied.value if isinstance(applied, Value) else None
        identity = (id(live), id(desired), id(base))
        if identity not in self.seen:
            # The values are kept beside the result, so that no other value can come to have their identities.
            self.seen[identity] = ((live, desired, base), mapping_difference(live, desired, applied))
        return self.seen[identity][1]


def _declared_mappings(app: Desired) -> Iterator[tuple[str, DesiredMapping]]:
    """The object mappings that the spec declares for an app, by cell key."""
    for key, cell in app.cells.items():
        match cell:
            case Value(DesiredMapping() as mapping):
                yield key, mapping


def _mappings(
    world: World, app: Desired, known: KnownMappings
) -> Iterator[tuple[list[FieldChange | Unverifiable | InSync], str]]:
    """What differs of every declared mapping, with why that cannot be written."""
    for key, desired in _declared_mappings(app):
        place = world.spec.desired.place(app.address, key)
        match world.live.cell(app.address, key):
            case Unreadable() as cell:
                yield [Unverifiable(app.address, key, cell, place)], ""
            case Known(ObjectMapping() as live) if live.target == desired.target:
                fields = known.difference(live, desired, world.applied.cell(app.address, key)).fields
                yield list(fields) or [InSync(app.address, key)], _without_job(world, app)
            case live:
                yield [FieldChange(key, None, desired, Cause.PENDING, place=place)], _unwritable(desired, live)


def _unwritable(desired: DesiredMapping, live: object) -> str:
    """Why an object mapping cannot be written: there is no such mapping in the app's schema."""
    match live:
        case Known(ObjectMapping(target=target)):
            return f"the mapping of {desired.source} feeds {target}, not {desired.target}: mend the target"
    return f"the app's schema has no object mapping from {desired.source}: mend the source, or restore the schema"


def _without_job(world: World, app: Desired) -> str:
    """Why an app's schema cannot be written: there is no job that has one, and none is declared. "" where it can."""
    declared = any(is_managed(world.spec.desired.cell(app.address, key)) for key in (TEMPLATE, ENABLED))
    return "" if declared or has_job(world, app.address) else "the app has no job: declare one under `job`"


def dropped_app(world: World, app: Address) -> Iterator[Difference]:
    """An app that the spec no longer has and the ledger shows as ours: paused, unassigned, its resource deleted.

    Its job, its mappings and its secrets stay: a job's state would be lost for good.
    """
    name = world.live.cell(app, RESOURCE)
    enabled = world.live.cell(app, ENABLED)
    gone = app not in world.bindings.principals and isinstance(enabled, Unreadable)
    fields: list[FieldChange] = []
    if isinstance(name, Known):
        fields.append(FieldChange(RESOURCE, name.value, None, Cause.PENDING))
    if world.live.members(app, GROUP):
        fields.append(FieldChange(GROUP, world.live.members(app, GROUP), None, Cause.PENDING))
    if enabled == Known(value=True):
        fields.append(FieldChange(ENABLED, before=True, after=False, cause=Cause.PENDING))
    judged_by = {"its published resource": name, "its group": world.live.cell(app, GROUP)}
    if not gone:
        judged_by = {"whether its job runs": enabled} | judged_by
    blocked = next((_not_known(what, cell) for what, cell in judged_by.items() if isinstance(cell, Unreadable)), "")
    if fields:
        yield changed(app, Action.REMOVE, fields, GONE, blocked=blocked)


def _not_known(what: str, cell: Unreadable) -> str:
    return f"{what} is not known ({cell.reason.value}): only an app that is known is taken away"


def mapping_differences(world: World, app: Address, known: KnownMappings) -> Iterator[tuple[str, MappingDifference]]:
    """What differs of each mapping of an app that both the spec and the service have, by source object."""
    for key, desired in _declared_mappings(world.spec.desired.things[app]):
        match world.live.cell(app, key):
            case Known(ObjectMapping() as live):
                difference = known.difference(live, desired, world.applied.cell(app, key))
                yield key.removeprefix(MAPPING_PREFIX), difference
