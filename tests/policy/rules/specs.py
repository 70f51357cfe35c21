"""Small specs for the tests of rules, built by hand; every value has a place that tells which thing and key it is."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from reconciler.model.address import Address, Kind, agent, app, group
from reconciler.model.cells import ABSENT, Clear, Known, Unreadable, Value
from reconciler.model.place import Place
from reconciler.model.spec import Policy, Spec, Tenant
from reconciler.model.states import Desired, DesiredState, LiveState, Thing

CLEAR = object()
"""A value that the spec clears."""

Values = Mapping[str, object]


def place_of(address: Address, key: str = "") -> Place:
    """Where the builder puts a thing or one of its values: the file tells the thing, the line the key."""
    return Place(f"{address}.yaml", 1 + sum(map(ord, key)), 1, 1 + sum(map(ord, key)), 5)


def thing(address: Address, values: Values) -> Desired:
    cells = {
        key: Clear(place_of(address, key)) if value is CLEAR else Value(value, place_of(address, key))
        for key, value in values.items()
    }
    return Thing(address, cells, place_of(address))


def members(*keys: str) -> frozenset[Address]:
    return frozenset(agent(key) for key in keys)


def build(
    *,
    agents: Mapping[str, Values] | None = None,
    groups: Mapping[str, Values] | None = None,
    apps: Mapping[str, Values] | None = None,
    policy: Policy | None = None,
) -> Spec:
    """A spec of these things; a group's `agents` and `standby`, and an app's `group`, are keys."""
    things = [thing(agent(key), values) for key, values in (agents or {}).items()]
    things += [thing(group(key), _with_members(values)) for key, values in (groups or {}).items()]
    things += [thing(app(key), _with_group(values)) for key, values in (apps or {}).items()]
    state = DesiredState({each.address: each for each in things})
    return Spec(state, Tenant("contoso", "", "emulator"), policy or Policy())


def _with_members(values: Values) -> Values:
    return {
        key: members(*value) if key in {"agents", "standby"} and isinstance(value, list) else value
        for key, value in values.items()
    }


def _with_group(values: Values) -> Values:
    return {key: group(value) if key == "group" and isinstance(value, str) else value for key, value in values.items()}


def sound() -> Spec:
    """A spec that keeps every rule."""
    return build(
        agents={
            key: {"machineName": f"{key}.contoso.local", "egress": key, "purpose": "app-provisioning"}
            for key in ("ams-1", "fra-1", "lon-1")
        },
        groups={"hr": {"displayName": "HR applications", "agents": ["ams-1", "fra-1", "lon-1"]}},
        apps={
            "hr-sql": {
                "servicePrincipal.displayName": "HR",
                "resource.resourceName": "hr-sql",
                "group": "hr",
                "connector.host": Address(Kind.CONNECTOR_HOST, "ecma-1"),
                "connector.name": "HRSQL",
                "connector.url": "https://ecma-1.contoso.local:8585/ecma2host_HRSQL/scim",
            }
        },
    )


def live(statuses: Mapping[str, str | Unreadable | None], **groups: list[str]) -> LiveState:
    """What is live of agents, by status (None: not registered), and of the members of groups."""
    things = {
        agent(key): Thing(agent(key), {"status": status if isinstance(status, Unreadable) else Known(status)})
        for key, status in statuses.items()
        if status
    }
    for key, keys in groups.items():
        things[group(key)] = Thing(group(key), {"agents": Known(members(*keys)) if keys else ABSENT})
    return LiveState(things)


def with_policy(spec: Spec, **values: object) -> Spec:
    return replace(spec, policy=replace(spec.policy, **values))
