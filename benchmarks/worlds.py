"""Tenants of any size, the same for the same size: a spec on disk and the seed of an emulator that fits it."""

from __future__ import annotations

import json
from pathlib import Path

AGENTS_PER_GROUP = 3
APPS_PER_GROUP = 20
MAPPINGS_PER_APPS = 20
ATTRIBUTES = 60
TENANT = "11111111-2222-4333-8444-555555555555"


def write_spec(folder: Path, apps: int, *, endpoint: str = "emulator") -> Path:
    """Write a spec of so many apps, one file each, with 60-attribute mappings that 20 apps share. Gives the folder."""
    groups = max(1, apps // APPS_PER_GROUP)
    (folder / "apps").mkdir(parents=True)
    (folder / "mappings").mkdir()
    (folder / "reconciler.yaml").write_text(
        "version: 1\n"
        f"tenant: {{name: generated, id: {TENANT}, endpoint: {endpoint!r}, seed: live.seed.json}}\n"
        "policy: {settle: 0s, limits: {maxAppsChanged: 100000}}\n"
        "connectorHosts:\n"
        + "".join(f"  ecma-{n}: {{address: ecma-{n}.contoso.local, port: 8585}}\n" for n in range(groups)),
        encoding="utf-8",
    )
    agents = [
        f"  agent-{g}-{n}: {{machineName: prov-{g}-{n}.contoso.local, site: s{n}, egress: isp-{n}, "
        "purpose: app-provisioning}\n"
        for g in range(groups)
        for n in range(AGENTS_PER_GROUP)
    ]
    members = [
        f"  group-{g}: {{displayName: Group {g}, "
        f"agents: [{', '.join(f'agent-{g}-{n}' for n in range(AGENTS_PER_GROUP))}]}}\n"
        for g in range(groups)
    ]
    (folder / "agents.yaml").write_text(f"agents:\n{''.join(agents)}groups:\n{''.join(members)}", encoding="utf-8")
    for number in range(max(1, apps // MAPPINGS_PER_APPS)):
        (folder / "mappings" / f"mapping-{number}.yaml").write_text(_mapping(number), encoding="utf-8")
    for number in range(apps):
        (folder / "apps" / f"app-{number}.yaml").write_text(_app(number, groups, apps), encoding="utf-8")
    return folder


def _mapping(number: int) -> str:
    attributes = "".join(f"      attribute{n}: extensionAttribute{n % 15 + 1}\n" for n in range(ATTRIBUTES - 2))
    return (
        f"mappings:\n  mapping-{number}:\n    source: User\n    target: User\n"
        "    flow: [add, update, delete]\n    match: [userName]\n    attributes:\n"
        "      userName: userPrincipalName\n"
        f'      displayName: =Join(" ", [givenName], [surname], "{number}")\n{attributes}'
    )


def _app(number: int, groups: int, apps: int) -> str:
    return (
        f"apps:\n  app-{number}:\n"
        f"    servicePrincipal:\n      displayName: Application {number}\n"
        f"    resource:\n      resourceName: app-{number}\n"
        f"    group: group-{number % groups}\n"
        "    connector:\n"
        f"      host: ecma-{number % groups}\n"
        f"      name: App{number}\n"
        "    job:\n      template: default\n      enabled: true\n"
        "    provisioning:\n      scope: assigned\n      deleteThreshold: 50\n      notify: iam@contoso.com\n"
        f"    mappings:\n      - mapping-{number % max(1, apps // MAPPINGS_PER_APPS)}\n"
    )


def write_seed(folder: Path, apps: int) -> Path:
    """Write the seed of a tenant in which the principals of so many apps exist and nothing else fits yet."""
    principals = [
        {
            "displayName": f"Application {number}",
            "template": "onPremisesScim",
            "jobs": [{"template": "onPremisesScim", "state": "Active"}],
            "secrets": [],
        }
        for number in range(apps)
    ]
    return _written(folder, {"agents": _agents(apps), "apps": principals})


def write_settled_seed(folder: Path, apps: int, *, differing: int) -> Path:
    """Write the seed of a tenant that is as the spec wants it, but for the delete threshold of so many apps."""
    groups = max(1, apps // APPS_PER_GROUP)
    mappings = [_live_mapping(number) for number in range(max(1, apps // MAPPINGS_PER_APPS))]
    agents = [
        {**agent, "groups": [f"Group {number // AGENTS_PER_GROUP}"]} for number, agent in enumerate(_agents(apps))
    ]
    resources = [{"resourceName": f"app-{number}", "groups": [f"Group {number % groups}"]} for number in range(apps)]
    settled = [
        {
            "displayName": f"Application {number}",
            "template": "onPremisesScim",
            "jobs": [{"template": "onPremisesScim", "state": "Active", "mappings": mappings[number % len(mappings)]}],
            "secrets": _secrets(number, f"ecma-{number % groups}", threshold=40 if number < differing else 50),
        }
        for number in range(apps)
    ]
    named = [{"displayName": f"Group {number}"} for number in range(groups)]
    return _written(folder, {"agentGroups": named, "agents": agents, "publishedResources": resources, "apps": settled})


def _agents(apps: int) -> list[dict[str, object]]:
    return [
        {"machineName": f"prov-{g}-{n}.contoso.local", "externalIp": f"203.0.113.{n + 1}", "version": "1.1.1586.0"}
        for g in range(max(1, apps // APPS_PER_GROUP))
        for n in range(AGENTS_PER_GROUP)
    ]


def _secrets(number: int, host: str, *, threshold: int) -> list[dict[str, str]]:
    """The connection settings that `_app` of this number asks for, with a delete threshold of one's choice."""
    notify = {
        "Enabled": True,
        "Recipients": "iam@contoso.com",
        "DeleteThresholdEnabled": True,
        "DeleteThresholdValue": threshold,
    }
    return [
        {"key": "BaseAddress", "value": f"https://{host}.contoso.local:8585/ecma2host_App{number}/scim"},
        {"key": "SyncAll", "value": "False"},
        {"key": "SyncNotificationSettings", "value": json.dumps(notify)},
    ]


def _live_mapping(number: int) -> list[dict[str, object]]:
    """The attribute mappings of `_mapping`, as Graph writes them."""
    joined = f'Join(" ", [givenName], [surname], "{number}")'
    plain = {"userName": "userPrincipalName"} | {
        f"attribute{n}": f"extensionAttribute{n % 15 + 1}" for n in range(ATTRIBUTES - 2)
    }
    sources: dict[str, dict[str, object]] = {
        target: {"type": "Attribute", "name": name, "expression": f"[{name}]", "parameters": []}
        for target, name in plain.items()
    }
    sources["displayName"] = {"type": "Function", "name": "Join", "expression": joined}
    return [
        {
            "targetAttributeName": target,
            "source": source,
            "matchingPriority": int(target == "userName"),
            "flowType": "Always",
            "flowBehavior": "FlowWhenChanged",
            "defaultValue": None,
            "exportMissingReferences": False,
        }
        for target, source in sources.items()
    ]


def _written(folder: Path, sections: dict[str, list[dict[str, object]]]) -> Path:
    seed = {
        "version": 1,
        "tenant": {"id": TENANT, "name": "generated", "domain": "contoso.com"},
        "switches": {"groupsPerResource": "many", "settleSeconds": 0},
        **sections,
        "agentGroups": [{"displayName": "Default group", "isDefault": True}, *sections.get("agentGroups", [])],
    }
    path = folder / "live.seed.json"
    path.write_text(json.dumps(seed), encoding="utf-8")
    return path
