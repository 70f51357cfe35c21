"""A filter means what OData says, and whatever is not understood is refused."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.emulator.odata import QueryError, apply_query, parse_query
from reconciler.emulator.odata.filter_parser import parse_filter
from reconciler.emulator.odata.filter_tree import (
    And,
    Compare,
    Filter,
    Guid,
    Not,
    Operator,
    Or,
    StartsWith,
    print_filter,
)

APPS = [
    {"id": "1", "displayName": "HR applications", "weight": 3, "enabled": True, "status": {"code": "Active"}},
    {"id": "2", "displayName": "o'app", "weight": None, "enabled": False, "status": {"code": "Paused"}},
    {"id": "3", "displayName": "Finance", "enabled": True, "status": None},
    {"id": "0b57845e-aa49-4e6f-8109-ce654fffa618", "displayName": "x", "weight": 10, "enabled": True, "tags": ["a"]},
]


def ids(text: str) -> list[object]:
    return [entity["id"] for entity in apply_query(parse_query([("$filter", text)]), APPS, 100).entities]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("displayName eq 'hr APPLICATIONS'", ["1"]),
        ("displayName eq 'o''app'", ["2"]),
        ("startswith(displayName,'FIN')", ["3"]),
        ("startswith( displayName , 'o''' )", ["2"]),
        ("weight eq 3", ["1"]),
        ("weight gt 2.5 and weight le 10", ["1", "0b57845e-aa49-4e6f-8109-ce654fffa618"]),
        ("weight eq null", ["2", "3"]),
        ("weight ne 3", ["2", "3", "0b57845e-aa49-4e6f-8109-ce654fffa618"]),
        ("enabled eq false", ["2"]),
        ("status/code eq 'Active'", ["1"]),
        ("id eq 0B57845E-AA49-4E6F-8109-CE654FFFA618", ["0b57845e-aa49-4e6f-8109-ce654fffa618"]),
        ("id eq '1' or id eq '2' and enabled eq true", ["1"]),
        ("(id eq '1' or id eq '2') and enabled eq false", ["2"]),
        ("not (enabled eq true)", ["2"]),
        ("not startswith(displayName,'o') and not (id eq '3')", ["1", "0b57845e-aa49-4e6f-8109-ce654fffa618"]),
        ("displayName lt 'g'", ["3"]),
    ],
)
def test_a_filter_selects_what_it_says(text: str, expected: list[str]) -> None:
    assert ids(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "displayName",
        "displayName eq",
        "displayName eq 'open",
        "eq 'x'",
        "'x' eq displayName",
        "displayName = 'x'",
        "displayName eq 'x' or",
        "displayName eq 'x' and and id eq '1'",
        "displayName eq 'x')",
        "(displayName eq 'x'",
        "displayName in ('x','y')",
        "contains(displayName,'x')",
        "endswith(displayName,'x')",
        "startswith(displayName)",
        "startswith('x',displayName)",
        "agents/any(a:a/id eq '1')",
        "weight add 1 eq 4",
        "displayName EQ 'x'",
        "weight eq " + "9" * 4400,
        "weight eq 1.2.3",
        "displayName eq 'x'; drop",
        "id eq \x00",
        "(" * 2_000 + "id eq '1'" + ")" * 2_000,
        "not " * 2_000 + "id eq '1'",
        "id eq '" + "x" * 10_000 + "'",
    ],
)
def test_what_is_not_understood_is_refused(text: str) -> None:
    with pytest.raises(QueryError):
        parse_query([("$filter", text)])


@pytest.mark.parametrize(
    "text", ["displayName ne 5", "enabled ne 'x'", "status ne 'x'", "tags eq 'a'", "startswith(weight,'3')"]
)
def test_a_literal_of_another_type_is_refused_rather_than_unequal(text: str) -> None:
    with pytest.raises(QueryError):
        ids(text)


def test_a_long_chain_of_alternatives_needs_no_depth() -> None:
    assert ids(" or ".join(f"id eq '{number}'" for number in range(400))) == ["1", "2", "3"]


names = st.from_regex(r"[a-z][A-Za-z0-9]{0,6}", fullmatch=True).filter(
    lambda name: name not in {"not", "and", "or", "null", "true", "false", "eq", "ne", "gt", "ge", "lt", "le"}
)
property_paths = st.lists(names, min_size=1, max_size=3).map(tuple)
literals = (
    st.none()
    | st.booleans()
    | st.integers(-(10**17), 10**17)
    | st.floats(-1e15, 1e15).filter(lambda number: "e" not in repr(number))
    | st.text(max_size=12)
    | st.uuids().map(lambda found: Guid(str(found)))
)
leaves = st.builds(Compare, property_paths, st.sampled_from(Operator), literals) | st.builds(
    StartsWith, property_paths, st.text(max_size=8)
)


def composites(inner: st.SearchStrategy[Filter]) -> st.SearchStrategy[Filter]:
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.builds(Not, inner) | st.builds(And, several) | st.builds(Or, several)


@given(st.recursive(leaves, composites, max_leaves=12))
def test_a_filter_that_is_written_and_read_again_is_the_same(tree: Filter) -> None:
    assert parse_filter(print_filter(tree)) == tree


@given(st.text(max_size=40))
def test_no_text_breaks_the_parser(text: str) -> None:
    with suppress(QueryError):
        assert parse_filter(print_filter(parse_filter(text))) == parse_filter(text)
