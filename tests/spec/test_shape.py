"""A fault of shape is one finding, at the key or the value, with what was found, what is expected and the right word."""

from __future__ import annotations

import pytest

from reconciler.spec.check import check
from reconciler.spec.parse import parse

GUID = "60443998-0000-4000-8000-000000000001"
APP = f"servicePrincipal: {{id: {GUID}}}"

FAULTS = {
    "unknown section": ("tennant: {}", "EPR120", "tennant", {"suggestion": "tenant"}),
    "unknown key": ("policy: {setle: 20m}", "EPR120", "setle", {"suggestion": "settle"}),
    "unknown key in other letters": ("groups: {a: {displayName: x, Agents: [b]}}", "EPR120", "Agents", {"suggestion": "agents"}),
    "misplaced key": (f"apps: {{a: {{{APP}, scope: all}}}}", "EPR120", "scope", {"hint": "`scope` belongs in `provisioning`"}),
    "misspelt required key": ("agents: {a: {machinename: x}}", "EPR120", "machinename", {"suggestion": "machineName"}),
    "yes for true": (f"apps: {{a: {{{APP}, job: {{enabled: yes}}}}}}", "EPR121", "yes", {"found": '"yes"', "hint": "YAML 1.2 reads `yes` as text; write `true`"}),
    "quoted number": (f"apps: {{a: {{{APP}, provisioning: {{deleteThreshold: '50'}}}}}}", "EPR121", "'50'", {"hint": "remove the quotes"}),
    "number for text": ("agents: {a: {machineName: 5}}", "EPR121", "5}}", {"hint": "put it in quotes", "found": "5"}),
    "date for a moment": ("updates: {deferUntil: 2027-01-01}", "EPR123", "2027", {"found": '"2027-01-01"'}),
    "section without content": ("agents:\ngroups: {}", "EPR121", "agents", {"found": "nothing"}),
    "no blank after a colon": ("policy:\n  limits:\n    maxRemovals:5%\n", "EPR121", "maxRemovals", {"hint": "put a blank after the colon"}),
    "quoted truth value": (f"apps: {{a: {{{APP}, job: {{enabled: 'true'}}}}}}", "EPR121", "'true'", {"hint": "remove the quotes"}),
    "quoted number of absurd length": (f"apps: {{a: {{{APP}, provisioning: {{deleteThreshold: '{'9' * 30}'}}}}}}", "EPR121", "'9", {"hint": ""}),
    "truth value for text": ("agents: {a: {machineName: true}}", "EPR121", "true", {"hint": "put it in quotes", "found": "true"}),
    "negative fraction": ("policy: {limits: {maxRemovals: -0.5}}", "EPR121", "-0.5", {"found": "-0.5"}),
    "table for a list": ("groups: {a: {displayName: x, agents: {b: c}}}", "EPR121", "{b: c}", {"hint": "write a list: [a, b]"}),
    "text for a list": ("groups: {a: {displayName: x, agents: b}}", "EPR121", "b}}", {"hint": "write a list: [b]"}),
    "whole file is a text": ("apps", "EPR121", "apps", {"expected": "a table of keys"}),
    "unknown word": ("tenant: {cloud: globl}", "EPR122", "globl", {"suggestion": "global"}),
    "unknown word in a list": ("mappings: {m: {source: U, target: U, flow: [ad]}}", "EPR122", "ad]", {"suggestion": "add"}),
    "another version": ("version: 2", "EPR122", "2", {"expected": "1"}),
    "version as text": ("version: '1'", "EPR122", "'1'", {"found": '"1"'}),
    "form": ("policy: {settle: 20 min}", "EPR123", "20 min", {"expected": "a duration, such as 20m or 2s"}),
    "name of two lines": (r'groups: {g: {displayName: "Staff\napp"}}', "EPR123", '"Staff', {"expected": "text on one line"}),
    "name with a tab": (r'groups: {g: {displayName: "Staff\tapp"}}', "EPR123", '"Staff', {}),
    "attribute of two lines": (r'mappings: {m: {source: U, target: U, attributes: {x: "a\nb"}}}', "EPR123", '"a', {}),
    "empty text": ("agents: {a: {machineName: ''}}", "EPR123", "''", {}),
    "id": ("groups: {a: {displayName: x, id: 123}}", "EPR121", "123", {"hint": "put it in quotes"}),
    "too small": ("connectorHosts: {h: {address: a, port: 0}}", "EPR124", "0}}", {}),
    "too large": ("connectorHosts: {h: {address: a, port: 65536}}", "EPR124", "65536", {}),
    "fraction": ("connectorHosts: {h: {address: a, port: 85.5}}", "EPR121", "85.5", {}),
    "fraction of nothing": ("connectorHosts: {h: {address: a, port: 8585.0}}", "EPR121", "8585.0", {}),
    "missing key": ("agents: {a: {site: x}}", "EPR125", "a: {site", {"hint": "add `machineName:`"}),
    "group without resource": ("apps: {a: {group: x}}", "EPR125", "a: {group", {"hint": "add `resource:`"}),
    "half a connector": (f"apps: {{a: {{{APP}, connector: {{host: x}}}}}}", "EPR125", "connector", {"hint": "add `name:`"}),
    "says nothing": ("apps: {a: {servicePrincipal: {}}}", "EPR125", "servicePrincipal", {}),
    "mapping without use or source": (f"apps: {{a: {{{APP}, mappings: [{{flow: [add]}}]}}}}", "EPR125", "{flow", {}),
    "two answers": (f"apps: {{a: {{servicePrincipal: {{id: {GUID}, appId: {GUID}}}}}}}", "EPR126", "appId", {}),
    "an answer and a misspelt key": (f"apps: {{a: {{servicePrincipal: {{id: {GUID}, resourcename: x}}}}}}", "EPR120", "resourcename", {}),
    "host and URL": (f"apps: {{a: {{{APP}, connector: {{url: 'https://x', host: x, name: y}}}}}}", "EPR126", "host", {}),
    "source and constant": ("mappings: {m: {source: U, target: U, attributes: {a: {source: x, constant: y}}}}", "EPR126", "constant", {}),
    "use and source": (
        f"apps: {{a: {{{APP}, mappings: [{{use: m, source: U}}]}}}}",
        "EPR126",
        "source: U",
        {},
    ),
    "list for a text": ("policy: {settle: [1]}", "EPR121", "[1]", {"found": "a list of 1"}),
    "table for a text": ("policy: {settle: {a: 1}}", "EPR121", "{a: 1}", {"found": "a table of keys"}),
    "key that is no token": (f"apps: {{a: {{{APP}, connector: {{url: 'https://x', compatibilityKey: null}}}}}}", "EPR121", "compatibilityKey", {"found": "nothing"}),
    "env and file": (f"apps: {{a: {{{APP}, connector: {{url: 'https://x', secretToken: {{env: A, file: b}}}}}}}}", "EPR126", "file", {}),
    "repeated item": ("groups: {a: {displayName: x, agents: [b, b]}}", "EPR127", "[b, b]", {}),
    "empty list": ("tenant: {surfaces: []}", "EPR127", "[]", {}),
    "key with a blank": ("agents: {a b: {machineName: x}}", "EPR128", "a b", {"found": "a b"}),
    "rule that is none": ("policy: {rules: {EPR14: ignore}}", "EPR128", "EPR14", {}),
}  # fmt: skip


