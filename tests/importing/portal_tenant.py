"""A tenant as years at the portal leave it: names in six scripts, duplicates, odd characters, rules that are broken.

The same size and number give the same tenant.
"""

from __future__ import annotations

import random
from typing import Any
from uuid import UUID

TENANT = "9d4c1e52-77aa-4b0d-8f0e-2a1b3c4d5e6f"
ECMA = "urn:ietf:params:scim:schemas:extension:ECMA2Host:2.0:User:"

WORDS = (
    ("Payroll", "Ledger", "Travel", "Badge", "Zeiterfassung Köln", "Łódź Płace", "Straße & Söhne", "Ærø Færge"),
    ("Зарплата", "Бухгалтерия", "Відпустки", "Склад Щёлково"),
    ("Μισθοδοσία", "Αποθήκη", "Ταξίδια"),
    ("給与システム", "会計 ERP", "勤怠管理"),
    ("الرواتب", "المحاسبة ERP"),
    ("วันหยุด", "เงินเดือน"),
)
ODD = (
    " padded ",
    'said "so"',
    "it's",
    "a: b # c",
    "- dash",
    "[x], {y}",
    "tab\tand\nbreak",
    "rtl \u202eevil",
    "</td><script>",
    "| pipe @all",
    "\\back\\slash",
    "emoji 🚀",
    "yes",
    "2024-01-01",
    "é (composed)",
    "e\u0301 (decomposed)",
    "ﬁligature",
    "x" * 120,
    "null",
    "con",
    "%percent",
    "`tick`",
    "a\u00a0b",
    "...",
)
EXPRESSIONS = (
    'Join(" ", [givenName], [surname])',
    'Switch([IsSoftDeleted], , "False", "True", "True", "False")',
    'Replace([mail], , "(?<Suffix>@(.)*)", "Suffix", "", , )',
    'IIF([city]="Köln: #1", "a\\"b", "{c}")',
)
SOURCES = ("givenName", "surname", "mail", "department", "city", "jobTitle", "employeeId", "mobilePhone")
TARGETS = ("GivenName", "Surname", "Email", "Department", "City", "Title", "Number", "Phone", "Text", "Note")


