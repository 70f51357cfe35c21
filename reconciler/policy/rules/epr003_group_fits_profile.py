"""EPR003: a group has the agents that its profile of availability asks for."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.address import Address, Kind
from reconciler.model.cells import Known, Unreadable
from reconciler.model.finding import Finding
from reconciler.model.rule import Rule
from reconciler.model.spec import Profile, Spec
from reconciler.model.states import Desired, LiveState
from reconciler.model.words import counted
from reconciler.policy.profiles import profile_of
from reconciler.policy.rules import pages
from reconciler.policy.rules.reading import declares_members, keys

RULE = Rule(
    "EPR003",
    "A group has the agents that its availability profile asks for",
    "Agents are restarted, updated and lost. How many a group needs depends on what it serves, and the documentation "
    "gives different numbers: two active agents per SCIM app, one active and one stopped agent per data centre for a "
    "connector host, three for cloud sync. So the number is a profile that the spec chooses. While a plan runs, an app "
    "keeps as many active agents as its profile asks for. Where it has fewer before the plan or after it, it keeps the "
    "fewer of the two, and this rule warns of a group that ends up with too few.",
    fixed=False,
    page=pages.ARCHITECTURE,
)


def check(spec: Spec) -> Iterator[Finding]:
    """Groups whose declared members or standby agents are fewer, or more, than their profile says."""
    for group in spec.desired.of(Kind.GROUP):
        profile = profile_of(spec.policy, group)
        if profile is None:
            continue
        if declares_members(spec.desired, group.address):
            yield from _members(spec, group, profile)
        yield from _standby(spec, group, profile)


def _members(spec: Spec, group: Desired, profile: Profile) -> Iterator[Finding]:
    members = spec.desired.members(group.address)
    most = profile.max_active
    if len(members) < profile.min_declared:
        bound, advice = f"at least {profile.min_declared}", "add agents, or choose another `availability` profile"
    elif most is not None and len(members) > most:
        bound, advice = f"at most {most}", "move the others to `standby`, or choose another `availability` profile"
    else:
        return
    yield RULE.finding(
        f"{group.address} has {counted(len(members), 'agent')}; {profile.name} asks for {bound}",
        address=str(group.address),
        place=spec.desired.place(group.address, "agents"),
        found=keys(members) or "no agents",
        expected=f"{bound} of them",
        hint=advice,
    )


def _standby(spec: Spec, group: Desired, profile: Profile) -> Iterator[Finding]:
    standby = spec.desired.members(group.address, "standby")
    if len(standby) >= profile.standby:
        return
    yield RULE.finding(
        f"{group.address} has {counted(len(standby), 'standby agent')}; {profile.name} asks for {profile.standby}",
        address=str(group.address),
        place=spec.desired.place(group.address, "standby"),
        found=keys(standby) or "no standby agents",
        expected=counted(profile.standby, "standby agent"),
        hint="name agents in `standby` that are installed and stopped, or choose another `availability` profile",
    )


def check_live(spec: Spec, live: LiveState) -> Iterator[Finding]:
    """Groups of which fewer agents are active, once the spec is applied, than their profile asks for.

    Members that the spec leaves alone count as they are live; an agent of unknown status counts as active. A group
    without any active agent is EPR026's, which says which apps that concerns.
    """
    for group in spec.desired.of(Kind.GROUP):
        profile = profile_of(spec.policy, group)
        if profile is not None:
            yield from _active(spec, live, group.address, profile)


def _active(spec: Spec, live: LiveState, group: Address, profile: Profile) -> Iterator[Finding]:
    declared = declares_members(spec.desired, group)
    members = spec.desired.members(group) if declared else live.members(group, "agents")
    down = {agent for agent in members if is_down(live, agent)}
    active = members - down
    told = declared and not down and len(members) < profile.min_declared
    if told or not 0 < len(active) < profile.min_active:
        return
    yield RULE.finding(
        f"{group} has {counted(len(active), 'active agent')} of {len(members)}; "
        f"{profile.name} asks for {profile.min_active}",
        address=str(group),
        place=spec.desired.place(group, "agents"),
        found=f"not active: {keys(down)}" if down else f"active: {keys(active)}",
        expected=f"at least {counted(profile.min_active, 'active agent')}",
        hint="look at the service AADConnectProvisioningAgent on these hosts" if down else "add agents to the group",
    )


def is_down(live: LiveState, agent: Address) -> bool:
    """Whether an agent is known not to be active: inactive, or not registered at all."""
    match live.cell(agent, "status"):
        case Known("active") | Unreadable():
            return False
    return True
