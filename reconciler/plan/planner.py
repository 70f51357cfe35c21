"""The plan: what differs, what to do about it, in which order, whether the guards let it pass, and what it costs.

spec, live, ledger ─▶ differences ─▶ steps ─▶ order ─▶ guards ─▶ start, goal, budget ─▶ Plan
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from types import MappingProxyType

from reconciler.model.address import Address, Kind
from reconciler.model.bindings import Bindings
from reconciler.model.cells import Known
from reconciler.model.codec import sealed
from reconciler.model.fields import Surface
from reconciler.model.finding import Finding
from reconciler.model.plan import Change, Fewest, GuardResult, Plan, Ruling
from reconciler.model.spec import Acknowledgement, Spec
from reconciler.model.states import AppliedState, LiveState
from reconciler.model.steps import AddMember, Assign, DeleteGroup, RemoveMember, Step, Unassign
from reconciler.model.words import duration, listed
from reconciler.plan.apps import GROUP, RESOURCE, SHOWN_NAME, has_job
from reconciler.plan.basis import goal_values, start_values
from reconciler.plan.calls import budget
from reconciler.plan.diff import differences
from reconciler.plan.differences import Differences
from reconciler.plan.ids import ids_of
from reconciler.plan.order import GaveUp, Impossible, Order, Ordered, order
from reconciler.plan.steps import steps
from reconciler.plan.world import World
from reconciler.policy.availability import fewest, serving
from reconciler.policy.guards.acknowledgements import stale
from reconciler.policy.guards.case import Case
from reconciler.policy.guards.registry import judge

SEVERAL_UNKNOWN = "whether the service holds an app in two groups at once is not known; planned as if it does"

_NAME_KEYS: Mapping[Kind, tuple[str, ...]] = MappingProxyType(
    {Kind.AGENT: ("machineName",), Kind.GROUP: ("displayName",), Kind.APP: (SHOWN_NAME, RESOURCE)}
)
"""The fields that hold what the service calls a thing, the best one first."""


def plan(
    spec: Spec,
    live: LiveState,
    applied: AppliedState,
    bindings: Bindings,
    service: str,
    acks: Collection[Acknowledgement] = (),
) -> Plan:
    """Plan what brings the service to what the spec says. Raises nothing: what cannot be done the plan says itself.

    `live` stands by the spec's keys, as `bindings` binds them; `service` names the state that the plan belongs to;
    `acks` are given besides those of the spec, without a digest where they are for any change of their thing.
    """
    world = World.of(spec, live, applied, bindings)
    found = differences(world)
    given = (*spec.policy.acknowledgements, *acks)
    made = steps(world, found)
    result = order(live, made, spec, applied.capabilities)
    done = result if isinstance(result, Ordered) else result.order
    case = Case(spec, live, done.final, found.due, _managed(world), done.interrupted, given)
    return sealed(
        Plan(
            service=service,
            tenant_id=spec.tenant.id,
            start=start_values(world, found.due, done),
            goal=goal_values(world, found.due, done),
            changes=found.changes,
            steps=done.steps,
            verdict=judge(case, _fewest(world, done, made), _refusals(result)),
            budget=budget(done.steps),
            digest="",
            ids=ids_of((planned.step for planned in done.steps), bindings, live),
            unverifiable=found.unverifiable,
            unmanaged=found.unmanaged,
            names=dict(_names(live, found.unmanaged)),
            notes=tuple(_notes(world, found, made, done)),
        )
    )


def stale_acknowledgements(spec: Spec, live: LiveState, changes: Iterable[Change]) -> tuple[Finding, ...]:
    """A warning for every acknowledgement of the spec that is for no change of a plan.

    Where nobody looked at the topology, whose changes most of them are for, nothing is known of them.
    """
    return () if Surface.TOPOLOGY in live.unread else tuple(stale(spec.policy.acknowledgements, changes))


def _refusals(result: Order) -> tuple[GuardResult, ...]:
    """What the order says to the guards: that there is none, or that none was found. No acknowledgement mends that."""
    match result:
        case Impossible(why=why, unblock=unblock):
            return (GuardResult("order", Ruling.REFUSED, f"no order exists: {why}; {unblock}"),)
        case GaveUp(component=component, why=why):
            return (GuardResult("order", Ruling.REFUSED, f"no order was found for {listed(component)}: {why}"),)
    return ()


def _managed(world: World) -> frozenset[Address]:
    """The live groups and apps that the spec or the ledger manages."""
    return frozenset(
        address
        for address in (*world.spec.desired.things, *world.dropped(Kind.GROUP), *world.dropped(Kind.APP))
        if _exists(world, address)
    )


def _exists(world: World, address: Address) -> bool:
    match address.kind:
        case Kind.GROUP:
            return isinstance(world.live.cell(address, "displayName"), Known)
        case Kind.APP:
            return isinstance(world.live.cell(address, RESOURCE), Known) or bool(has_job(world, address))
    return False


def _fewest(world: World, done: Ordered, made: Iterable[Step]) -> Fewest | None:
    """The group that comes nearest to too few agents: of those whose edges change, or of all where none does.

    Nothing is nearer than an app that nobody serves while it moves, acknowledged or not.
    """
    interrupted = tuple(app for app in done.interrupted if serving(world.live, app))
    if interrupted:
        first = interrupted[0]
        return Fewest(min(world.live.members(first, GROUP)), 0, len(serving(world.live, first)), interrupted)
    groups = {group for app in world.live.of(Kind.APP) for group in world.live.members(app.address, GROUP)}
    deleted = {step.group for step in made if isinstance(step, DeleteGroup)}
    touched = {step.group for step in made if isinstance(step, AddMember | RemoveMember | Assign | Unassign)}
    known = {group for group in groups - deleted if group in world.spec.desired.things}
    if not done.steps:
        return None
    return fewest(world.live, (done.least, done.final), world.spec, (known & touched) or known)


def _names(live: LiveState, things: Iterable[Address]) -> Iterator[tuple[Address, str]]:
    """What the service calls these things, and all others that it calls the same, so that a reader can tell them apart.

    A thing without a name is left out.
    """
    theirs = {(address.kind, _name(live, address).casefold()) for address in things}
    for address in sorted(live.things):
        name = _name(live, address)
        if name and (address.kind, name.casefold()) in theirs:
            yield address, name


def _name(live: LiveState, address: Address) -> str:
    keys = _NAME_KEYS.get(address.kind, ())
    return next((name for key in keys if (name := live.text(address, key))), "")


def _notes(world: World, found: Differences, made: Collection[Step], done: Ordered) -> Iterator[str]:
    yield from found.notes
    leaving = {step.app for step in made if isinstance(step, Unassign)}
    moving = any(isinstance(step, Assign) and step.app in leaving for step in made)
    if moving and world.applied.capabilities.several_groups_per_resource is None:
        yield SEVERAL_UNKNOWN
    wait = duration(world.spec.policy.settle_seconds)
    for app in done.interrupted:
        yield f"{app} is unserved for about {wait} while it moves: the service holds one group per app"
    for finding in stale_acknowledgements(world.spec, world.live, found.changes):
        yield f"{finding.message}; {finding.hint}"
