"""The schema: valid, described for editors, and answered at once without ever accepting what jsonschema refuses."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from reconciler.model.address import Kind
from reconciler.model.fields import FIELDS, Role
from reconciler.spec.accept import accepts
from reconciler.spec.schema import SpecSchema, described
from reconciler.spec.site import KINDS

TEXT = (Path(__file__).parents[2] / "schemas" / "spec.schema.json").read_text(encoding="utf-8")
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
        "rules": {"EPR014": "ignore"}, "maintenance": {"window": "22:00-04:00", "timezone": "Europe/Amsterdam"}, "facts": {"maxAge": "2d"},
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
            "connector": {"host": "ecma", "name": "HRSQL", "secretToken": {"env": "HR_TOKEN", "version": 3}}, "job": {"template": "default", "enabled": True},
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
            "tests": [{"given": {"givenName": "Ada", "level": 3, "active": True, "manager": None, "roles": ["a"]}, "expect": {"displayName": "Ada"}, "inScope": True}],
        }
    },
}  # fmt: skip


def test_the_schema_follows_the_draft():
    Draft202012Validator.check_schema(json.loads(TEXT))


def test_every_key_that_the_format_knows_is_accepted(schema: SpecSchema):
    assert [error.message for error in Draft202012Validator(json.loads(TEXT)).iter_errors(WHOLE)] == []
    assert schema.accepts(WHOLE)


def test_the_whole_example_names_every_property(schema: SpecSchema):
    def keys(node):
        if isinstance(node, dict):
            yield from node
            for child in node.values():
                yield from keys(child)
        elif isinstance(node, list):
            for child in node:
                yield from keys(child)

    named = set(keys(WHOLE)) | {"store", "azureBlob"}
    assert {path[-1] for path, _ in described(schema.root) if path[-1] != "*"} - named == set()


def test_every_property_is_described_in_a_sentence(schema: SpecSchema):
    properties = [(path, child) for path, child in described(schema.root) if child != {"not": {}}]
    assert len(properties) > 150
    for path, child in properties:
        text = str(child.get("description", ""))
        assert re.fullmatch(r"[A-Z.].{10,}\.", text), path


def test_every_object_is_closed(schema: SpecSchema):
    def objects(node):
        if isinstance(node, dict):
            if "properties" in node and "type" in node:
                yield node
            for child in node.values():
                yield from objects(child)
        elif isinstance(node, list):
            for child in node:
                yield from objects(child)

    assert all(node.get("additionalProperties") is False for node in objects(schema.root))


def test_every_form_is_named_and_its_examples_have_it(schema: SpecSchema):
    def forms(node):
        if isinstance(node, dict):
            if "pattern" in node:
                yield node
            for child in node.values():
                yield from forms(child)

    for form in forms(schema.root):
        assert form["title"]
        for example in form.get("examples", ()):
            assert Draft202012Validator(form).is_valid(example), form


def test_a_pattern_does_not_accept_a_line_break_at_the_end(schema: SpecSchema):
    spec = copy.deepcopy(WHOLE)
    spec["tenant"]["name"] = "contoso\n"
    assert not schema.accepts(spec)
    assert not Draft202012Validator(schema.root).is_valid(spec)


def test_every_field_of_the_tables_has_a_place_in_the_schema(schema: SpecSchema):
    known = {".".join(path) for path, _ in described(schema.root)}
    sections = {kind: f"{section}.*" for section, kind in KINDS.items()} | {Kind.UPDATER: "updates"}
    for kind, fields in FIELDS.items():
        for field in fields:
            if field.role is not Role.OBSERVED:
                key = "mappings" if (kind, field.key) == (Kind.APP, "mapping") else field.key
                assert f"{sections[kind]}.{key}" in known, (kind, field.key)


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


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PATHS), st.sampled_from(["replace", "remove", "add"]), VALUES), max_size=3))
def test_the_quick_answer_and_jsonschema_agree(changes):
    spec = copy.deepcopy(WHOLE)
    for path, change, value in changes:
        alter(spec, path, change, value)
    quick, slow = answers()
    assert quick(spec) == slow.is_valid(spec)


def answers():
    from reconciler.spec.schema import ready

    ready_schema = ready(TEXT)
    return ready_schema.accepts, Draft202012Validator(ready_schema.root)


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


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"enum": ["a"], "minLength": 2}, "a"),
        ({"const": 1}, True),
        ({"enum": [1]}, True),
        ({"format": "email"}, "x"),
        ({"oneOf": [{}]}, "x"),
        (False, "x"),
        ({"if": {"required": ["a"]}, "then": {"required": ["b"]}}, {"a": 1}),
        ({"if": {"pattern": "a"}, "else": {"minLength": 9}}, "b"),
    ],
)
def test_in_doubt_nothing_is_accepted(schema, value):
    assert not accepts(schema)(value)
