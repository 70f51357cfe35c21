"""What a spec refers to exists; the nearest right word is named; and nothing is said of what only follows."""

from __future__ import annotations

import pytest

from reconciler.model.address import agent, app, group
from reconciler.model.fields import Surface
from reconciler.model.rule import Rule
from reconciler.model.spec import SignIn

GUID = "60443998-0000-4000-8000-000000000001"
WORLD = """
agents: {ams-1: {machineName: m}}
groups: {finance: {displayName: F, agents: [ams-1]}}
proxies: {ams: {address: "http://p:1"}}
connectorHosts: {ecma-1: {address: h}}
mappings: {users: {source: User, target: User, attributes: {a: b}}}
"""


def with_app(members):
    return f"{WORLD}apps: {{a: {{servicePrincipal: {{id: {GUID}}}, resource: {{resourceName: a}}, {members}}}}}"


FAULTS = {
    "group": (with_app("group: finanse"), "EPR201", "finanse", "finance"),
    "agent": (f"{WORLD}", "EPR202", "ams-2", "ams-1"),
    "connector host": (with_app("connector: {host: ecma-2, name: N}"), "EPR203", "ecma-2", "ecma-1"),
    "proxy": ("agents: {x: {machineName: m, proxy: asm}}\nproxies: {ams: {address: 'http://p:1'}}", "EPR204", "asm", "ams"),
    "mapping": (with_app("mappings: [user]"), "EPR205", "user", "users"),
    "mapping with overrides": (with_app("mappings: [{use: user, attributes: {a: c}}]"), "EPR205", "user", "users"),
    "protected": (f"{WORLD}policy: {{protect: [group/finanse]}}", "EPR206", "group/finanse", "group/finance"),
    "one source twice": (with_app("mappings: [users, {source: User, target: X}]"), "EPR207", "{source: User, target: X}", ""),
    "one target twice": (f"{WORLD}", "EPR208", "'urn:x:a'", ""),
    "no source": (with_app("mappings: [{source: U, target: U, attributes: {x: {apply: onCreate}}}]"), "EPR209", "x: {apply", ""),
    "time zone": (f"{WORLD}policy: {{maintenance: {{window: '22:00-04:00', timezone: Europe/Amsterdan}}}}", "EPR210", "Europe/Amsterdan", ""),
    "hostile time zone": (f"{WORLD}policy: {{maintenance: {{window: '22:00-04:00', timezone: ../../etc/passwd}}}}", "EPR210", "../../etc", ""),
    "token without a word": (with_app("connector: {url: 'https://x', secretToken: }"), "EPR212", "}", ""),
    "token of nothing": (with_app("connector: {url: 'https://x', secretToken: {}}"), "EPR212", "{}", ""),
    "token without a source": (with_app("connector: {url: 'https://x', secretToken: {version: 1}}"), "EPR212", "{version", ""),
    "quote in an expression": (with_app("""mappings: [{source: U, target: U, attributes: {x: '=Join(" , [a])'}}]"""), "EPR501", '" , [a])', ""),
    "bracket in an expression": (with_app("mappings: [{source: U, target: U, attributes: {x: {expression: 'Trim([a)'}}}]"), "EPR501", "[a)", ""),
    "nothing behind the sign": (with_app("mappings: [{source: U, target: U, attributes: {x: '='}}]"), "EPR501", "'='", ""),
    "blanks for an expression": (with_app("mappings: [{source: U, target: U, attributes: {x: {expression: ' '}}}]"), "EPR501", "' '", ""),
    "a store of another version": (f"{WORLD}state: {{azureBlob: 'https://a/b'}}", "EPR213", "azureBlob", ""),
}  # fmt: skip
FAULTS["agent"] = (WORLD.replace("agents: [ams-1]", "agents: [ams-1, ams-2]"), *FAULTS["agent"][1:])
FAULTS["one target twice"] = (
    WORLD.replace("attributes: {a: b}", "prefix: 'urn:x:', attributes: {a: b, 'urn:x:a': c}"),
    *FAULTS["one target twice"][1:],
)


@pytest.mark.parametrize(("text", "rule", "there", "suggestion"), FAULTS.values(), ids=FAULTS.keys())
def test_one_fault_is_one_finding_at_its_place(read, text, rule, there, suggestion):
    reading = read(text)
    (finding,) = reading.findings
    assert (finding.rule, finding.suggestion) == (rule, suggestion)
    line = reading.sources["reconciler.yaml"][finding.place.line - 1]
    assert line[finding.place.column - 1 :].startswith(there)
    assert reading.spec is not None


def test_a_reference_into_a_file_that_cannot_be_read_is_not_called_unknown(read):
    reading = read("groups: {hr: {displayName: HR, agents: [ams-1]}}", agents="agents: [\n")
    assert [finding.rule for finding in reading.findings] == ["EPR107"]
    assert reading.spec is None


def test_a_name_that_a_faulty_thing_defines_is_known(read):
    reading = read(
        "groups: {hr: {displayName: HR, agents: [ams-1]}}", agents="agents: {ams-1: {machineName: 5, sit: x}}"
    )
    assert [finding.rule for finding in reading.findings] == ["EPR121", "EPR120"]


def test_faults_of_form_and_of_reference_come_together(read):
    reading = read(
        f"apps: {{a: {{servicePrincipal: {{id: {GUID}}}, resource: {{resourceName: a}}, group: x, jobs: {{}}}}}}"
    )
    assert [finding.rule for finding in reading.findings] == ["EPR201", "EPR120"]


def test_a_value_of_a_wrong_type_leaves_its_field_unmanaged_and_the_rest_is_there(read):
    reading = read("groups: {hr: {displayName: 5, agents: [ams-1]}}\nagents: {ams-1: {machineName: m}}")
    assert [finding.rule for finding in reading.findings] == ["EPR121"]
    assert reading.spec.desired.members(group("hr")) == frozenset([agent("ams-1")])
    assert "displayName" not in reading.spec.desired.things[group("hr")].cells


