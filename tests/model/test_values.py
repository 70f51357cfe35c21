"""Values as JSON: every value has one form and comes back, and a secret's text has none."""

from __future__ import annotations

import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from reconciler.errors import Refused
from reconciler.model.address import app
from reconciler.model.cells import ABSENT, Known, Reason, Unreadable
from reconciler.model.documents import canonical, digest_of, read_json, whole
from reconciler.model.mapping_codec import desired_mapping_from_json, object_mapping_from_json
from reconciler.model.secret import SecretSource, SecretText
from reconciler.model.states import FieldValue
from reconciler.model.values import (
    EXCERPT,
    LONG,
    Malformed,
    items,
    member,
    members,
    number,
    start_value,
    text,
    value_from_json,
    value_to_json,
)
from tests.model.planting import planted
from tests.strategies import field_values, live_cells, names

TOKEN = SecretText("hunter2hunter2")


@given(st.none() | field_values())
def test_every_value_comes_back(value: FieldValue | None) -> None:
    read = value_from_json(json.loads(json.dumps(value_to_json(value))))
    assert read == value
    assert type(read) is type(value)


@given(field_values(), field_values())
def test_different_values_have_different_forms(one: FieldValue, other: FieldValue) -> None:
    same = type(one) is type(other) and one == other
    assert (canonical(value_to_json(one)) == canonical(value_to_json(other))) is same


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | names(),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(names(), below, max_size=3),
    max_leaves=8,
)


@given(json_values)
def test_the_canonical_form_is_that_of_rfc_8785(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@pytest.mark.parametrize(
    "value",
    [1.0, 1e21, 5e-324, -0.0, [1.5], {"a": 2.0}, {"\U0001f600": 1, "\uffff": 2}, "\x7f\u2028", {"b": 1, "a": [1e3]}],
    ids=repr,
)
def test_numbers_and_names_that_sort_oddly_are_canonical(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


def deep(levels: int) -> Any:
    value: Any = 0
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value", [2**53, -(2**60), float("nan"), float("inf"), "\ud800", TOKEN, {"a": TOKEN}, deep(100_000)]
)
def test_what_has_no_canonical_form_is_refused_without_being_shown(value: Any) -> None:
    with pytest.raises(Malformed) as caught:
        canonical(value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "this is no JSON"),
        (b'{"a": 1, "b": 2, "a": 3}', "the name 'a' occurs twice"),
        (b'{"a": NaN}', "NaN is no number"),
        (b"\xff\xfe\x00", "this is no JSON"),
        (b"[" * 100_000, "this is no JSON"),
        (b"1" * 5_000, "this is no JSON"),
    ],
    ids=["half", "twice", "nan", "no UTF-8", "deep", "huge"],
)
def test_what_is_no_json_is_one_finding(content: bytes, message: str) -> None:
    with pytest.raises(Refused) as caught:
        read_json(content)
    (finding,) = caught.value.findings
    assert message in finding.message
    assert "\n" not in finding.message


def test_json_is_read() -> None:
    assert read_json(b'{"a": [1, 2.5, null, "x"]}') == {"a": [1, 2.5, None, "x"]}


@pytest.mark.parametrize(
    "document",
    [
        1.5,
        {},
        {"ref": "group"},
        {"ref": "planet/mars"},
        {"ref": 1},
        {"ref": "group/hr", "more": 1},
        {"refs": "group/hr"},
        {"refs": [None]},
        {"env": "T", "version": True},
        {"env": "T", "version": 1.0},
        {"file": 1, "version": 1},
        {"mapping": {}},
        {"objectMapping": 1},
        [1],
        {"what": "ever"},
    ],
    ids=str,
)
def test_a_form_that_nobody_writes_is_refused(document: Any) -> None:
    with pytest.raises(Malformed):
        value_from_json(document)


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"source": None}, "source"),
        ({"flow": ["add", "fly"]}, "flow/1"),
        ({"match": "userName"}, "match"),
        ({"enabled": 1}, "enabled"),
        (
            {"filter": [{"name": "x", "all": [{"attribute": "a", "operator": "EQUALS", "values": [1]}]}]},
            "filter/0/all/0/values/0",
        ),
        ({"attributes": {"mail": {"source": {}}}}, "attributes/mail/source"),
        ({"attributes": {"mail": {"source": {"source": "a", "constant": "b"}}}}, "attributes/mail/source"),
        ({"attributes": {"mail": {"source": {"guess": "a"}}}}, "attributes/mail/source"),
        ({"attributes": {"mail": {"source": {"source": "a"}, "apply": "never"}}}, "attributes/mail/apply"),
        (
            {"attributes": {"mail": {"source": {"source": "a"}, "apply": "always", "when": None}}},
            "attributes/mail/when",
        ),
        ({"attributes": {"mail": 1}}, "attributes/mail"),
    ],
    ids=str,
)
def test_a_fault_in_a_mapping_tells_where(changes: dict[str, Any], pointer: str) -> None:
    sound = {
        "source": "User",
        "target": "User",
        "enabled": True,
        "flow": [],
        "match": [],
        "filter": [],
        "attributes": {},
    }
    assert object_mapping_from_json(sound).source == "User"
    with pytest.raises(Malformed) as caught:
        object_mapping_from_json({**sound, **changes})
    assert caught.value.pointer == pointer


