"""The parts of an import, where a whole tenant would be a long way round: odd mappings, odd URLs, rules that bite."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from reconciler.errors import Refused
from reconciler.model.address import Address, Kind, agent, app, group
from reconciler.model.cells import UNMANAGED, Clear, Known, Value
from reconciler.model.inventory import AgentRecord, GroupRecord, PrincipalRecord, ResourceRecord, Topology
from reconciler.model.mappings import (
    Apply,
    AttributeMapping,
    Clause,
    ClauseGroup,
    DesiredAttribute,
    DesiredMapping,
    Flow,
    ObjectMapping,
    Source,
    SourceKind,
    When,
)
from reconciler.model.spec import Cloud, Policy, Spec, Tenant
from reconciler.model.states import DesiredState, LiveState, Thing
from reconciler.spec.cells import Cell
from reconciler.spec.files import SpecFile, SpecFiles
from reconciler.spec.import_writing import Writing
from reconciler.spec.importing.allowed import allowed
from reconciler.spec.importing.draft import Draft, Remark, draft_of
from reconciler.spec.importing.found import Found, keyed
from reconciler.spec.importing.found import Known as KnownKeys
from reconciler.spec.importing.mappings import desired_mapping
from reconciler.spec.importing.premises import is_on_premises
from reconciler.spec.importing.render import rendered
from reconciler.spec.importing.sharing import Known as NamedMapping
from reconciler.spec.read import read_spec
from tests.conftest import ROOT

ID = "00000000-1111-4222-8333-444444444444"
SPEC = Spec(DesiredState({}), Tenant("t", ID, "graph", Cloud.CHINA), Policy())
HIDDEN = "a\u202eb"


def attribute(target: str, kind: SourceKind, text: str = "", **members: object) -> AttributeMapping:
    return AttributeMapping(target, Source(kind, text), **members)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://localhost:8585/ecma2host_X/scim", True),
        ("https://public.example.com/ecma2host_X/scim", True),
        ("https://10.1.2.3/scim", True),
        ("https://[fd00::1]/scim", True),
        ("https://hr/scim", True),
        ("https://hr.contoso.local./scim", True),
        ("https://8.8.8.8/scim", False),
        ("https://scim.example.com", False),
        ("https://[broken/scim", False),
        ("", False),
    ],
)
def test_a_url_that_only_an_agent_reaches_is_on_premises(url: str, expected: bool) -> None:
    assert is_on_premises(url) is expected


def test_a_mapping_is_said_but_for_what_no_spec_can_say() -> None:
    live = ObjectMapping(
        "User",
        "User",
        flow=frozenset(),
        match=("a", HIDDEN),
        filter=(ClauseGroup("", ()),),
        attributes={
            each.target: each
            for each in (
                attribute("a", SourceKind.ATTRIBUTE, "mail"),
                attribute("empty", SourceKind.ATTRIBUTE),
                attribute("blank", SourceKind.EXPRESSION, " "),
                attribute("long", SourceKind.EXPRESSION, "x" * 10_001),
                attribute("open", SourceKind.EXPRESSION, "ToLower("),
                attribute("hidden", SourceKind.CONSTANT, HIDDEN),
                attribute("default", SourceKind.CONSTANT, "x", default=HIDDEN),
                attribute("line\nbreak", SourceKind.CONSTANT, "x"),
                attribute("odd", SourceKind.ATTRIBUTE, "=mail", apply=Apply.MULTI_VALUE_ADD, when=When.ALWAYS),
            )
        },
    )
    said, remarks = desired_mapping(live)
    assert said is not None
    assert list(said.attributes) == ["a", "odd"]
    assert (said.flow, said.match, said.filter) == (Clear(), UNMANAGED, UNMANAGED)
    assert said.attributes["odd"].apply is None
    assert len(remarks) == 7 + 1 + 2
    hidden, told = desired_mapping(ObjectMapping(HIDDEN, "User"))
    assert hidden is None
    assert "no spec can hold" in told[0]
    disabled, told = desired_mapping(ObjectMapping("User", "User", enabled=False))
    assert disabled is None
    assert "is disabled" in told[0]


def read_back(draft: Draft, spec: Spec = SPEC) -> Spec:
    """Render a draft as an import does, and read the files."""
    texts = rendered(draft, spec, {}, (), whole=True).texts
    files = tuple(SpecFile(name, text.encode()) for name, text in texts.items())
    reading = read_spec(SpecFiles(files, (), (ROOT / "schemas" / "spec.schema.json").read_text(encoding="utf-8")))
    assert [finding for finding in reading.findings if finding.severity.value == "error"] == []
    assert reading.spec is not None
    return reading.spec


PREFIX = "urn:ietf:params:scim:schemas:extension:ECMA2Host:2.0:User:"
SOURCES = (
    Source(SourceKind.ATTRIBUTE, "mail"),
    Source(SourceKind.ATTRIBUTE, "=mail"),
    Source(SourceKind.EXPRESSION, '"=x"'),
    Source(SourceKind.EXPRESSION, "ToLower([mail], )\n"),
    Source(SourceKind.CONSTANT, "=x"),
    Source(SourceKind.CONSTANT, ""),
)


@pytest.mark.parametrize("apply", [None, Apply.ON_CREATE])
@pytest.mark.parametrize("default", [UNMANAGED, Clear(), Value("01")])
@pytest.mark.parametrize(
    "names", [("a", "b"), (f"{PREFIX}a", f"{PREFIX}b", "PLACEHOLDER"), (f"{PREFIX}a", f"{PREFIX}b", "c")]
)
def test_what_is_rendered_is_read_as_what_was_meant(
    apply: Apply | None, default: Value[str] | Clear, names: tuple[str, ...]
) -> None:
    attributes = {
        f"{name}{number}": DesiredAttribute(f"{name}{number}", source, apply, When.ALWAYS if apply else None, default)
        for name in names
        for number, source in enumerate(SOURCES)
        if name != "PLACEHOLDER"
    }
    if "PLACEHOLDER" in names:
        attributes["PLACEHOLDER"] = DesiredAttribute("PLACEHOLDER", SOURCES[0])
    nothing = DesiredAttribute(
        "nothing" if "PLACEHOLDER" not in names else f"{PREFIX}z", Source(SourceKind.NOTHING), default=Clear()
    )
    attributes[nothing.target] = nothing
    if "PLACEHOLDER" not in names:
        attributes["taken"] = DesiredAttribute("taken", Clear())
    clauses = (Clause("a", "IS TRUE"), Clause("b", "EQUALS", ("yes",)), Clause("c", "IN", ("1", "2")))
    mapping = DesiredMapping(
        "User",
        "User",
        Value(frozenset({Flow.DELETE, Flow.ADD})) if apply else Clear(),
        Value((f"{names[0]}1", f"{names[0]}0")),
        Value((ClauseGroup("", clauses), ClauseGroup("two", clauses[:1]))),
        attributes,
    )
    other = DesiredMapping("Other", "Group", UNMANAGED, UNMANAGED, UNMANAGED, {})
    draft = Draft()
    draft.add(
        app("x"),
        {"servicePrincipal.id": Value(ID), "mapping/User": Value(mapping), "mapping/Other": Value(other)},
    )
    draft.add(app("y"), {"servicePrincipal.appId": Value(ID), "mapping/User": Value(mapping)})
    spec = read_back(draft)
    assert spec.desired.cell(app("x"), "mapping/User") == Value(mapping)
    assert spec.desired.cell(app("x"), "mapping/Other") == Value(other)
    assert spec.desired.cell(app("y"), "mapping/User") == Value(mapping)
    assert spec.tenant.cloud is Cloud.CHINA


def test_shared_mappings_get_numbers_where_their_names_are_taken() -> None:
    draft = Draft()
    for number in range(6):
        mapping = DesiredMapping("User", f"Target{number // 2}")
        draft.add(
            app(f"a{number}"), {"servicePrincipal.id": Value(f"{number}{ID[1:]}"), "mapping/User": Value(mapping)}
        )
    taken = NamedMapping("users", DesiredMapping("User", "Other"), "", theirs=True)
    texts = rendered(draft, SPEC, {}, [taken], whole=False).texts
    assert sorted(name for name in texts if name.startswith("mappings/")) == [
        "mappings/users-2.yaml",
        "mappings/users-3.yaml",
        "mappings/users-4.yaml",
    ]
    assert "reconciler.yaml" not in texts


def test_a_rule_that_no_relaxing_helps_leaves_the_thing_out() -> None:
    draft = Draft()
    for name in ("one", "two"):
        draft.add(agent(name), {"machineName": Value("same.local")}, [Remark("A remark.")])
    draft.add(app("bare"), {"resource.resourceName": Value("bare")})
    spec, findings = allowed(draft, SPEC)
    assert list(spec.desired.things) == []
    assert {finding.rule for finding in findings} == {"EPR001", "EPR002", "EPR245"}
    assert {finding.severity.value for finding in findings} == {"warning"}
    assert "A remark." in draft.whole


def test_a_group_of_another_profile_is_lowered_once() -> None:
    draft = Draft()
    draft.add(agent("a"), {"machineName": Value("a.local")})
    cells = {"displayName": Value("G"), "agents": Value(frozenset({agent("a")})), "availability": Value("single-agent")}
    draft.add(group("g"), cells)
    strict = Spec(SPEC.desired, SPEC.tenant, SPEC.policy)
    spec, findings = allowed(draft, strict)
    assert findings == ()
    assert "single-agent" in spec.policy.profiles
    assert read_back(draft, spec).policy.profiles["single-agent"].min_declared == 1


def found(
    topology: Topology, *principals: PrincipalRecord, cells: dict[str, object] | None = None, by_name: bool = False
) -> Found:
    records = {record.id: record for record in principals}
    named = keyed(topology, records, KnownKeys())
    things = {address: Thing(address, cells or {}) for address in named.apps.values()}
    return Found(topology, records, named, LiveState(things), by_name=by_name)  # type: ignore[arg-type]


def test_the_default_group_is_said_only_where_it_serves_an_app() -> None:
    groups = {"d": GroupRecord("d", "Default", is_default=True, agents=frozenset({"a"}))}
    agents = {"a": AgentRecord("a", "a.local", "active")}
    alone = draft_of(found(Topology(agents, groups)))
    assert group("default") not in alone.things
    record = PrincipalRecord(ID, "app", "App")
    resources = {"r": ResourceRecord("r", "app", "Shown", frozenset({"d"}))}
    serving = draft_of(found(Topology(agents, groups, resources), record))
    assert serving.things[group("default")].cells == {"displayName": Value("Default"), "id": Value("d")}
    assert serving.things[app("app")].cells["resource.displayName"] == Value("Shown")


def test_groups_and_resources_of_one_name_are_told_apart_by_id() -> None:
    groups = {name: GroupRecord(name, "Same") for name in ("g1", "g2")}
    resources = {name: ResourceRecord(name, "app", groups=frozenset({group_id})) for name, group_id in (("r1", "g1"),)}
    resources["r2"] = ResourceRecord("r2", "APP", groups=frozenset({"g1"}))
    draft = draft_of(found(Topology({}, groups, resources), PrincipalRecord(ID, "app", "App")))
    assert {thing.cells.get("id") for thing in draft.things.values()} >= {Value("g1"), Value("g2")}
    assert "resource.id" not in draft.things[app("app")].cells
    assert "app (served by group/same-g1)" in draft.whole[0]
    del resources["r2"]
    resources["r3"] = ResourceRecord("r3", HIDDEN)
    tied = draft_of(found(Topology({}, groups, resources), PrincipalRecord(ID, "app", "App")))
    assert tied.things[app("app")].cells["group"] == Value(group("same-g1"))


def test_a_group_that_no_spec_can_name_leaves_its_apps_without_one() -> None:
    groups = {"g": GroupRecord("g", HIDDEN)}
    resources = {"r": ResourceRecord("r", "app", groups=frozenset({"g"}))}
    draft = draft_of(found(Topology({}, groups, resources), PrincipalRecord(ID, "app", "App")))
    assert "group" not in draft.things[app("app")].cells
    assert draft.whole == [f"The group g has a name that no spec can hold: {HIDDEN}"]


def test_names_are_matched_only_where_somebody_asked_for_that() -> None:
    groups = {"g": GroupRecord("g", "G", agents=frozenset())}
    resources = {
        "r": ResourceRecord("r", "hr-sql", groups=frozenset({"g"})),
        "s": ResourceRecord("s", "Pay Roll", groups=frozenset({"g"})),
    }
    principals = (
        PrincipalRecord("p1", "a1", "HR data"),
        PrincipalRecord("p2", "a2", "payroll"),
        PrincipalRecord("p3", "a3", ""),
    )
    cells: dict[str, object] = {"connector.url": Known("https://h.local:8585/ecma2host_HRSQL/scim")}
    topology = Topology({}, groups, resources)
    assert not any(
        "group" in thing.cells for thing in draft_of(found(topology, *principals, cells=cells)).things.values()
    )
    guessed = draft_of(found(topology, *principals, cells=cells, by_name=True))
    assert [str(address) for address, thing in guessed.things.items() if "group" in thing.cells] == ["app/payroll"]
    one = draft_of(found(topology, principals[0], cells=cells, by_name=True))
    assert one.things[app("hr-data")].cells["resource.resourceName"] == Value("hr-sql")
    assert Address(Kind.CONNECTOR_HOST, "h") in one.things


def test_an_update_window_is_said_whole_or_not_at_all() -> None:
    def updater(**cells: str) -> Topology:
        return Topology(updater={key.replace("_", "."): Known(value) for key, value in cells.items()})

    odd = draft_of(found(updater(window_start="02:00", window_end="25:61")))
    assert [str(address) for address in odd.things] == []
    part = draft_of(found(updater(window_start="02:00", deferUntil="2027-01-31T00:00:00Z")))
    assert [list(thing.cells) for thing in part.things.values()] == [["deferUntil"]]


def test_a_known_resource_of_the_same_name_makes_the_new_one_be_told_by_id() -> None:
    groups = {"g": GroupRecord("g", "G")}
    resources = {name: ResourceRecord(name, "app", groups=frozenset({"g"})) for name in ("known", "new")}
    looked = found(Topology({}, groups, resources), PrincipalRecord(ID, "app", "App"))
    known = KnownKeys(resources={"known": app("old")}, hosts={("h.local", 8585): Address(Kind.CONNECTOR_HOST, "ours")})
    looked = replace(looked, known=known, live=with_url("https://h.local:8585/ecma2host_X/scim"))
    draft = draft_of(looked)
    assert draft.things[app("app")].cells["resource.id"] == Value("new")
    assert draft.things[app("app")].cells["connector.host"] == Value(Address(Kind.CONNECTOR_HOST, "ours"))
    assert Address(Kind.CONNECTOR_HOST, "h") not in draft.things


def with_url(url: str) -> LiveState:
    disabled = ObjectMapping("User", "User", enabled=False)
    cells = {
        "connector.url": Known(url),
        "job.id": Known("j"),
        "mapping/User": Known(disabled),
        "job.template": Known(HIDDEN),
    }
    return LiveState({app("app"): Thing(app("app"), cells)})


def test_what_no_spec_can_hold_of_an_app_or_an_agent_is_left_out() -> None:
    agents = {"a": AgentRecord("a", HIDDEN, "active"), "b": AgentRecord("b", "b.local", "active")}
    groups = {"g": GroupRecord("g", "G", agents=frozenset("ab"))}
    looked = found(Topology(agents, groups), PrincipalRecord(ID, "app", "App"))
    draft = draft_of(replace(looked, live=with_url("https://h/x")))
    assert [address.key for address in draft.things if address.kind is Kind.AGENT] == ["b"]
    assert "agents" not in draft.things[group("g")].cells
    assert set(draft.things[app("app")].cells) == {"servicePrincipal.id", "connector.url"}
    assert len(draft.remarks[app("app")]) == 2


def test_where_a_spec_has_profiles_of_its_own_no_other_is_defined() -> None:
    draft = Draft(may_define=False)
    draft.add(agent("a"), {"machineName": Value("a.local")})
    draft.add(group("g"), {"displayName": Value("G"), "agents": Value(frozenset({agent("a")}))})
    spec, findings = allowed(draft, SPEC)
    assert [finding.rule for finding in findings] == ["EPR003"]
    assert set(spec.desired.things[group("g")].cells) == {"displayName"}


def writing(draft: Draft) -> Writing:
    schema = (ROOT / "schemas" / "spec.schema.json").read_text(encoding="utf-8")
    return Writing(draft, SPEC, SpecFiles((), (), schema), {}, str, is_new=True)


def test_mappings_that_do_not_fit_into_the_file_of_their_app_stand_in_files_of_their_own() -> None:
    long = Source(SourceKind.EXPRESSION, f'ToLower("{"x" * 9_900}")')
    cells: dict[str, Cell] = {"servicePrincipal.id": Value(ID)}
    for name in ("User", "Group"):
        attributes = {f"{name}{n}": DesiredAttribute(f"{name}{n}", long) for n in range(60)}
        cells[f"mapping/{name}"] = Value(DesiredMapping(name, name, attributes=attributes))
    draft = Draft()
    draft.add(app("large"), cells)
    written = writing(draft).written()
    assert sorted(written.files) == [
        "apps/large.yaml",
        "mappings/groups.yaml",
        "mappings/users.yaml",
        "reconciler.yaml",
    ]
    assert written.files["apps/large.yaml"].endswith(b"mappings: [users, groups]\n")
    assert written.findings == ()
    assert written.reading.spec is not None
    assert written.reading.spec.desired.things[app("large")].cells == cells


def test_what_would_not_validate_is_not_written() -> None:
    """A group with a name that fills a file: no service has one."""
    draft = Draft()
    draft.add(group("g"), {"displayName": Value("x" * 1_100_000)})
    with pytest.raises(Refused) as refused:
        writing(draft).written()
    assert [finding.rule for finding in refused.value.findings] == ["EPR103"]
    assert "nothing was written" in refused.value.message


def test_an_attribute_that_no_rule_allows_is_left_out_and_the_match_stays() -> None:
    source = Source(SourceKind.ATTRIBUTE, "mail")
    attributes = {name: DesiredAttribute(name, source) for name in ("PLACEHOLDER", "login")}
    draft = Draft()
    mapping = DesiredMapping("User", "User", match=Value(("login",)), attributes=attributes)
    draft.add(app("a"), {"servicePrincipal.id": Value(ID), "mapping/User": Value(mapping)})
    spec, findings = allowed(draft, SPEC)
    assert [finding.rule for finding in findings] == ["EPR010"]
    cell = spec.desired.things[app("a")].cells["mapping/User"]
    assert isinstance(cell, Value)
    assert isinstance(cell.value, DesiredMapping)
    assert (set(cell.value.attributes), cell.value.match) == ({"login"}, Value(("login",)))


def test_an_app_is_not_filled_where_that_would_say_otherwise_what_it_says() -> None:
    schema = (ROOT / "schemas" / "spec.schema.json").read_text(encoding="utf-8")
    root = b"version: 1\ntenant: {name: t, id: %s, endpoint: emulator}\n" % ID.encode()
    said = b"apps:\n  a:\n    servicePrincipal: {id: %s}\n    job: {enabled: false}\n" % ID.encode()
    there = SpecFiles((SpecFile("reconciler.yaml", root), SpecFile("apps/a.yaml", said)), (), schema)
    spec = read_spec(there).spec
    assert spec is not None
    draft = Draft(filled={app("a"): {"job.enabled": Value(value=True)}})
    draft.add(app("a"), {"provisioning.scope": Value("all")})
    with pytest.raises(Refused, match="app/a cannot be filled without saying otherwise what it says"):
        Writing(draft, spec, there, {}, str, is_new=False).written()
