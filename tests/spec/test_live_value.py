"""A live value is said as the spec would say it, or it is told why no spec can take it over."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from reconciler.model.address import UPDATER, Address, Kind, agent, app, group
from reconciler.model.cells import UNMANAGED, Clear, Known, Value
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
from reconciler.model.place import Place
from reconciler.model.plan import Cause, FieldChange
from reconciler.model.spec import Policy, Spec, Tenant
from reconciler.model.states import DesiredState, FieldValue, LiveState, Thing
from reconciler.spec.importing.text import Node, Row
from reconciler.spec.live_value import Unsayable, live_node

CRM = app("crm")
PLACE = Place("a.yaml", 1, 1, 1, 9)
MAIL = Source(SourceKind.ATTRIBUTE, "mail")


def said(
    address: Address, key: str, before: FieldValue | None, live: ObjectMapping | None = None, **parts: object
) -> Node:
    """What is written for a field; `parts` are what the spec's mapping of users says."""
    wanted = replace(DesiredMapping("User", "User"), **parts)
    things = {CRM: Thing(CRM, {"mapping/User": Value(wanted, PLACE)}, PLACE)} if parts else {}
    spec = Spec(DesiredState(things), Tenant("t", "t", "emulator"), Policy())  # type: ignore[arg-type]
    held = LiveState({CRM: Thing(CRM, {"mapping/User": Known(live)})} if live else {})
    field = FieldChange(key, before, None, Cause.DRIFT, place=PLACE)
    return live_node(address, field, spec, held)


def held(*attributes: AttributeMapping, **members: object) -> ObjectMapping:
    return replace(ObjectMapping("User", "User"), attributes={each.target: each for each in attributes}, **members)


@pytest.mark.parametrize(
    ("address", "key", "before", "node"),
    [
        (CRM, "job.enabled", False, False),
        (CRM, "provisioning.deleteThreshold", 7, 7),
        (CRM, "provisioning.notify", None, None),
        (CRM, "group", group("hr"), "hr"),
        (CRM, "group", frozenset({group("hr")}), "hr"),
        (CRM, "group", None, None),
        (group("hr"), "agents", frozenset({agent("b"), agent("a")}), ["a", "b"]),
        (group("hr"), "agents", None, []),
        (UPDATER, "window.start", "02:00", "02:00"),
    ],
)
def test_a_plain_value_is_said_by_its_key_or_as_it_is(
    address: Address, key: str, before: FieldValue | None, node: Node
) -> None:
    assert said(address, key, before) == node


@pytest.mark.parametrize(
    ("address", "key", "before", "why"),
    [
        (CRM, "connector.secretToken", None, "a secret is never written"),
        (CRM, "provisioning.scope", None, "the service holds nothing"),
        (CRM, "group", frozenset({group("hr"), group("it")}), "no spec can say"),
        (CRM, "group", Address.unbound(group("hr").kind, "1"), "the spec has no name for group/id:1"),
        (CRM, "group", ("a",), "no spec can say"),
        (CRM, "mapping/User/title", "x", "the mapping is not there"),
    ],
)
def test_what_no_spec_can_take_over_is_told(address: Address, key: str, before: FieldValue | None, why: str) -> None:
    with pytest.raises(Unsayable, match=why):
        said(address, key, before)


def mapped(source: Source = MAIL, **members: object) -> AttributeMapping:
    return replace(AttributeMapping("title", source), **members)


def ours(**members: object) -> dict[str, DesiredAttribute]:
    return {"title": replace(DesiredAttribute("title", Source(SourceKind.ATTRIBUTE, "x"), place=PLACE), **members)}


NOTHING = Source(SourceKind.NOTHING)


@pytest.mark.parametrize(
    ("live", "wanted", "node"),
    [
        (mapped(), ours(), "mail"),
        (mapped(apply=Apply.ON_CREATE, when=When.ALWAYS, default="d"), ours(), "mail"),
        (mapped(), ours(apply=Apply.ON_CREATE), Row({"source": "mail", "apply": "always"})),
        (mapped(when=When.ALWAYS), ours(when=When.CHANGED), Row({"source": "mail", "when": "always"})),
        (mapped(), ours(when=When.ALWAYS), Row({"source": "mail", "when": "changed"})),
        (mapped(default="d"), ours(default=Value("e")), Row({"source": "mail", "default": "d"})),
        (mapped(), ours(default=Value("e")), Row({"source": "mail", "default": None})),
        (mapped(NOTHING, default="d"), ours(), Row({"default": "d"})),
        (None, ours(), None),
    ],
)
def test_an_attribute_keeps_the_members_that_the_spec_has_a_word_on(
    live: AttributeMapping | None, wanted: dict[str, DesiredAttribute], node: Node
) -> None:
    there = held(*(each for each in (live,) if each is not None))
    assert said(CRM, "mapping/User/title", "x", there, attributes=wanted) == node


@pytest.mark.parametrize(
    ("key", "live", "parts", "why"),
    [
        ("mapping/User/title", held(mapped(Source(SourceKind.EXPRESSION, " "))), {"attributes": ours()}, "no spec can"),
        ("mapping/User/title", held(mapped(), enabled=False), {"attributes": ours()}, "the mapping is disabled"),
        ("mapping/User/other", held(mapped()), {"attributes": ours()}, "the spec does not name it"),
        ("mapping/User/match", held(), {"match": Value(("mail",))}, "no spec can say"),
    ],
)
def test_a_part_of_a_mapping_that_no_spec_can_say_is_told(
    key: str, live: ObjectMapping, parts: dict[str, object], why: str
) -> None:
    with pytest.raises(Unsayable, match=why):
        said(CRM, key, "x", live, **parts)


def test_parts_that_are_empty_are_said_to_be() -> None:
    empty = held(flow=frozenset())
    assert said(CRM, "mapping/User/flow", "x", empty, flow=Clear()) == []
    assert said(CRM, "mapping/User/filter", "x", empty, filter=UNMANAGED, flow=Clear()) == []


def test_parts_are_said_as_a_spec_writes_them() -> None:
    groups = (ClauseGroup("all", (Clause("mail", "IS NOT NULL"),)),)
    live = held(match=("mail",), filter=groups, flow=frozenset({Flow.UPDATE, Flow.ADD}))
    assert said(CRM, "mapping/User/match", "x", live, flow=Clear()) == ["mail"]
    assert said(CRM, "mapping/User/flow", "x", live, flow=Clear()) == ["add", "update"]
    clause = Row({"attribute": "mail", "operator": "IS NOT NULL"})
    assert said(CRM, "mapping/User/filter", "x", live, flow=Clear()) == [{"name": "all", "all": [clause]}]


def test_a_url_that_is_made_of_a_host_and_a_name_is_changed_there() -> None:
    host: Value[FieldValue] = Value(Address(Kind.CONNECTOR_HOST, "ecma"))
    things = {CRM: Thing(CRM, {"connector.host": host})}
    spec = Spec(DesiredState(things), Tenant("t", "t", "emulator"), Policy())  # type: ignore[arg-type]
    field = FieldChange("connector.url", "https://x", None, Cause.DRIFT)
    with pytest.raises(Unsayable, match=r"connector\.host"):
        live_node(CRM, field, spec, LiveState({}))