@pytest.mark.parametrize(
    "cell", [{}, {"clear": False}, {"clear": True, "value": []}, {"value": [], "more": 1}, 1], ids=str
)
def test_a_cell_of_a_desired_mapping_is_null_cleared_or_a_value(cell: Any) -> None:
    with pytest.raises(Malformed) as caught:
        desired_mapping_from_json({"source": "U", "target": "U", "attributes": {}, "match": cell})
    assert caught.value.pointer == "match"


@pytest.mark.parametrize(
    ("read", "good", "bad"),
    [
        (text, "x", [1, None, True, [], {}]),
        (number, 1.5, ["1", None, True, float("nan"), float("inf")]),
        (whole, 3, [1.0, "1", None, False]),
        (members, {"a": 1}, [[], "a", 1, None]),
        (items, [1], ["ab", {"a": 1}, None, 1, TOKEN]),
        (lambda document: member(Reason, document), "out of scope", ["nowhere", 1, None]),
    ],
    ids=["text", "number", "whole", "members", "items", "member"],
)
def test_a_reader_takes_its_own_kind_only(read: Any, good: Any, bad: list[Any]) -> None:
    read(good)
    for document in bad:
        with pytest.raises(Malformed):
            read(document)


# start values


def test_a_short_value_stands_in_a_plan_as_it_is() -> None:
    assert start_value(app("x"), "job.enabled", Known(value=True)).text == '{"known":true}'
    assert start_value(app("x"), "job.enabled", ABSENT).text == '{"absent":true}'
    failed = Unreadable(Reason.FAILED, "request 42 at noon")
    assert start_value(app("x"), "job.enabled", failed).text == '{"unreadable":"the read failed"}'


def test_a_long_value_stands_in_a_plan_as_digest_and_excerpt() -> None:
    fits = "x" * (LONG - len('{"known":""}'))
    assert start_value(app("x"), "k", Known(fits)).digest == ""
    long = start_value(app("x"), "k", Known(fits + "x"))
    assert long.digest == digest_of({"known": fits + "x"})
    assert len(long.text) == EXCERPT + 1
    assert long.text.endswith("…")


@given(live_cells(), live_cells())
def test_start_values_are_equal_where_cells_are_but_for_the_cause_of_a_failed_read(one: Any, other: Any) -> None:
    def plain(cell: Any) -> Any:
        return Unreadable(cell.reason) if isinstance(cell, Unreadable) else value_to_json(getattr(cell, "value", None))

    same = type(one) is type(other) and canonical_of(plain(one)) == canonical_of(plain(other))
    assert (start_value(app("x"), "k", one) == start_value(app("x"), "k", other)) is same


def canonical_of(value: Any) -> Any:
    return value if isinstance(value, Unreadable) else canonical(value)


# secrets


def test_a_secret_is_known_by_its_source_and_version_only() -> None:
    assert value_to_json(SecretSource(3, env="HR_TOKEN")) == {"env": "HR_TOKEN", "version": 3}
    assert value_to_json(SecretSource(1, file="secrets/hr")) == {"file": "secrets/hr", "version": 1}


@given(field_values())
def test_no_value_with_a_secret_in_it_shows_it(value: Any) -> None:
    forms: list[Any] = []
    for infected in planted(value, TOKEN):
        try:
            forms.append(canonical(value_to_json(infected)))
        except (Malformed, AssertionError, TypeError, AttributeError) as refused:
            forms.append(str(refused).encode())
    assert forms
    assert not any(b"hunter2" in form for form in forms)


def test_a_secret_itself_has_no_form() -> None:
    with pytest.raises(AssertionError, match=r"\*\*\*"):
        value_to_json(TOKEN)  # type: ignore[arg-type]
