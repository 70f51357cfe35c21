"""A clause holds as the page says, null is false to all but one, and groups are alternatives."""

from __future__ import annotations

import pytest

from reconciler.mapping.failure import Failed
from reconciler.mapping.scope import OPERATORS, clause_holds, in_scope, operator_of
from reconciler.model.mappings import Clause, ClauseGroup


@pytest.mark.parametrize(
    ("operator", "values", "value", "holds"),
    [
        ("EQUALS", ("NY",), "NY", True),
        ("EQUALS", ("NY",), "ny", False),
        ("EQUALS", ("NY", "CA"), "CA", True),
        ("EQUALS", ("7",), 7, True),
        ("NOT EQUALS", ("NY",), "CA", True),
        ("NOT EQUALS", ("NY", "CA"), "CA", False),
        ("NOT EQUALS", ("NY",), None, False),
        ("NOT EQUALS", ("NY",), "", False),
        ("IS NULL", (), None, True),
        ("IS NULL", (), "", True),
        ("IS NULL", (), "x", False),
        ("IS NOT NULL", (), None, False),
        ("IS NOT NULL", (), "x", True),
        ("IS TRUE", (), True, True),
        ("IS TRUE", (), "true", True),
        ("IS TRUE", (), None, False),
        ("IS FALSE", (), "False", True),
        ("IS FALSE", (), None, False),
        ("REGEX MATCH", ("[1-9][0-9]",), "42", True),
        ("REGEX MATCH", ("^User_",), "my User_", False),
        ("NOT REGEX MATCH", ("^MSOL_",), "ada", True),
        ("NOT REGEX MATCH", ("^MSOL_",), None, False),
        ("Includes", ("ale",), "Sales", True),
        ("INCLUDES", ("Ale",), "Sales", False),
        ("ENDS_WITH", ("es",), "Sales", True),
        ("Greater_Than", ("9",), "10", True),
        ("GREATER THAN", ("10",), 10, False),
        ("Greater_Than_OR_EQUALS", ("10",), "10", True),
        ("&", ("-2147483648",), "-2147483646", True),
        ("!&", ("2",), 4, True),
        ("!&", ("2",), None, False),
        ("EQUALS", ("a",), ("a", "a"), True),
        ("EQUALS", ("a",), ("a", "b"), False),
    ],
)
def test_a_clause_holds(operator, values, value, holds):
    assert clause_holds(Clause("state", operator, values), {"State": value}) is holds


@pytest.mark.parametrize(
    ("operator", "value"),
    [("Greater_Than", "many"), ("&", "x"), ("REGEX MATCH", "x"), ("LIKE", "x"), ("IS TRUE", "maybe")],
)
def test_a_clause_that_cannot_be_judged_fails(operator, value):
    with pytest.raises(Failed):
        clause_holds(Clause("a", operator, ("(",)), {"a": value})


def test_one_group_is_enough_and_all_of_its_clauses_are_needed():
    filter_ = (
        ClauseGroup("one", (Clause("a", "EQUALS", ("1",)), Clause("b", "EQUALS", ("1",)))),
        ClauseGroup("two", (Clause("c", "IS NOT NULL"),)),
    )
    assert in_scope((), {})
    assert in_scope(filter_, {"a": "1", "b": "1"})
    assert in_scope(filter_, {"c": "1"})
    assert not in_scope(filter_, {"a": "1"})


def test_an_operator_has_the_spelling_of_the_portal_and_of_the_service():
    assert operator_of("ends_with") is operator_of("ENDS WITH") is OPERATORS["ends with"]
    assert operator_of("almost") is None
