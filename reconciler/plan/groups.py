"""What differs of an agent group: whether it exists, its name, and who is in it."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from reconciler.model.address import Address, Kind
from reconciler.model.cells import Known, Unreadable
from reconciler.model.fields import field_of, managed
from reconciler.model.plan import Action, Cause, FieldChange, Unverifiable
from reconciler.model.states import Desired, FieldValue
from reconciler.model.words import listed
from reconciler.plan.compare import Compared, compare, judged
from reconciler.plan.differences import Difference, changed
from reconciler.plan.normalise import held, is_managed
from reconciler.plan.reasons import GONE, pending_reason
from reconciler.plan.world import World

_NAME = field_of(Kind.GROUP, "displayName")
_AGENTS = field_of(Kind.GROUP, "agents")


def group_differences(world: World, group: Desired) -> Iterator[Difference]:
    """What differs of a group that the spec declares."""
    address = group.address
    shown = world.live.cell(address, _NAME.key)
    compared = [part for field in managed(Kind.GROUP) for part in _compared(world, group, field.key)]
    yield from (part for part in compared if not isinstance(part, FieldChange))
    fields = tuple(part for part in compared if isinstance(part, FieldChange))
    if isinstance(shown, Unreadable) or (not fields and isinstance(shown, Known)):
        return
    if not isinstance(shown, Known):
        yield _missing(world, group, fields)
        return
    renamed = any(field.key == _NAME.key for field in fields)
    reason = pending_reason(world, address, fields)
    if renamed and fields[0].cause is Cause.PENDING:
        reason = _renamed(str(shown.value), str(fields[0].after))
    action = Action.MOVE if renamed else Action.CHANGE
    yield changed(address, action, fields, reason, place=group.place)


def _renamed(before: str, after: str) -> str:
    if before.casefold() == after.casefold():
        return f"the service writes its name {before}"
    return f"renamed in the spec: previously {before}"


def _missing(world: World, group: Desired, fields: tuple[FieldChange, ...]) -> Difference:
    """A group that the service does not hold: new, or deleted by somebody."""
    known = world.applied.manages(group.address)
    reason = "somebody deleted it at the service" if known else "the service has no group of this name"
    named = any(field.key == _NAME.key for field in fields)
    blocked = "" if named else "give it a `displayName` in the spec, so that it can be created"
    return changed(group.address, Action.ADD, fields, reason, blocked=blocked, place=group.place)


def _compared(world: World, group: Desired, key: str) -> Iterator[Compared]:
    if key == _AGENTS.key:
        yield from _members(world, group)
    else:
        yield from compare(world, group.address, field_of(Kind.GROUP, key))


def _members(world: World, group: Desired) -> Iterator[Compared]:
    """The members, of which only those are asked for that are registered: the others are blocked as agents."""
    cell = world.spec.desired.cell(group.address, _AGENTS.key)
    if not is_managed(cell):
        return
    shown = world.live.cell(group.address, _AGENTS.key)
    place = world.spec.desired.place(group.address, _AGENTS.key)
    if isinstance(shown, Unreadable):
        yield Unverifiable(group.address, _AGENTS.key, shown, place)
        return
    members = world.spec.desired.members(group.address, _AGENTS.key)
    after: FieldValue = frozenset(agent for agent in members if is_registered(world, agent))
    yield judged(world, group.address, _AGENTS, held(shown), after, place)


def is_registered(world: World, agent: Address) -> bool:
    """Whether the service holds an agent. One that could not be read is not known to be there."""
    return isinstance(world.live.cell(agent, "machineName"), Known)


def agent_differences(world: World, agent: Desired) -> Iterator[Difference]:
    """An agent that is not registered: only a person can install it."""
    shown = world.live.cell(agent.address, "machineName")
    if isinstance(shown, Known | Unreadable):
        return
    host = world.spec.desired.text(agent.address, "machineName") or agent.address.key
    known = world.applied.manages(agent.address)
    reason = "it is no longer registered" if known else "no agent of this machine name is registered"
    blocked = f"install the agent on {host}"
    yield changed(agent.address, Action.ADD, (), reason, blocked=blocked, place=agent.place)


def dropped_group(world: World, group: Address, staying: Collection[Address]) -> Iterator[Difference]:
    """A group that the spec no longer has and the ledger shows as ours: emptied and deleted.

    `staying` are apps that it would still serve, or of which nobody can tell. The default group is never deleted.
    """
    name, agents = (world.live.cell(group, field.key) for field in (_NAME, _AGENTS))
    if not isinstance(name, Known) or world.live.cell(group, "isDefault") == Known(value=True):
        return
    fields = [FieldChange(_NAME.key, name.value, None, Cause.PENDING)]
    blocked = ""
    if isinstance(agents, Unreadable):
        blocked = f"its agents could not be read ({agents.reason.value}): only a group that is known is deleted"
    elif staying:
        blocked = f"it still serves {listed(sorted(staying))}: move that elsewhere first"
    members = world.live.members(group, _AGENTS.key)
    if members:
        fields.append(FieldChange(_AGENTS.key, members, None, Cause.PENDING))
    yield changed(group, Action.REMOVE, fields, GONE, blocked=blocked)
