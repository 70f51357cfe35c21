"""Small worlds for the planner, built by hand or drawn: what the spec wants, what is live, what the ledger knows."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from msgspec.structs import replace

from reconciler.model.address import UPDATER, Address, Kind, agent, app, group
from reconciler.model.bindings import Bindings
from reconciler.model.cells import ABSENT, Clear, Known, Reason, Unreadable, Value
from reconciler.model.place import Place
from reconciler.model.plan import Change, Plan
from reconciler.model.spec import Acknowledgement, Policy, Profile, Spec, Tenant
from reconciler.model.states import AppliedState, Capabilities, DesiredState, Edge, LiveState, Thing
from reconciler.model.steps import Settle, Step
from reconciler.plan.diff import changes
from reconciler.plan.differences import Differences
from reconciler.plan.planner import plan

CLEAR = object()
"""A value that the spec clears."""

ANY = Profile("any", min_active=1)
FAILED = Unreadable(Reason.FAILED, "403 Forbidden")
MASKED = Unreadable(Reason.MASKED)

Values = Mapping[str, object]


def place_of(address: Address, key: str = "") -> Place:
    """Where the builder puts a thing or one of its values: the file tells the thing, the line the key."""
    line = 1 + sum(map(ord, key))
    return Place(f"{address}.yaml", line, 1, line, 5)


def agents_of(*keys: str) -> frozenset[Address]:
    return frozenset(agent(key) for key in keys)


@dataclass
class World:
    """Three states under construction. `agents` of groups and `group` of apps are keys."""

    desired: dict[Address, Values] = field(default_factory=dict)
    live: dict[Address, Values] = field(default_factory=dict)
    applied: dict[Address, Values] | None = None
    policy: Policy = field(default_factory=lambda: Policy(availability="any", profiles={"any": ANY}))
    unsettled: frozenset[Edge] = frozenset()
    several: bool | None = True
    ids: Bindings | None = None
    acks: tuple[Acknowledgement, ...] = ()

    @property
    def spec(self) -> Spec:
        things = {
            address: Thing(
                address,
                {
                    key: Clear(place_of(address, key))
                    if value is CLEAR
                    else Value(_keys(key, value), place_of(address, key))
                    for key, value in values.items()
                },
                place_of(address),
            )
            for address, values in self.desired.items()
        }
        return Spec(DesiredState(things), Tenant("contoso", "t-1", "emulator"), self.policy)

    @property
    def state(self) -> LiveState:
        things = {
            address: Thing(
                address, {key: _live_cell(key, value) for key, value in values.items()}, live_id=_id(address)
            )
            for address, values in self.live.items()
        }
        return LiveState(things, self.unsettled)

    @property
    def ledger(self) -> AppliedState:
        capabilities = Capabilities(self.several)
        if self.applied is None:
            return AppliedState(capabilities=capabilities)
        things = {
            address: Thing(
                address, {key: Value(_keys(key, value)) for key, value in values.items()}, live_id=_id(address)
            )
            for address, values in self.applied.items()
        }
        return AppliedState(things, capabilities, known=True)

    @property
    def bindings(self) -> Bindings:
        if self.ids is not None:
            return self.ids
        bound = {address: _id(address) for address in self.live if address.is_bound}

        def of(kind: Kind) -> dict[Address, str]:
            return {address: live_id for address, live_id in bound.items() if address.kind is kind}

        principals = {
            address: f"p-{address.key}" for address in (*self.desired, *self.live) if address.kind is Kind.APP
        }
        return Bindings(of(Kind.AGENT), of(Kind.GROUP), principals, of(Kind.APP))

    def diff(self) -> Differences:
        return changes(self.spec, self.state, self.ledger, self.bindings)

    def plan(self) -> Plan:
        return plan(self.spec, self.state, self.ledger, self.bindings, "emulator", self.acks)

    def steps(self) -> tuple[Step, ...]:
        return tuple(planned.step for planned in self.plan().steps)

    def the_change(self) -> Change:
        (change,) = self.diff().changes
        return change


def _id(address: Address) -> str:
    return address.key.removeprefix("id:") if not address.is_bound else f"{address.kind.value[0]}-{address.key}"


def _keys(key: str, value: object) -> object:
    """Keys as addresses, where the field holds addresses."""
    if key in {"agents", "standby"} and isinstance(value, list | tuple | set):
        return agents_of(*value)
    if key == "group" and isinstance(value, str):
        return group(value)
    return value


def _live_cell(key: str, value: object) -> object:
    if value is None:
        return ABSENT
    if isinstance(value, Unreadable):
        return value
    if key == "group" and isinstance(value, list | tuple | set):
        return Known(frozenset(group(item) for item in value))
    return Known(_keys(key, value))


def live_agents(*keys: str, status: str = "active") -> dict[Address, Values]:
    return {agent(key): {"machineName": f"{key}.local", "status": status} for key in keys}


def live_group(key: str, *members: str, name: str = "", default: bool = False) -> dict[Address, Values]:
    return {group(key): {"displayName": name or key, "isDefault": default, "agents": members}}


def live_app(key: str, *groups: str, **cells: object) -> dict[Address, Values]:
    """An app with a published resource and a running job."""
    base: dict[str, object] = {
        "resource.id": f"r-{key}",
        "resource.resourceName": key,
        "resource.displayName": key,
        "group": groups,
        "job.id": f"j-{key}",
        "job.template": "ecma",
        "job.enabled": True,
    }
    return {app(key): {**base, **{name.replace("__", "."): value for name, value in cells.items()}}}


def wanted_app(key: str, in_group: str | object | None = None, **cells: object) -> dict[Address, Values]:
    values: dict[str, object] = {"resource.resourceName": key}
    if in_group is not None:
        values["group"] = in_group
    return {app(key): {**values, **{name.replace("__", "."): value for name, value in cells.items()}}}


def wanted_agents(*keys: str) -> dict[Address, Values]:
    return {agent(key): {"machineName": f"{key}.local"} for key in keys}


def updater(**cells: object) -> dict[Address, Values]:
    return {UPDATER: {name.replace("__", "."): value for name, value in cells.items()}}


def kinds(steps: Iterable[Step]) -> list[str]:
    return [type(step).__name__ for step in steps]


def with_profile(world: World, profile: Profile) -> World:
    policy = replace(world.policy, availability=profile.name, profiles={profile.name: profile})
    return dataclasses.replace(world, policy=policy)


def needs(made: Plan) -> dict[str, set[str]]:
    """What each step needs, by names such as `RemoveMember group/hr`."""
    names = {planned.id: _name(planned.step) for planned in made.steps}
    return {names[planned.id]: {names[need] for need in planned.needs} for planned in made.steps}


def _name(step: Step) -> str:
    if isinstance(step, Settle):
        return f"Settle {' '.join(sorted(f'{edge.member.key}>{edge.group.key}' for edge in step.edges))}"
    thing = getattr(step, "group", None) or getattr(step, "app", None) or UPDATER
    other = getattr(step, "agent", None) or (getattr(step, "app", None) if hasattr(step, "group") else None)
    return " ".join(filter(None, (type(step).__name__, thing.key, other.key if other else "")))