def test_what_a_rule_says_of_a_faulty_thing_or_of_a_hidden_member_is_a_mere_consequence(read):
    rule = Rule("EPR002", "title", "why")
    reading = read(
        "groups: {hr: {displayName: HR, agnts: [ams-1]}}\nagents: {ams-1: {machineName: m}}\napps: {x: {resource: {resourceName: x}, group: hr}}"
    )
    assert reading.faulty == frozenset([group("hr")])
    assert not reading.stands(rule.finding("m", address=str(group("hr"))))
    assert not reading.stands(rule.finding("m", address=str(agent("ams-1"))))
    assert reading.stands(rule.finding("m", address=str(app("x"))))
    assert reading.stands(rule.finding("m"))


def test_made_up_values_of_a_refused_file_have_no_consequences(read):
    reading = read("apps: {a: {resource: {resourceName: a}, group: *g}}")
    assert [finding.rule for finding in reading.findings] == ["EPR109"]
    assert app("a") in reading.faulty


def test_a_long_list_of_known_keys_is_cut_and_the_nearest_is_still_found(read):
    agents = ", ".join(f"agent-{n:03}: {{machineName: m{n}}}" for n in range(300))
    for misspelt, meant in {"agent-1117": "agent-117", "agnt-250": "agent-250", "Agent-007": "agent-007"}.items():
        (finding,) = read(f"agents: {{{agents}}}\ngroups: {{g: {{displayName: G, agents: [{misspelt}]}}}}").findings
        assert len(finding.expected) < 200
        assert finding.suggestion == meant


def test_of_thousands_of_unknown_names_the_first_are_listed(read):
    names = ", ".join(f"x{n}" for n in range(2_000))
    rules = [finding.rule for finding in read(f"groups: {{g: {{displayName: G, agents: [{names}]}}}}").findings]
    assert rules == ["EPR202"] * 50 + ["EPR133"]


OF_WRONG_TYPES = {
    "things": ("groups: {g: {displayName: G, agents: a}}\nagents: {a: {machineName: m, proxy: [x]}}", 2),
    "connector": (with_app("connector: {host: ecma-1, name: N, secretToken: x}").replace("address: h", "address: 5"), 2),
    "mappings": (f"{with_app('mappings: [5, users]')}".replace("users: {", "odd: 5, users: {").replace("a: b", "x: 5, a: b"), 3),
    "policy": (f"{WORLD}policy: {{protect: [5, group/finance, nonsense]}}\nacks: [5, {{address: nonsense, change: x}}]", 5),
    "state": (f"{WORLD}state: {{gitRef: 5}}", 1),
}  # fmt: skip


@pytest.mark.parametrize(("text", "faults"), OF_WRONG_TYPES.values(), ids=OF_WRONG_TYPES.keys())
def test_values_of_any_wrong_type_are_named_once_each_and_skipped(read, text, faults):
    reading = read(text)
    assert [finding.rule for finding in reading.findings if finding.rule not in {"EPR121", "EPR123"}] == []
    assert len(reading.findings) == faults
    assert reading.spec is not None


def test_what_stands_beside_a_skipped_value_is_there(read):
    spec = {name: read(text).spec for name, (text, _) in OF_WRONG_TYPES.items()}
    assert spec["things"].desired.members(group("g")) == frozenset()
    assert "connector.url" not in spec["connector"].desired.things[app("a")].cells
    users = spec["mappings"].desired.things[app("a")].cells["mapping/User"]
    assert list(users.value.attributes) == ["a"]
    assert spec["policy"].policy.protect == frozenset([group("finance")])
    assert spec["policy"].policy.acknowledgements == ()
    assert spec["state"].store == "directory"


def test_a_tenant_that_is_no_table_is_one_finding(read_files_of):
    reading = read_files_of({"reconciler.yaml": f"version: 1\ntenant: contoso\n{WORLD}"})
    assert [(finding.rule, finding.place.line) for finding in reading.findings] == [("EPR121", 2)]


def test_a_way_to_sign_in_that_is_no_table_is_one_finding(read_files_of):
    tenant = f"{{name: contoso, id: {GUID}, auth: {{apps: device-code}}}}"
    reading = read_files_of({"reconciler.yaml": f"version: 1\ntenant: {tenant}\n{WORLD}"})
    assert [finding.rule for finding in reading.findings] == ["EPR121"]
    assert reading.spec.tenant.sign_in(Surface.APPS) == SignIn()


def test_a_fault_of_an_expression_with_escapes_stands_at_the_whole_text(read):
    reading = read(with_app(r"""mappings: [{source: U, target: U, attributes: {x: "=Trim(\x5ba"}}]"""))
    (finding,) = reading.findings
    (line,) = [line for line in reading.sources["reconciler.yaml"] if line.startswith("apps")]
    assert line[finding.place.column - 1 : finding.place.end_column - 1] == r'"=Trim(\x5ba"'


@pytest.mark.parametrize("begun", ["mappings: {m: {", "mappings: {m: {source: U, match: ["])
def test_what_was_begun_when_reading_broke_off_is_one_finding(read, begun):
    reading = read(WORLD, more=begun)
    assert [finding.rule for finding in reading.findings] == ["EPR107"]
    assert reading.spec is None


def test_the_lines_of_every_file_are_there_to_be_shown(read):
    sources = read("groups: {}\n", more="# nothing").sources
    assert {name: lines[-1] for name, lines in sources.items()} == {
        "reconciler.yaml": "",
        "more.yaml": "# nothing",
    }
    assert len(sources) == 2