def seed(apps: int, number: int = 1) -> dict[str, Any]:
    """The seed of a tenant with so many apps on premises, and a few in the cloud."""
    chance = random.Random(number)
    groups = _groups(chance, apps)
    names = [group["displayName"] for group in groups]
    made = [_app(chance, index) for index in range(apps)]
    resources = [_resource(chance, app, names) for app in made if chance.random() < 0.8]
    resources += [{"resourceName": name, "groups": [chance.choice(names)]} for name in ("orphan", "Orphan two")]
    return {
        "version": 1,
        "tenant": {"id": TENANT, "name": "portal", "domain": "portal.example"},
        "switches": {"groupsPerResource": "many", "settleSeconds": 1},
        "agents": _agents(chance, names),
        "agentGroups": [{"displayName": "Default group", "isDefault": True}, *groups],
        "publishedResources": resources,
        "updater": {"updateWindow": {"updateWindowStartTime": "02:00:00", "updateWindowEndTime": "04:30:00"}},
        "apps": [*made, *({"displayName": f"Cloud {n}", "template": "scim"} for n in range(max(2, apps // 10)))],
    }


def _id(chance: random.Random) -> str:
    return str(UUID(int=chance.getrandbits(128), version=4))


def _name(chance: random.Random, index: int) -> str:
    """A third of the names are plain, a third is in other scripts, the rest is odd; many occur twice."""
    kind = index % 6
    if kind == 5:
        return ODD[index // 6 % len(ODD)]
    words = chance.choice(WORDS[kind] if kind < len(WORDS) else WORDS[0])
    return words if chance.random() < 0.3 else f"{words} {chance.randrange(40)}"


def _groups(chance: random.Random, apps: int) -> list[dict[str, Any]]:
    count = max(4, apps // 12)
    named = [f"{chance.choice(chance.choice(WORDS))} {index}" for index in range(count)]
    return [{"displayName": name} for name in dict.fromkeys([*named, "No agents", "One agent", "Odd: #1 \u202e"])]


def _agents(chance: random.Random, groups: list[str]) -> list[dict[str, Any]]:
    agents: list[dict[str, Any]] = []
    for index, group in enumerate(groups):
        members = range({"No agents": 0, "One agent": 1}.get(group, 2 + index % 3))
        agents += [{"machineName": f"PROV-{index}-{n}.portal.example", "groups": [group]} for n in members]
    agents[0]["groups"].append(groups[1])
    agents.append({"id": _id(chance), "machineName": "prov-again.portal.example", "groups": [groups[0]]})
    agents.append({"id": _id(chance), "machineName": "PROV-AGAIN.portal.example", "down": True, "groups": [groups[2]]})
    agents.append({"machineName": "prov-idle.portal.example"})
    agents.append({"machineName": "prov-0-0.other.example", "groups": [groups[0]]})
    return agents


def _resource(chance: random.Random, app: dict[str, Any], groups: list[str]) -> dict[str, Any]:
    serving = chance.sample(groups, chance.choice([1, 1, 1, 1, 1, 1, 1, 0, 2]))
    return {
        "resourceName": app["appId"],
        "displayName": f"{app['displayName'].strip() or 'none'} "[:60],
        "groups": serving,
    }


def _app(chance: random.Random, index: int) -> dict[str, Any]:
    ecma = chance.random() < 0.5
    template = "onPremisesEcma" if ecma else "onPremisesScim"
    job: dict[str, Any] = {"template": template, "state": chance.choice(["Active", "Active", "Disabled", "Paused"])}
    if chance.random() < 0.7:
        job["mappings"] = _mappings(chance, ecma=ecma)
    if chance.random() < 0.4:
        job["scope"] = _scope(chance)
    app: dict[str, Any] = {
        "displayName": _name(chance, index),
        "appId": _id(chance),
        "applicationId": _id(chance),
        "servicePrincipalId": _id(chance),
        "template": template,
        "jobs": [job] if chance.random() < 0.9 else [],
        "secrets": _secrets(chance, index, ecma=ecma),
    }
    return app


def _mappings(chance: random.Random, *, ecma: bool) -> list[dict[str, Any]]:
    """Mappings of a user: every third app has one of a few that many share."""
    if chance.random() < 0.5:
        chance = random.Random(chance.randrange(3) + 10 * ecma)
    first = f"{ECMA}Login" if ecma else "userName"
    mappings = [_mapping(first, _attribute("userPrincipalName"), matchingPriority=1)]
    names = (
        TARGETS if ecma else ("displayName", "title", "externalId", "name.givenName", 'emails[type eq "work"].value')
    )
    for target in chance.sample(names, chance.randrange(2, len(names))):
        members: dict[str, Any] = {}
        if chance.random() < 0.2:
            members["flowType"] = chance.choice(["ObjectAddOnly", "AttributeAddOnly"])
        if chance.random() < 0.2:
            members["flowBehavior"] = "FlowAlways"
        if chance.random() < 0.2:
            members["defaultValue"] = chance.choice(["", "none", "01", "yes"])
        mappings.append(_mapping(f"{ECMA}{target}" if ecma else target, _source(chance), **members))
    return mappings


def _mapping(target: str, source: dict[str, Any] | None, **members: Any) -> dict[str, Any]:
    usual = {"matchingPriority": 0, "flowType": "Always", "flowBehavior": "FlowWhenChanged", "defaultValue": None}
    return {"targetAttributeName": target, "source": source, "exportMissingReferences": False, **usual, **members}


def _attribute(name: str) -> dict[str, Any]:
    return {"type": "Attribute", "name": name, "expression": f"[{name}]", "parameters": []}


def _source(chance: random.Random) -> dict[str, Any] | None:
    match chance.randrange(4):
        case 0:
            constant = chance.choice(["HR", "yes", "01", "a: b", "x #y", "Köln", '"', "=x", "\\", " pad "])
            escaped = constant.replace("\\", "\\\\").replace('"', '\\"')
            return {"type": "Constant", "name": constant, "expression": f'"{escaped}"', "parameters": []}
        case 1:
            text = chance.choice(EXPRESSIONS)
            return {"type": "Function", "name": text.partition("(")[0], "expression": text, "parameters": []}
    return _attribute(chance.choice(SOURCES))


def _scope(chance: random.Random) -> dict[str, Any]:
    clauses = [
        {"sourceOperandName": "accountEnabled", "operatorName": "IS TRUE"},
        _clause("department", "EQUALS", chance.choice(["Sales", "yes", "R&D: #1", ""])),
        _clause("city", "REGEX MATCH", chance.choice(["(Köln|Łódź)", "^\\d+$", "a, b"])),
    ]
    return {
        "groups": [
            {"name": chance.choice(["employees", "Отдел: 1", "a # b"]), "clauses": chance.sample(clauses, 2)}
            for _ in range(chance.randrange(1, 3))
        ],
        "inputFilterGroups": [],
        "categoryFilterGroups": [],
    }


def _clause(attribute: str, operator: str, value: str) -> dict[str, Any]:
    return {"sourceOperandName": attribute, "operatorName": operator, "targetOperand": {"values": [value]}}


def _secrets(chance: random.Random, index: int, *, ecma: bool) -> list[dict[str, str]]:
    if index % 9 == 8:
        return []
    url = f"https://app-{index}.portal.local/scim"
    if ecma:
        name = "Twice" if index % 20 == 3 else f"Connector{index}"
        url = chance.choice(
            [
                f"https://ecma-{index % 7}.portal.local:8585/ecma2host_{name}/scim",
                f"https://ecma-{index % 7}.portal.local:8585/ecma2host_{name}/scim/",
                f"https://localhost:8585/ecma2host_{name}/scim",
                f"http://ecma.portal.local/ecma2host_{name}",
            ]
        )
    notify = chance.choice(["iam@portal.example", "a@portal.example; b@portal.example", "nobody"])
    threshold = chance.choice([1, 50, 500])
    return [
        {"key": "BaseAddress", "value": url},
        {"key": "SecretToken", "value": "set-by-hand-long-ago"},
        {"key": "SyncAll", "value": chance.choice(["True", "False"])},
        {
            "key": "SyncNotificationSettings",
            "value": f'{{"Enabled":true,"Recipients":"{notify}","DeleteThresholdEnabled":true,'
            f'"DeleteThresholdValue":{threshold}}}',
        },
        *([{"key": "SandboxName", "value": "kept"}] if index % 11 == 0 else []),
    ]