@pytest.mark.parametrize(("text", "rule", "there", "members"), FAULTS.values(), ids=FAULTS.keys())
def test_one_fault_is_one_finding_at_its_place(schema, text, rule, there, members):
    (finding,) = check(parse("a.yaml", text.encode()), schema)
    lines = text.split("\n")
    assert finding.rule == rule
    assert lines[finding.place.line - 1][finding.place.column - 1 :].startswith(there)
    assert {name: getattr(finding, name) for name in members} == members


def test_all_faults_come_at_once_and_in_the_order_of_the_file(schema):
    text = "\n".join(
        text
        for name, (text, *_) in FAULTS.items()
        if text.startswith(("tennant", "policy: {setle", "agents: {a: {site", "tenant: {cloud"))
    )
    findings = check(parse("a.yaml", text.encode()), schema)
    assert [finding.place.line for finding in findings] == [1, 2, 3, 4][: len(findings)]
    assert len(findings) == 4


def test_a_finding_names_the_thing_that_it_concerns(schema):
    text = f"apps: {{hr: {{{APP}, job: {{enabled: 1}}}}}}\nupdates: {{allowOverride: 1}}\ntenant: {{id: x}}"
    assert [finding.address for finding in check(parse("a.yaml", text.encode()), schema)] == [
        "app/hr",
        "updater/profile",
        "",
    ]


@pytest.mark.parametrize("key", ["secretToken", "compatibilityKey"])
def test_a_secret_that_stands_in_the_spec_is_not_repeated(schema, key):
    for value in ("hunter2hunter2", "{env: hunter2 hunter2}", "[hunter2hunter2]"):
        text = f"apps: {{a: {{{APP}, connector: {{url: 'https://x', {key}: {value}}}}}}}"
        (finding,) = check(parse("a.yaml", text.encode()), schema)
        assert "hunter2" not in repr(finding)


def test_a_refused_file_is_not_checked_for_shape(schema):
    assert check(parse("a.yaml", b"tennant: &x 1"), schema) == ()


def test_thousands_of_faults_are_cut(schema):
    text = "\n".join(f"x{n}: 1" for n in range(5_000))
    findings = check(parse("a.yaml", text.encode()), schema)
    assert len(findings) == 51
    assert findings[-1].rule == "EPR133"


def test_a_long_list_of_mixed_items_is_refused_without_comparing_each_with_each(schema):
    text = f"policy: {{protect: [{', '.join(f'{n}, group/g{n}' for n in range(5_000))}]}}"
    assert {finding.rule for finding in check(parse("a.yaml", text.encode()), schema)} == {"EPR121", "EPR133"}
