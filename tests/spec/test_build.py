"""The spec says fields, the desired state holds cells: managed, cleared or absent, each with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.model.address import UPDATER, Address, Kind, agent, app, group, proxy
from reconciler.model.cells import UNMANAGED, Clear, Value
from reconciler.model.fields import FIELDS, Role, Surface
from reconciler.model.mappings import Apply, Clause, ClauseGroup, Flow, Source, SourceKind, When
from reconciler.model.secret import SecretSource
from reconciler.model.spec import Acknowledgement, Cloud, Interruption, Limits, Profile, SignIn, Way
from reconciler.operations.edges.spec_files import read_files
from reconciler.policy.rules.registry import judge
from reconciler.spec.read import read_spec

EXAMPLES = Path(__file__).parents[2] / "examples"
GUID = "60443998-0000-4000-8000-000000000001"

EVERYTHING = f"""
agents:
  a: {{id: {GUID}, machineName: m, site: s, egress: e, purpose: cloud-sync, proxy: p}}
groups:
  g: {{id: {GUID}, displayName: G, agents: [a], standby: [a], availability: x, previously: {{key: k, displayName: d}}}}
proxies:
  p: {{address: "http://p:1", bypassOnLocal: true, bypass: [x], useSystemDefault: true, useDefaultCredentials: false, enabled: true}}
connectorHosts:
  h: {{address: h.local, port: 8600}}
updates: {{window: {{start: "01:00", end: "05:00"}}, allowOverride: true, deferUntil: "2027-01-01T00:00:00Z"}}
apps:
  one:
    servicePrincipal: {{id: {GUID}}}
    previously: {{key: k}}
    resource: {{id: {GUID}, resourceName: r, displayName: R}}
    group: g
    connector: {{host: h, name: N, secretToken: {{env: T, version: 2}}, compatibilityKey: {{env: K}}}}
    job: {{template: t, enabled: true}}
    provisioning: {{scope: all, deleteThreshold: 5, notify: a@b, skipOutOfScopeDeletions: true, canary: [{GUID}]}}
    mappings: [{{source: User, target: User, attributes: {{a: b}}}}]
  two: {{servicePrincipal: {{appId: {GUID}}}, job: {{enabled: false}}}}
  three: {{servicePrincipal: {{displayName: T}}}}
