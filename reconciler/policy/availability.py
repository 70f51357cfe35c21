"""Who serves an app, and the invariant that every moment of a plan keeps.

    app ──assigned──▶ group ◀──member── agent        An agent serves an app by a group where both edges have settled
                                                     and the agent is active.

Always: an app that is served before and after a plan is served at every moment of it, by at least
min(before, after, what its profile asks for) agents.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from msgspec import Struct

from reconciler.model.address import Address, Kind
from reconciler.model.cells import Known, Unreadable
from reconciler.model.plan import Fewest
from reconciler.model.spec import Profile, Spec
from reconciler.model.states import Edge, LiveState
from reconciler.model.steps import DeleteGroup, DeleteResource, RemoveMember, StartJob, Step, Unassign
from reconciler.policy.profiles import profile_of

FRESH = 5.0
"""Seconds for which a look at who serves what counts as one of now."""

_NO_PROFILE = Profile("", min_active=1)


def takes_away(step: Step) -> bool:
    """Whether a step ends what may serve an app, or begins what relies on an app being served again."""
    match step:
        case RemoveMember() | Unassign() | DeleteGroup() | DeleteResource():
            return True
        case StartJob(resumes=resumes):
            return resumes
    return False


class Shortfall(Struct, frozen=True):
    """An app that fewer agents serve than must: how many do, how many must, and how many do before and after."""

    app: Address
    serving: int
    floor: int
    before: int
    after: int


def is_active(state: LiveState, agent: Address) -> bool:
    """Whether an agent answers. One whose status could not be read counts, as it does before and after alike."""
    match state.cell(agent, "status"):
        case Known("active") | Unreadable():
            return True
    return False


def through(state: LiveState, group: Address) -> frozenset[Address]:
    """The agents that serve the apps of a group: active members whose membership has settled."""
    return frozenset(
        agent
        for agent in state.members(group, "agents")
        if Edge(agent, group) not in state.unsettled and is_active(state, agent)
    )


def serving(state: LiveState, app: Address) -> frozenset[Address]:
    """The agents that serve an app, by any group that it is assigned to and whose assignment has settled."""
    settled = (group for group in state.members(app, "group") if Edge(app, group) not in state.unsettled)
    return frozenset[Address]().union(*(through(state, group) for group in settled))


def minimum(spec: Spec, state: LiveState, app: Address) -> int:
    """The active agents that the profile of an app's group asks for; of several groups the least."""
    groups = state.members(app, "group")
    profiles = (profile_of(spec.policy, spec.desired.things.get(group)) or _NO_PROFILE for group in groups)
    return max(1, min((profile.min_active for profile in profiles), default=1))


def broken(
    before: LiveState, after: LiveState, spec: Spec, state: LiveState, apps: Iterable[Address] | None = None
) -> Iterator[Shortfall]:
    """The apps that the invariant does not hold for in one state of a plan; of all apps, or of those given.

    `after` is the state that the plan ends in, with everything settled.
    """
    for app in (thing.address for thing in before.of(Kind.APP)) if apps is None else apps:
        first, last = len(serving(before, app)), len(serving(after, app))
        floor = min(first, last, minimum(spec, after, app))
        now = len(serving(state, app)) if floor else 0
        if now < floor:
            yield Shortfall(app, now, floor, first, last)


def fewest(start: LiveState, moments: Collection[LiveState], spec: Spec, groups: Iterable[Address]) -> Fewest | None:
    """Of groups, the one that comes nearest to what its profile asks for at any of these moments.

    A group through which nobody serves at the start has nothing to lose, and is left out.
    """
    found: list[tuple[int, Address, Fewest]] = []
    for group in groups:
        first = len(through(start, group))
        if not first:
            continue
        least = min(len(through(state, group)) for state in (start, *moments))
        profile = profile_of(spec.policy, spec.desired.things.get(group)) or _NO_PROFILE
        found.append((least - profile.min_active, group, Fewest(group, least, first)))
    return min(found, key=lambda each: (each[0], each[1]))[2] if found else None
