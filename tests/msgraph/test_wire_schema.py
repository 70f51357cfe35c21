"""Reading a schema and laying a mapping over it: the model's overlay and the document's must agree, always."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.model.cells import UNMANAGED, Clear, Value
from reconciler.model.mappings import (
    Apply,
    Clause,
    ClauseGroup,
    DesiredAttribute,
    DesiredMapping,
    Flow,
    Source,
    SourceKind,
    When,
)
from reconciler.model.overlay import overlay
from reconciler.msgraph.wire.decoding import Malformed
from reconciler.msgraph.wire.schema import SchemaCache, by_source, version_of
from reconciler.msgraph.wire.schema_overlay import OverlayRefused, overlaid

TARGETS = ("userName", "displayName", "department", 'emails[type eq "work"].value', "new")


def attribute(target: str, source: object, *, priority: int = 0, **more: object) -> dict[str, object]:
    return {"targetAttributeName": target, "source": source, "matchingPriority": priority, "strange": [1], **more}


def document(*mappings: dict[str, object], editable: bool = True) -> dict[str, object]:
    rule = {"id": "r", "editable": editable, "objectMappings": list(mappings), "metadata": [{"key": "k"}]}
    return {"unknown": {"kept": True}, "synchronizationRules": [rule], "directories": [{"name": "x"}], "version": "7"}


def mapping(**changes: object) -> dict[str, object]:
    return {
        "enabled": True,
        "sourceObjectName": "User",
        "targetObjectName": "User",
        "flowTypes": "Add,Update,Delete",
        "scope": {
            "groups": [
                {
                    "name": "staff",
                    "odd": 1,
                    "clauses": [
                        {
                            "sourceOperandName": "employeeType",
                            "operatorName": "EQUALS",
                            "targetOperand": {"values": ["E"]},
                        },
                        {"sourceOperandName": "mail", "operatorName": "IS NOT NULL", "targetOperand": None},
                    ],
                }
            ],
            "inputFilterGroups": [{"name": "kept"}],
        },
        "attributeMappings": [
            attribute("userName", {"expression": "[upn]", "name": "upn", "type": "Attribute"}, priority=1),
            attribute("displayName", {"expression": 'Join(" ", [a], [b])', "name": "Join", "type": "Function"}),
            attribute("department", {"name": "HR", "type": "constant"}, flowType="objectAddOnly", defaultValue="x"),
            attribute("country", None, defaultValue="NL"),
        ],
        "more": "kept",
        **changes,
    }


def parsed(doc: object):
    return by_source(SchemaCache().schema(json.dumps(doc).encode()).mappings)


def test_flags_enums_and_sources_are_read_whatever_their_case_or_form():
    live = parsed(document(mapping(flowTypes="add, DELETE")))["User"]
    assert live.flow == {Flow.ADD, Flow.DELETE}
    assert live.match == ("userName",)
    assert live.attributes["userName"].source == Source(SourceKind.ATTRIBUTE, "upn")
    assert live.attributes["displayName"].source == Source(SourceKind.EXPRESSION, 'Join(" ", [a], [b])')
    assert live.attributes["department"].source == Source(SourceKind.CONSTANT, "HR")
    assert live.attributes["department"].apply is Apply.ON_CREATE
    assert live.attributes["country"].source == Source(SourceKind.NOTHING)
    assert live.filter == (
        ClauseGroup("staff", (Clause("employeeType", "EQUALS", ("E",)), Clause("mail", "IS NOT NULL"))),
    )


def test_precedence_is_by_priority_and_not_by_position():
    doc = document(mapping(attributeMappings=[attribute("b", None, priority=3), attribute("a", None, priority=1)]))
    assert parsed(doc)["User"].match == ("a", "b")


def test_nameless_and_uneditable_mappings_are_not_seen():
    assert parsed(document(mapping(sourceObjectName=""))) == {}
    assert parsed(document(mapping(), editable=False)) == {}


def test_a_disabled_mapping_is_seen_as_disabled_and_yields_to_an_enabled_one():
    assert not parsed(document(mapping(enabled=False)))["User"].enabled
    assert parsed(document(mapping()))["User"].enabled
    mappings = parsed(document(mapping(enabled=False), mapping(targetObjectName="Person")))
    assert (mappings["User"].target, mappings["User"].enabled) == ("Person", True)


def test_a_disabled_mapping_that_is_laid_over_is_enabled():
    doc = document(mapping(enabled=False))
    (after,) = overlaid(doc, {"User": DesiredMapping("User", "User")})["synchronizationRules"][0]["objectMappings"]
    assert after == mapping()


def test_an_overlay_that_changes_nothing_gives_the_very_document():
    doc = document(mapping())
    wanted = DesiredMapping(
        "User",
        "User",
        flow=Value(frozenset(Flow)),
        match=Value(("userName",)),
        attributes={"userName": DesiredAttribute("userName", Source(SourceKind.ATTRIBUTE, "upn"))},
    )
    assert overlaid(doc, {"User": wanted}) is doc


def test_an_overlay_touches_only_what_it_manages():
    doc = document(mapping(enabled=False), mapping(), {"sourceObjectName": "Group", "targetObjectName": "Group"})
    before = json.dumps(doc)
    wanted = DesiredMapping(
        "User", "User", attributes={"department": DesiredAttribute("department", Source(SourceKind.CONSTANT, "IT"))}
    )
    after = overlaid(doc, {"User": wanted})
    assert json.dumps(doc) == before
    expected = json.loads(before)
    expected["synchronizationRules"][0]["objectMappings"][1]["attributeMappings"][2]["source"] = {
        "expression": '"IT"',
        "name": "IT",
        "parameters": [],
        "type": "Constant",
    }
    assert after == expected
    assert list(after) == list(doc)


def test_a_scope_keeps_equal_groups_and_what_nobody_manages():
    doc = document(mapping())
    staff = parsed(doc)["User"].filter[0]
    wanted = DesiredMapping("User", "User", filter=Value((staff, ClauseGroup("new", (Clause("a", "IS TRUE"),)))))
    scope = overlaid(doc, {"User": wanted})["synchronizationRules"][0]["objectMappings"][0]["scope"]
    assert scope["groups"][0]["odd"] == 1
    assert scope["inputFilterGroups"] == [{"name": "kept"}]
    assert scope["groups"][1]["clauses"][0] == {
        "operatorName": "IS TRUE",
        "sourceOperandName": "a",
        "targetOperand": None,
    }


def test_a_removed_attribute_goes_and_the_rest_keeps_its_order():
    doc = document(mapping())
    after = overlaid(doc, {"User": DesiredMapping("User", "User")}, {"User": ("displayName",)})
    attributes = after["synchronizationRules"][0]["objectMappings"][0]["attributeMappings"]
    assert [found["targetAttributeName"] for found in attributes] == ["userName", "department", "country"]


def test_a_mapping_that_the_schema_lacks_is_refused():
    with pytest.raises(OverlayRefused, match="from User to Person"):
        overlaid(document(mapping()), {"User": DesiredMapping("User", "Person")})
    with pytest.raises(OverlayRefused, match="match"):
        overlaid(document(mapping()), {"User": DesiredMapping("User", "User", match=Value(("nowhere",)))})


def deep(depth: int) -> dict[str, object]:
    source: dict[str, object] = {"type": "Attribute", "name": "upn"}
    for _ in range(depth):
        source = {"type": "Function", "name": "F", "parameters": [{"key": "a", "value": source}]}
    return source


@pytest.mark.parametrize(
    "doc",
    [
        document("no mapping"),
        {"synchronizationRules": ["no rule"]},
        {"synchronizationRules": "no list"},
        document(mapping(attributeMappings=["no attribute"])),
        document(mapping(enabled="perhaps")),
        document(mapping(attributeMappings=[attribute("userName", deep(100_000))])),
    ],
    ids=["mapping", "rule", "rules", "attribute", "flag", "depth"],
)
def test_nothing_is_laid_over_a_document_of_another_shape(doc):
    with pytest.raises(Malformed):
        overlaid(doc, {"User": DesiredMapping("User", "User", flow=Value(frozenset({Flow.ADD})))})


def test_equal_rules_of_many_apps_share_one_value():
    cache = SchemaCache()
    first = cache.schema(json.dumps(document(mapping())).encode()).mappings
    second = cache.schema(json.dumps({**document(mapping()), "version": "8"}).encode()).mappings
    assert first[0] is second[0]


def test_the_target_that_the_spec_names_decides_between_mappings_of_one_source():
    doc = document(mapping(), mapping(targetObjectName="Person"))
    mappings = SchemaCache().schema(json.dumps(doc).encode()).mappings
    assert by_source(mappings, {"User": "Person"})["User"].target == "Person"
    assert by_source(mappings, {"User": "Nobody"}) == {}


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 1_000_000,
        b'{"synchronizationRules": ' + b"[" * 1_000_000,
        b'{"synchronizationRules": [{"objectMappings": [{"attributeMappings": "no list"}]}]}',
        b'{"synchronizationRules": [{"objectMappings": [{"sourceObjectName": "a", "targetObjectName": "b", "flowTypes": "Jump"}]}]}',
        b'{"synchronizationRules": 3}',
        b'{"version": "1"}',
        b'{"synchronizationRules": [',
        b"\xff\xfe",
        b"",
    ],
)
def test_a_body_of_any_wrong_shape_is_one_kind_of_error(body: bytes):
    with pytest.raises(Malformed):
        SchemaCache().schema(body)


def test_the_version_is_the_services_or_a_digest():
    assert version_of(b'{"synchronizationRules": [], "version": "5"}') == "5"
    assert version_of(b'{"synchronizationRules": []}') != version_of(b'{"synchronizationRules": [ ]}')


texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=8)
sources = st.one_of(
    st.builds(Source, st.just(SourceKind.ATTRIBUTE), texts),
    st.builds(Source, st.just(SourceKind.CONSTANT), texts),
    st.builds(Source, st.just(SourceKind.EXPRESSION), texts.map(lambda text: f"Trim({text})")),
    st.just(Source(SourceKind.NOTHING)),
)
wire_sources = st.one_of(
    st.none(),
    st.fixed_dictionaries({"name": texts, "type": st.sampled_from(["Attribute", "constant"])}),
    st.fixed_dictionaries({"expression": texts.map(lambda text: f"F({text})"), "type": st.just("Function")}),
)
clauses = st.builds(Clause, texts, texts, st.lists(texts, max_size=2).map(tuple))
filters = st.lists(st.builds(ClauseGroup, texts, st.lists(clauses, max_size=2).map(tuple)), max_size=2).map(tuple)
desired_attributes = st.lists(
    st.builds(
        DesiredAttribute,
        st.sampled_from(TARGETS),
        st.one_of(sources, st.just(Clear())),
        st.sampled_from([None, Apply.ALWAYS, Apply.ON_CREATE]),
        st.sampled_from([None, *When]),
        st.one_of(st.just(UNMANAGED), st.just(Clear()), texts.map(Value)),
    ),
    max_size=4,
)
wire_attributes = st.lists(
    st.fixed_dictionaries(
        {"targetAttributeName": st.sampled_from(TARGETS), "source": wire_sources},
        optional={
            "matchingPriority": st.integers(0, 4),
            "flowType": st.sampled_from(["Always", "objectaddonly"]),
            "flowBehavior": st.sampled_from(["FlowWhenChanged", "flowAlways"]),
            "defaultValue": st.one_of(st.none(), texts),
            "odd": st.integers(),
        },
    ),
    max_size=5,
)


@st.composite
def cases(draw):
    doc = document(
        mapping(
            enabled=draw(st.sampled_from([True, False, None])),
            attributeMappings=draw(wire_attributes),
            flowTypes=draw(st.sampled_from(["Add", "Add, Update, Delete", "None", "update,delete", None])),
            scope=draw(st.one_of(st.none(), st.just({"groups": [{"name": "g", "clauses": []}], "odd": 1}))),
        )
    )
    wanted = {found.target: found for found in draw(desired_attributes)}
    removed = tuple(draw(st.lists(st.sampled_from(TARGETS), max_size=2)))
    desired = DesiredMapping(
        "User",
        "User",
        draw(st.one_of(st.just(UNMANAGED), st.just(Clear()), st.frozensets(st.sampled_from(Flow)).map(Value))),
        UNMANAGED,
        draw(st.one_of(st.just(UNMANAGED), st.just(Clear()), filters.map(Value))),
        wanted,
    )
    present = list(overlay(parsed(doc)["User"], desired, removed).attributes)
    if present and draw(st.booleans()):
        match = tuple(draw(st.lists(st.sampled_from(present), unique=True)))
        desired = DesiredMapping("User", "User", desired.flow, Value(match), desired.filter, wanted)
    return doc, desired, removed


@settings(max_examples=150, deadline=None)
@given(cases())
def test_the_document_and_the_model_agree_on_every_overlay(case):
    doc, desired, removed = case
    live = parsed(doc)["User"]
    wanted = overlay(live, desired, removed)
    after = overlaid(doc, {"User": desired}, {"User": removed})
    assert parsed(after)["User"] == wanted
    assert (after is doc) == (wanted == live)
    assert overlaid(after, {"User": desired}, {"User": removed}) is after


def nested(depth: int) -> bytes:
    """A schema whose one expression has no text, and parameters so deep."""
    parameter = '{"name": "F", "type": "Function", "parameters": [{"key": "a", "value": '
    source = parameter * depth + "null" + "}]}" * depth
    return (
        '{"synchronizationRules": [{"objectMappings": [{"sourceObjectName": "User", "targetObjectName": "User", '
        f'"attributeMappings": [{{"targetAttributeName": "x", "source": {source}}}]}}]}}]}}'
    ).encode()


@pytest.mark.parametrize("depth", [1, 20, 80, 150, 200, 300, 400, 5000])
def test_an_expression_of_any_depth_is_read_or_refused(depth):
    try:
        (found,) = SchemaCache().schema(nested(depth)).mappings
    except Malformed:
        assert depth > 20
    else:
        assert found.attributes["x"].source.text == "F(" * depth + ")" * depth