"""


def test_every_field_of_the_tables_is_filled(read):
    spec = read(EVERYTHING).spec
    filled = {
        (thing.address.kind, key.partition("/")[0]) for thing in spec.desired.things.values() for key in thing.cells
    }
    wanted = {
        (kind, field.key)
        for kind, fields in FIELDS.items()
        for field in fields
        if field.role is not Role.OBSERVED and kind is not Kind.MAPPING
    }
    assert filled == wanted


def test_values_have_the_types_of_the_model(read):
    desired = read(EVERYTHING).spec.desired

    def value(address, key):
        cell = desired.cell(address, key)
        assert isinstance(cell, Value)
        return cell.value

    assert value(group("g"), "agents") == frozenset([agent("a")])
    assert value(agent("a"), "proxy") == proxy("p")
    assert value(app("one"), "group") == group("g")
    assert value(app("one"), "connector.host") == Address(Kind.CONNECTOR_HOST, "h")
    assert value(app("one"), "connector.url") == "https://h.local:8600/ecma2host_N/scim"
    assert value(app("one"), "connector.secretToken") == SecretSource(2, env="T")
    assert value(app("one"), "provisioning.deleteThreshold") == 5
    assert value(app("one"), "provisioning.canary") == (GUID,)
    assert value(app("one"), "job.enabled") is True
    assert value(app("two"), "job.template") == "default"
    assert desired.cell(app("three"), "job.template") == UNMANAGED
    assert value(proxy("p"), "bypass") == ("x",)
    assert value(UPDATER, "window.start") == "01:00"


def test_every_cell_knows_its_place(read):
    spec = read(EVERYTHING).spec
    assert spec.desired.place(app("one"), "provisioning.deleteThreshold").line == 21
    assert spec.desired.things[app("one")].place.line == 14
    derived = {"job.template"}
    for thing in spec.desired.things.values():
        assert all(cell.place for key, cell in thing.cells.items() if key not in derived), thing.address


def test_what_the_spec_does_not_name_is_unmanaged(read):
    spec = read("groups: {g: {displayName: G}}\napps: {a: {resource: {resourceName: a}, group: g}}").spec
    assert spec.desired.cell(group("g"), "agents") == UNMANAGED
    assert spec.desired.cell(app("a"), "provisioning.scope") == UNMANAGED
    assert UPDATER not in spec.desired.things


CLEARED = {
    "agents": ("groups: {g: {displayName: G, agents: []}}", group("g"), "agents"),
    "agents by null": ("groups: {g: {displayName: G, agents: null}}", group("g"), "agents"),
    "proxy": ("agents: {a: {machineName: m, proxy: null}}", agent("a"), "proxy"),
    "group": ("apps: {a: {resource: {resourceName: a}, group: null}}", app("a"), "group"),
    "threshold": (f"apps: {{a: {{servicePrincipal: {{id: {GUID}}}, provisioning: {{deleteThreshold: null}}}}}}", app("a"), "provisioning.deleteThreshold"),
    "notify": (f"apps: {{a: {{servicePrincipal: {{id: {GUID}}}, provisioning: {{notify: null}}}}}}", app("a"), "provisioning.notify"),
    "token": (f"apps: {{a: {{servicePrincipal: {{id: {GUID}}}, connector: {{url: 'https://x', secretToken: null}}}}}}", app("a"), "connector.secretToken"),
    "bypass": ("agents: {a: {machineName: m}}\nproxies: {p: {bypass: []}}", proxy("p"), "bypass"),
    "deferral": ("agents: {a: {machineName: m}}\nupdates: {deferUntil: null}", UPDATER, "deferUntil"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "address", "key"), CLEARED.values(), ids=CLEARED.keys())
def test_null_and_empty_clear(read, text, address, key):
    reading = read(text)
    assert reading.findings == ()
    cell = reading.spec.desired.cell(address, key)
    assert isinstance(cell, Clear)
    assert cell.place.line >= 3


def test_no_standby_is_a_value_and_clears_nothing(read):
    assert read("groups: {g: {displayName: G, standby: []}}").spec.desired.cell(group("g"), "standby") == Value(
        frozenset()
    )


def test_defaults_hold_where_a_thing_says_nothing(read):
    spec = read(
        f"defaults: {{apps: {{provisioning: {{deleteThreshold: 50, notify: a@b}}, job: {{enabled: true}}}}}}\n"
        f"apps: {{a: {{servicePrincipal: {{id: {GUID}}}, provisioning: {{notify: null, scope: all}}}}}}"
    ).spec
    cells = spec.desired.things[app("a")].cells
    assert cells["provisioning.deleteThreshold"] == Value(50)
    assert cells["provisioning.deleteThreshold"].place.line == 3
    assert cells["provisioning.notify"] == Clear()
    assert cells["provisioning.scope"] == Value("all")
    assert cells["job.enabled"] == Value(value=True)


def test_a_default_port_and_an_address_of_six_are_part_of_the_url(read):
    text = f"connectorHosts: {{h: {{address: 'fd00::1'}}}}\napps: {{a: {{servicePrincipal: {{id: {GUID}}}, connector: {{host: h, name: N}}}}}}"
    assert read(text).spec.desired.text(app("a"), "connector.url") == "https://[fd00::1]:8585/ecma2host_N/scim"
    changed = read(f"defaults: {{connectorHosts: {{port: 9000}}}}\n{text}")
    assert changed.spec.desired.text(app("a"), "connector.url") == "https://[fd00::1]:9000/ecma2host_N/scim"


MAPPING = """
mappings:
  users:
    source: User
    target: Person
    prefix: "urn:x:"
    flow: [add, update]
    match: [userName, "urn:y:mail"]
    attributes:
      userName: userPrincipalName
      department: {constant: HR, apply: onCreate}
      displayName: =Join(" ", [givenName])
      "urn:y:mail": {source: mail, when: always, default: none}
      title: {expression: "Trim([title])", default: null}
      only: {default: fixed}
      gone: null
    filter:
      - name: employees
        all: [{attribute: a, operator: EQUALS, value: b}, {attribute: c, operator: IS TRUE}, {attribute: d, operator: Includes, values: [e, f]}]
