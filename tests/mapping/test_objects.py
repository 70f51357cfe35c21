"""What becomes of a user under a whole mapping: in scope or not, what flows, and how the user is matched."""

from __future__ import annotations

import pytest

from reconciler.mapping.objects import Fault, Outcome, ready
from reconciler.model.mappings import (
    Apply,
    AttributeMapping,
    Clause,
    ClauseGroup,
    ObjectMapping,
    Source,
    SourceKind,
)
from tests.mapping.evaluating import sources


def attribute(target: str, kind: SourceKind, text: str = "", **rest) -> AttributeMapping:
    """One attribute mapping."""
    return AttributeMapping(target, Source(kind, text), **rest)


def mapping(*attributes: AttributeMapping, **rest) -> ObjectMapping:
    """A mapping of users."""
    return ObjectMapping("User", "User", attributes={each.target: each for each in attributes}, **rest)


LOGIN = attribute("login", SourceKind.ATTRIBUTE, "userPrincipalName")
FULL = mapping(
    LOGIN,
    attribute("name", SourceKind.EXPRESSION, 'Join(" ", [givenName], [surname])'),
    attribute("kind", SourceKind.CONSTANT, "person"),
    attribute("password", SourceKind.EXPRESSION, "Redact(Guid())", apply=Apply.ON_CREATE),
    attribute("mail", SourceKind.ATTRIBUTE, "mail", default="none@contoso.com"),
    attribute("note", SourceKind.NOTHING, default="new"),
    attribute("phone", SourceKind.EXPRESSION, "IgnoreFlowIfNullOrEmpty([mobile])"),
    match=("login", "name"),
    filter=(ClauseGroup("staff", (Clause("employeeType", "EQUALS", ("Employee",)),)),),
)
ADA = {"userPrincipalName": "ada@contoso.com", "givenName": "Ada", "surname": "Lovelace", "employeeType": "Employee"}


def test_who_is_created_gets_everything_and_the_defaults():
    assert ready(FULL).outcome(ADA, sources(), creates=True).values == {
        "login": "ada@contoso.com",
        "name": "Ada Lovelace",
        "kind": "person",
        "password": "00000000-0000-4000-8000-000000000000",
        "mail": "none@contoso.com",
        "note": "new",
    }


def test_who_is_there_keeps_what_only_flows_on_creation():
    assert ready(FULL).outcome(ADA, sources(), creates=False).values == {
        "login": "ada@contoso.com",
        "name": "Ada Lovelace",
        "kind": "person",
        "mail": None,
        "note": None,
    }


def test_a_value_that_is_there_needs_no_default():
    assert ready(FULL).outcome({**ADA, "mail": "a@b"}, sources(), creates=True).values["mail"] == "a@b"


@pytest.mark.parametrize(("kind", "scope"), [("Employee", True), ("Guest", False), (None, False)])
def test_a_user_is_in_scope_or_not(kind, scope):
    assert ready(FULL).scope({"employeeType": kind}) is scope


def test_a_scope_that_cannot_be_judged_says_why():
    odd = mapping(LOGIN, filter=(ClauseGroup("odd", (Clause("a", "REGEX MATCH", ("(",)),)),))
    scope = ready(odd).scope({"a": "x"})
    assert isinstance(scope, Fault)
    assert scope.message.startswith("the pattern is not valid")


def test_the_values_to_match_by_come_in_their_order():
    assert list(ready(FULL).matching(ADA, sources())) == [("login", "ada@contoso.com"), ("name", "Ada Lovelace")]


def test_a_failure_stays_with_its_attribute():
    odd = mapping(
        LOGIN,
        attribute("code", SourceKind.EXPRESSION, 'Append("x", Error("no code"))'),
        attribute("torn", SourceKind.EXPRESSION, "Trim([a]"),
        match=("code", "torn"),
    )
    outcome = ready(odd).outcome(ADA, sources(), creates=True)
    assert outcome.values == {"login": "ada@contoso.com"}
    assert outcome.faults == {
        "code": Fault("no code", 13),
        "torn": Fault("the parenthesis of Trim opens here and is never closed", 5),
    }
    assert dict(ready(odd).matching(ADA, sources())) == outcome.faults


def test_an_expression_can_let_a_whole_user_out():
    odd = mapping(LOGIN, attribute("a", SourceKind.EXPRESSION, 'IIF([a]="x", "y", IgnoreObjectFlow)'), match=("a",))
    assert ready(odd).outcome(ADA, sources(), creates=True) == Outcome(is_ignored=True)
    assert list(ready(odd).matching(ADA, sources())) == [("a", None)]
