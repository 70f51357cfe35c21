"""A spec that names every key of the format, and ways to alter it."""

from __future__ import annotations

import copy
import json

from hypothesis import strategies as st

GUID = "60443998-0000-4000-8000-000000000001"

WHOLE = {
    "version": 1,
    "ignore": ["drafts/**"],
    "state": {"gitRef": "refs/reconciler/contoso"},
    "tenant": {
        "name": "contoso", "id": GUID, "cloud": "usgov", "endpoint": "graph", "seed": "live.seed.json",
        "auth": {"apps": {"credential": "default"}, "topology": {"credential": "device-code", "clientId": GUID}},
        "surfaces": ["topology", "apps"],
    },
    "policy": {
        "availability": "mine", "availabilityProfiles": {"mine": {"minDeclared": 3, "minActive": 2, "maxActive": None, "distinctEgress": 2, "standby": 0, "interruption": "never"}},
        "settle": "1h30m", "limits": {"maxRemovals": "25%", "maxAppsChanged": 50, "floor": 2}, "protect": ["group/hr"],
        "rules": {"EPR009": "ignore"}, "maintenance": {"window": "22:00-04:00", "timezone": "Europe/Amsterdam"}, "facts": {"maxAge": "2d"},
    },
    "acks": [{"address": "app/hr-sql", "change": "sha256:" + "0" * 64}],
    "defaults": {"apps": {"provisioning": {"deleteThreshold": 50}}, "agents": {"purpose": "app-provisioning"}, "groups": {"availability": "mine"}, "proxies": {"enabled": True}, "connectorHosts": {"port": 8585}},
    "updates": {"window": {"start": "01:00", "end": "05:00"}, "allowOverride": False, "deferUntil": None},
    "agents": {"ams-1": {"id": GUID, "machineName": "prov-ams-1", "site": "ams", "egress": "isp-a", "proxy": None, "purpose": "app-provisioning", "host": {"address": "10.0.0.1"}}},
    "groups": {"hr": {"id": GUID, "displayName": "HR", "previously": {"key": "old", "displayName": "Old"}, "agents": ["ams-1"], "standby": [], "availability": "three-active"}, "empty": {"displayName": "E", "agents": []}},
    "proxies": {"ams": {"address": "http://proxy:8080", "bypassOnLocal": True, "bypass": ["\\.local$"], "useDefaultCredentials": True, "useSystemDefault": False, "enabled": True}},
    "connectorHosts": {"ecma": {"address": "ecma.contoso.local", "port": 8585}},
    "apps": {
        "hr-sql": {
            "servicePrincipal": {"id": GUID}, "previously": {"key": "hr"}, "resource": {"id": GUID, "resourceName": "hr-sql", "displayName": "HR"}, "group": "hr",
            "connector": {"host": "ecma", "name": "HRSQL", "secretToken": {"env": "HR_TOKEN", "version": 3}, "compatibilityKey": {"file": "hr.key"}}, "job": {"template": "default", "enabled": True},
            "provisioning": {"scope": "assigned", "deleteThreshold": None, "notify": None, "skipOutOfScopeDeletions": True, "canary": [GUID]},
            "mappings": ["users", {"use": "users", "attributes": {"department": {"constant": "Sales"}, "x": None}, "filter": [], "flow": None}, {"source": "Group", "target": "Group", "match": ["displayName"], "attributes": {"displayName": "displayName"}}],
        },
        "crm": {"servicePrincipal": {"appId": GUID}, "connector": {"url": "https://crm.contoso.local/scim", "secretToken": {"file": "crm.token"}}},
        "web": {"servicePrincipal": {"displayName": "Web"}, "resource": {"resourceName": "web"}, "group": None},
    },
    "mappings": {
        "users": {
            "source": "User", "target": "User", "prefix": "urn:x:", "flow": ["add", "update", "delete"], "match": ["userName"],
            "attributes": {"userName": "userPrincipalName", "department": {"constant": "HR", "apply": "onCreate"}, "displayName": "=Trim([displayName])", "mail": {"source": "mail", "when": "always", "default": "none"}, "y": {"expression": "ToLower([z])", "default": None}},
            "filter": [{"name": "employees", "all": [{"attribute": "employeeType", "operator": "EQUALS", "value": "Employee"}, {"attribute": "a", "operator": "IS TRUE"}, {"attribute": "b", "operator": "Includes", "values": ["c", "d"]}]}],
            "tests": [{"given": {"givenName": "Ada", "level": 3, "active": True, "manager": None, "roles": ["a"]}, "expect": {"displayName": "Ada", "mail": {"error": "no"}, "note": {"flow": False}}, "match": {"userName": "ada"}, "inScope": True, "creates": True, "now": "2026-11-24T12:00:00Z"}],
        }
    },
}  # fmt: skip


PLAIN = (
    st.none()
    | st.booleans()
    | st.integers(-2, 5)
    | st.text(max_size=5)
    | st.sampled_from(["20m", "group/hr", "=x", "", GUID, "add"])
)
VALUES = st.recursive(
    PLAIN,
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["id", "use", "source", "x y"]), inner, max_size=2)
    ),
    max_leaves=4,
)


def walk(node, path=()):
    yield path
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in children:
        yield from walk(child, (*path, key))


PATHS = [path for path in walk(WHOLE) if path]


def alter(spec, path, change, value):
    node = spec
    for part in path[:-1]:
        try:
            node = node[part]
        except (KeyError, IndexError, TypeError):
            return
    if isinstance(node, dict) and change == "remove":
        node.pop(path[-1], None)
    elif isinstance(node, dict):
        node[path[-1] if change == "replace" else "added"] = value
    elif isinstance(node, list) and change == "add":
        node.append(value)


@st.composite
def altered(draw, most=3):
    """The whole spec with up to so many places replaced, removed or added to."""
    spec = copy.deepcopy(WHOLE)
    changes = st.tuples(st.sampled_from(PATHS), st.sampled_from(["replace", "remove", "add"]), VALUES)
    for path, change, value in draw(st.lists(changes, max_size=most)):
        alter(spec, path, change, copy.deepcopy(value))
    return spec


def as_file(spec):
    """The bytes of a file that holds a spec."""
    return json.dumps(spec, indent=1, ensure_ascii=False).encode()
