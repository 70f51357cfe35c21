"""Random small tenants, as seeds of the emulator, and random specs of them."""

from __future__ import annotations

import random
from collections.abc import Iterable

from reconciler.model.address import UPDATER, agent, app, group
from reconciler.model.cells import Clear, DesiredCell, Value
from reconciler.model.mappings import Apply, Clause, ClauseGroup, DesiredAttribute, DesiredMapping, Source, SourceKind
from reconciler.model.secret import SecretSource
from reconciler.model.spec import Interruption, Limits, Policy, Profile, Spec, Tenant
from reconciler.model.states import DesiredState, FieldValue, Thing

TENANT = "7f3c0000-0000-4000-8000-000000000000"
AGENT_KEYS = ("a", "b", "c", "d")
GROUP_KEYS = ("g", "h", "i")
APP_KEYS = ("p", "q")
APPS = tuple(map(app, APP_KEYS))
SETTLE = 60.0

Cells = dict[str, DesiredCell[FieldValue]]

SWITCHES = {
    "groupsPerResource": ["one", "many", "many"],
    "secretsPut": ["merge", "replace"],
    "secretsStar": ["keep", "write"],
    "noopSchemaPut": ["restarts", "ignored"],
    "visibilitySeconds": [0, 0, 3],
    "lag": ["stale", "flapping"],
    "throttle": ["off", "S"],
    "retryAfter": ["whole", "fractional", "absent", "date"],
    "pageSize": [1, 100],
}
"""What the service may be like."""


def seed_of(chance: random.Random) -> dict[str, object]:
    """A tenant with any memberships, assignments, jobs and settings, and a service of any habits."""
    names = {key: f"{key} {chance.choice(['one', 'two'])}" for key in some(chance, GROUP_KEYS)}
    return {
        "version": 1,
        "tenant": {"id": TENANT, "name": "contoso", "domain": "contoso.test"},
        "switches": {"settleSeconds": SETTLE, **{name: chance.choice(values) for name, values in SWITCHES.items()}},
        "agentGroups": [
            {"displayName": "Default", "isDefault": True},
            *({"displayName": name} for name in names.values()),
        ],
        "agents": [
            {
                "machineName": f"{key}.local",
                "externalIp": "203.0.113.1",
                "down": chance.random() < 0.15,
                "groups": some(chance, names.values()),
            }
            for key in AGENT_KEYS
        ],
        "publishedResources": [
            {"resourceName": key, "displayName": key, "groups": _assigned(chance, names.values())}
            for key in some(chance, APP_KEYS, 0.8)
        ],
        "updater": chance.choice([{}, {"updateWindow": {"updateWindowStartTime": "03:00:00"}}]),
        "apps": [_seeded_app(chance, key) for key in APP_KEYS],
    }


def _assigned(chance: random.Random, groups: Iterable[str]) -> list[str]:
    """One group or none, since a service may hold no more."""
    chosen = some(chance, groups)
    return chosen[:1]


def _seeded_app(chance: random.Random, key: str) -> dict[str, object]:
    settings = {
        "BaseAddress": "https://old/scim",
        "SecretToken": "of old",
        "SyncAll": chance.choice(["True", "False"]),
        "SyncNotificationSettings": '{"Enabled": true, "Recipients": "x@contoso.test", "HumanFriendly": 1}',
    }
    job = {"template": "onPremisesScim", "state": chance.choice(["Active", "Active", "Disabled", "Paused"])}
    return {
        "displayName": key,
        "template": "onPremisesScim",
        "jobs": [job] if chance.random() < 0.7 else [],
        "secrets": [{"key": name, "value": settings[name]} for name in some(chance, settings)],
    }


