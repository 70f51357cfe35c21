"""The comparison of everything: desired against live, with the ledger telling who moved.

    live = spec                    in sync, whatever the ledger says
    live ≠ spec, spec ≠ applied    pending: the spec moved on
    live ≠ spec, live ≠ applied    drift: somebody changed the service
    all three differ               both

Without a ledger nothing was ever applied: every difference is pending, and nothing is removed but what the spec owns
whole, such as a group's members.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from reconciler.model.address import UPDATER, Address, Kind
from reconciler.model.bindings import Bindings
from reconciler.model.cells import Known, Unreadable
from reconciler.model.plan import Action, Change, FieldChange, Unverifiable
from reconciler.model.spec import Spec
from reconciler.model.states import AppliedState, LiveState
from reconciler.plan.apps import GROUP, KnownMappings, app_differences, dropped_app
from reconciler.plan.compare import InSync, compare_all
from reconciler.plan.differences import Difference, Differences, changed
from reconciler.plan.groups import agent_differences, dropped_group, group_differences
from reconciler.plan.reasons import pending_reason
from reconciler.plan.world import World

NO_LEDGER = "there is no ledger of this service yet: nothing that the spec does not name is removed"


def changes(spec: Spec, live: LiveState, applied: AppliedState, bindings: Bindings) -> Differences:
    """Everything that differs between what the spec wants and what the service holds. Raises nothing.

    `live` is by the spec's keys, as `bindings` binds them; what the ledger knows and the spec dropped stands at its
    old key, and all else at `Address.unbound`.
    """
    return differences(World.of(spec, live, applied, bindings))


def differences(world: World) -> Differences:
    """Everything that differs in a world."""
    apps = list(_apps(world))
    found = [*_groups(world, apps), *apps, *_plain(world)]
    return Differences(
        tuple(part for part in found if isinstance(part, Change)),
        tuple(part for part in found if isinstance(part, Unverifiable)),
        sum(isinstance(part, InSync) for part in found),
        _unmanaged(world.live),
        () if world.applied.known else (NO_LEDGER,),
    )


def _groups(world: World, apps: list[Difference]) -> Iterator[Difference]:
    for group in world.spec.desired.of(Kind.GROUP):
        yield from group_differences(world, group)
    dropped = world.dropped(Kind.GROUP)
    staying = _staying(world.live, apps) if dropped else {}
    for address in dropped:
        yield from dropped_group(world, address, staying.get(address, []))


def _apps(world: World) -> Iterator[Difference]:
    known = KnownMappings()
    for app in world.spec.desired.of(Kind.APP):
        yield from app_differences(world, app, known)
    for address in world.dropped(Kind.APP):
        yield from dropped_app(world, address)


def _plain(world: World) -> Iterator[Difference]:
    """Things of which every field is compared alike, and agents, which only a person can add."""
    for thing in world.spec.desired.things.values():
        if thing.address == UPDATER:
            fields = []
            for part in compare_all(world, UPDATER):
                if isinstance(part, FieldChange):
                    fields.append(part)
                else:
                    yield part
            if fields:
                reason = pending_reason(world, UPDATER, fields)
                yield changed(UPDATER, Action.CHANGE, fields, reason, place=thing.place)
    for agent in world.spec.desired.of(Kind.AGENT):
        yield from agent_differences(world, agent)
    for kind in (Kind.AGENT, Kind.PROXY):  # What stands on hosts is shown and never planned without a way to write it.
        for thing in world.spec.desired.of(kind):
            yield from (part for part in compare_all(world, thing.address) if not isinstance(part, FieldChange))


def _staying(live: LiveState, apps: list[Difference]) -> Mapping[Address, list[Address]]:
    """The apps that each group still serves once every change that can be made is made.

    An app whose assignment could not be read may be served by any group.
    """
    leaving = {
        (part.address, group)
        for part in apps
        if isinstance(part, Change) and not part.blocked
        for change in part.fields
        if change.key == GROUP and isinstance(change.before, frozenset)
        for group in change.before
        if group != change.after
    }
    staying: defaultdict[Address, list[Address]] = defaultdict(list)
    groups = [group.address for group in live.of(Kind.GROUP)]
    for app in live.of(Kind.APP):
        unknown = isinstance(live.cell(app.address, GROUP), Unreadable)
        for group in groups if unknown else live.members(app.address, GROUP):
            if (app.address, group) not in leaving:
                staying[group].append(app.address)
    return staying


def _unmanaged(live: LiveState) -> tuple[Address, ...]:
    """Live things that no key stands for; the default group is nobody's to manage."""
    return tuple(
        sorted(
            address
            for address in live.things
            if not address.is_bound and live.cell(address, "isDefault") != Known(value=True)
        )
    )