"""


def mapping(read, item):
    reading = read(f"{MAPPING}\napps:\n  a:\n    servicePrincipal: {{id: {GUID}}}\n    mappings: [{item}]\n")
    assert reading.findings == ()
    return reading.spec.desired.cell(app("a"), "mapping/User").value


def test_a_mapping_has_the_parts_of_the_model(read):
    users = mapping(read, "users")
    assert (users.source, users.target) == ("User", "Person")
    assert users.flow == Value(frozenset([Flow.ADD, Flow.UPDATE]))
    assert users.match == Value(("urn:x:userName", "urn:y:mail"))
    assert users.filter == Value(
        (
            ClauseGroup(
                "employees",
                (Clause("a", "EQUALS", ("b",)), Clause("c", "IS TRUE"), Clause("d", "Includes", ("e", "f"))),
            ),
        )
    )
    attributes = users.attributes
    assert attributes["urn:x:userName"].source == Source(SourceKind.ATTRIBUTE, "userPrincipalName")
    assert (attributes["urn:x:department"].source, attributes["urn:x:department"].apply) == (
        Source(SourceKind.CONSTANT, "HR"),
        Apply.ON_CREATE,
    )
    assert attributes["urn:x:displayName"].source == Source(SourceKind.EXPRESSION, 'Join(" ", [givenName])')
    assert (attributes["urn:y:mail"].when, attributes["urn:y:mail"].default) == (When.ALWAYS, Value("none"))
    assert attributes["urn:x:title"].default == Clear()
    assert (attributes["urn:x:only"].source, attributes["urn:x:only"].default) == (
        Source(SourceKind.NOTHING),
        Value("fixed"),
    )
    assert attributes["urn:x:gone"].source == Clear()
    assert all(attribute.place and attribute.target == target for target, attribute in attributes.items())


def test_an_expression_may_have_several_lines(read):
    users = mapping(read, r'{use: users, attributes: {userName: "=Join(\n\t[a],\n\t[b])"}}')
    assert users.attributes["urn:x:userName"].source.text == "Join(\n\t[a],\n\t[b])"


def test_an_app_overrides_single_parts(read):
    users = mapping(
        read,
        "{use: users, flow: null, filter: [], attributes: {department: {constant: Sales}, displayName: {apply: onCreate}, new: x}}",
    )
    assert (users.flow, users.filter) == (Clear(), Clear())
    assert users.match == Value(("urn:x:userName", "urn:y:mail"))
    assert (users.attributes["urn:x:department"].source.text, users.attributes["urn:x:department"].apply) == (
        "Sales",
        None,
    )
    assert users.attributes["urn:x:displayName"].source.text == 'Join(" ", [givenName])'
    assert users.attributes["urn:x:displayName"].apply is Apply.ON_CREATE
    assert users.attributes["urn:x:new"].source.text == "x"
    assert users.attributes["urn:x:userName"].source.text == "userPrincipalName"


def test_apps_that_override_nothing_share_one_mapping(read):
    apps = "\n".join(f"  {name}: {{servicePrincipal: {{id: {GUID}}}, mappings: [users]}}" for name in "ab")
    desired = read(f"{MAPPING}\napps:\n{apps}\n").spec.desired
    one, other = (desired.cell(app(name), "mapping/User") for name in "ab")
    assert one.value is other.value
    assert one.place != other.place


def test_tenant_and_policy_have_the_types_of_the_model(read_files_of):
    reading = read_files_of({"reconciler.yaml": f"""
version: 1
tenant: {{name: contoso, id: {GUID}, cloud: china, endpoint: graph, seed: s.json, surfaces: [apps],
         auth: {{topology: {{credential: device-code, clientId: {GUID}}}}}}}
state: {{gitRef: refs/reconciler/contoso}}
groups: {{hr: {{displayName: HR}}}}
policy:
  availability: mine
  availabilityProfiles: {{mine: {{minDeclared: 2, maxActive: 1, interruption: never}}}}
  settle: 1h30m5s
  limits: {{maxRemovals: 3, maxAppsChanged: 10%, floor: 2}}
  protect: [group/hr]
  rules: {{EPR014: ignore}}
  maintenance: {{window: "22:00-04:00", timezone: Europe/Amsterdam}}
acks: [{{address: 'app/x/mapping/User/emails[type eq "work"].value', change: "sha256:{'a' * 64}"}}]
"""})  # fmt: skip
    assert reading.findings == ()
    spec = reading.spec
    assert (spec.tenant.name, spec.tenant.cloud, spec.tenant.endpoint, spec.tenant.seed) == (
        "contoso",
        Cloud.CHINA,
        "graph",
        "s.json",
    )
    assert spec.tenant.sign_in(Surface.TOPOLOGY) == SignIn(Way.DEVICE_CODE, GUID)
    assert spec.tenant.sign_in(Surface.APPS) == SignIn(Way.DEFAULT)
    assert (spec.surfaces, spec.store) == (frozenset([Surface.APPS]), "gitRef:refs/reconciler/contoso")
    policy = spec.policy
    assert policy.profiles == {"mine": Profile("mine", min_declared=2, max_active=1, interruption=Interruption.NEVER)}
    assert policy.settle_seconds == 5405
    assert policy.limits == Limits(None, 3, 10, None, 2)
    assert policy.protect == frozenset([group("hr")])
    assert policy.rules == {"EPR014": "ignore"}
    assert policy.acknowledgements == (
        Acknowledgement(Address.parse('app/x/mapping/User/emails[type eq "work"].value'), f"sha256:{'a' * 64}"),
    )


def test_what_the_policy_does_not_say_is_the_default(read):
    policy = read("groups: {hr: {displayName: HR}}").spec.policy
    assert (policy.availability, policy.settle_seconds, policy.limits) == ("three-active", 1200, Limits())


@pytest.mark.parametrize("name", ["minimal", "contoso"])
def test_an_example_has_no_faults(name):
    reading = read_spec(read_files(EXAMPLES / name))
    assert reading.findings == ()
    assert judge(reading.spec) == ()


def test_the_smallest_example_fits_on_a_screen():
    assert len((EXAMPLES / "minimal" / "reconciler.yaml").read_text().splitlines()) <= 30