def spec_of(chance: random.Random) -> Spec:
    """A spec of the same keys, of which any may be missing."""
    things = [Thing(agent(key), {"machineName": Value(f"{key}.local")}) for key in AGENT_KEYS]
    groups = some(chance, GROUP_KEYS, 0.75)
    things += [Thing(group(key), _group_cells(chance, key)) for key in groups]
    things += [Thing(app(key), _app_cells(chance, key, groups)) for key in some(chance, APP_KEYS, 0.9)]
    if chance.random() < 0.5:
        things.append(Thing(UPDATER, _updater_cells(chance)))
    profile = Profile("any", min_active=chance.randint(1, 3), interruption=chance.choice(list(Interruption)))
    limits = Limits(max_removals_percent=None, max_apps_changed=None, floor=0)
    policy = Policy("any", {"any": profile}, SETTLE, limits)
    desired = DesiredState({thing.address: thing for thing in things})
    return Spec(desired, Tenant("contoso", TENANT, "emulator"), policy)


def _group_cells(chance: random.Random, key: str) -> Cells:
    name, other = chance.sample([f"{key} one", f"{key} two"], 2)
    cells: Cells = {
        "displayName": Value(name),
        "agents": Value(frozenset(agent(each) for each in some(chance, AGENT_KEYS))),
    }
    return cells | {"previously.displayName": Value(other)} if chance.random() < 0.5 else cells


def _updater_cells(chance: random.Random) -> Cells:
    return {"window.start": Value(chance.choice(["01:00", "02:00"])), "window.end": Value("05:30")}


def _app_cells(chance: random.Random, key: str, groups: list[str]) -> Cells:
    cells: Cells = {"servicePrincipal.displayName": Value(key), "resource.resourceName": Value(key)}
    optional: Cells = {
        "resource.displayName": Value(chance.choice([key, f"The {key}"])),
        "connector.url": Value(chance.choice(["https://old/scim", "https://new/scim"])),
        "provisioning.scope": Value(chance.choice(["all", "assigned"])),
        "provisioning.deleteThreshold": chance.choice([Clear(), Value(50), Value(500)]),
        "provisioning.notify": chance.choice([Clear(), Value("iam@contoso.test")]),
    }
    cells |= {name: optional[name] for name in some(chance, optional)}
    if chance.random() < 0.7:
        source = Value(SecretSource(chance.randint(1, 2), env="TOKEN"))
        cells["connector.secretToken"] = chance.choice([source, source, Clear()])
    if chance.random() < 0.9:
        cells["group"] = _wanted_group(chance, groups)
    if chance.random() < 0.8:
        cells |= {"job.template": Value("default"), "job.enabled": Value(chance.random() < 0.6)}
        if chance.random() < 0.7:
            cells["mapping/User"] = Value(_mapping(chance))
    return cells


def _wanted_group(chance: random.Random, groups: list[str]) -> DesiredCell[FieldValue]:
    choices: list[DesiredCell[FieldValue]] = [Clear(), *(Value(group(each)) for each in groups for _ in range(2))]
    return chance.choice(choices)


def _mapping(chance: random.Random) -> DesiredMapping:
    sources = {
        "title": chance.choice([Source(SourceKind.CONSTANT, "HR"), Source(SourceKind.ATTRIBUTE, "jobTitle"), Clear()]),
        "displayName": Source(SourceKind.EXPRESSION, chance.choice(['Join(" ", [givenName], [surname])', "[mail]"])),
        "name.givenName": Source(SourceKind.ATTRIBUTE, chance.choice(["givenName", "surname"])),
    }
    attributes = {
        target: DesiredAttribute(target, sources[target], chance.choice([None, *Apply]))
        for target in some(chance, sources)
    }
    clause = Clause("department", "EQUALS", (chance.choice(["HR", "Sales"]),))
    scope = chance.choice([None, Clear(), Value((ClauseGroup("some", (clause,)),))])
    return DesiredMapping("User", "User", attributes=attributes, **({} if scope is None else {"filter": scope}))


def some(chance: random.Random, keys: Iterable[str], likely: float = 0.6) -> list[str]:
    """Some of these, each as likely as said."""
    return [key for key in keys if chance.random() < likely]
