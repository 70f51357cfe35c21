"""A test of a mapping holds or is told with what was found; what no test reaches is told too."""

from __future__ import annotations

import pytest

from reconciler.mapping.testing import Broken, broken_tests, reach
from reconciler.model.cells import Value
from reconciler.model.mapping_tests import Expected, Given, MappingTest, MappingUnderTest
from reconciler.model.mappings import (
    Apply,
    Clause,
    ClauseGroup,
    DesiredAttribute,
    DesiredMapping,
    Source,
    SourceKind,
)

EXPRESSIONS = {
    "name": 'Join(" ", [givenName], [surname])',
    "kind": 'Switch([type], "other", "E", "staff", "G", "guest")',
    "code": "Left([a], [b])",
    "phone": "IgnoreFlowIfNullOrEmpty([mobile])",
    "today": "Now()",
    "torn": "Trim(",
    "out": 'IIF([type]="X", IgnoreObjectFlow, "in")',
}
ATTRIBUTES = {
    "login": DesiredAttribute("login", Source(SourceKind.ATTRIBUTE, "upn")),
    "first": DesiredAttribute("first", Source(SourceKind.CONSTANT, "x"), apply=Apply.ON_CREATE),
    "count": DesiredAttribute("count", Source(SourceKind.EXPRESSION, "Count([many])")),
    "many": DesiredAttribute("many", Source(SourceKind.ATTRIBUTE, "many")),
    **{name: DesiredAttribute(name, Source(SourceKind.EXPRESSION, text)) for name, text in EXPRESSIONS.items()},
}
FILTER = (ClauseGroup("staff", (Clause("type", "REGEX MATCH", ("E|(",)),)),)
MAPPING = DesiredMapping("User", "User", match=Value(("login", "code")), attributes=ATTRIBUTES)


def under_test(*tests: MappingTest, mapping: DesiredMapping = MAPPING) -> MappingUnderTest:
    """The mapping with these tests."""
    return MappingUnderTest("mapping/people", mapping, tests)


def broken(given: dict[str, Given], target: str, expected: Expected, **rest) -> Broken | None:
    """What a test that expects one thing comes to; None where it holds."""
    found = list(broken_tests(under_test(MappingTest(given, {target: expected}, **rest))))
    assert len(found) <= 1
    return found[0] if found else None


@pytest.mark.parametrize(
    ("given", "target", "expected", "rest"),
    [
        ({"givenName": "Ada", "surname": "L"}, "name", Expected("Ada L"), {}),
        ({"type": "E"}, "kind", Expected("staff"), {}),
        ({}, "login", Expected(None), {}),
        ({"mobile": ""}, "phone", Expected(flows=False), {}),
        ({"a": "x", "b": "y"}, "code", Expected(error="whole number"), {}),
        ({}, "code", Expected(error=""), {}),
        ({"many": ("a", "b")}, "many", Expected(("a", "b")), {}),
        ({"many": ("a", "b")}, "count", Expected(2), {}),
        ({"many": ("a", "b")}, "count", Expected("2"), {}),
        ({}, "today", Expected("1/1/2000 12:00:00 PM"), {}),
        ({}, "today", Expected("2/3/2026 12:00:00 AM"), {"now": "2026-02-03"}),
        ({}, "today", Expected("2/3/2026 3:04:05 AM"), {"now": "2026-02-03T04:04:05+01:00"}),
        ({}, "torn", Expected(error="never closed"), {}),
        ({}, "first", Expected("x"), {}),
        ({}, "first", Expected(flows=False), {"creates": False}),
        ({"type": "X"}, "login", Expected(flows=False), {}),
    ],
)
def test_what_is_as_expected_holds(given, target, expected, rest):
    assert broken(given, target, expected, **rest) is None


@pytest.mark.parametrize(
    ("given", "target", "expected", "words"),
    [
        ({"surname": "L"}, "name", Expected("Ada L"), ('"Ada L"', '"L"')),
        ({}, "login", Expected(""), ('""', "null")),
        ({"mobile": "1"}, "phone", Expected(flows=False), ("no flow", '"1"')),
        ({}, "phone", Expected("1"), ('"1"', "no flow")),
        ({"a": "x", "b": "1"}, "code", Expected(error="no"), ("a fault that says 'no'", '"x"')),
        (
            {},
            "code",
            Expected(error="no"),
            ("a fault that says 'no'", "a fault: the number of letters is a whole number"),
        ),
        ({}, "nobody", Expected("1"), ('"1"', "no mapping of this attribute")),
        ({"many": ("a",)}, "many", Expected(("a", "b")), ('["a", "b"]', '["a"]')),
    ],
)
def test_what_is_not_as_expected_is_told(given, target, expected, words):
    found = broken(given, target, expected)
    assert found is not None
    assert (found.what, found.expected, found.found) == (target, *words)
    assert found.expression == EXPRESSIONS.get(target, "")


@pytest.mark.parametrize(
    ("target", "expected", "found"),
    [("login", "a@b", None), ("login", "b", '"a@b"'), ("code", "x", "a fault: the number of letters is a whole number"),
     ("name", "x", "no matching attribute")],
)  # fmt: skip
def test_the_match_is_looked_at_too(target, expected, found):
    told = list(broken_tests(under_test(MappingTest({"upn": "a@b"}, match={target: Expected(expected)}))))
    assert [(each.what, each.found) for each in told] == ([] if found is None else [(f"the match by {target}", found)])


def test_the_scope_is_looked_at_too():
    in_scope, out = MappingTest({"type": "E"}, in_scope=True), MappingTest({}, in_scope=True)
    clause = ClauseGroup("staff", (Clause("type", "EQUALS", ("E",)),))
    mapping = DesiredMapping("User", "User", filter=Value((clause,)), attributes={})
    told = list(broken_tests(under_test(in_scope, out, mapping=mapping)))
    assert [(each.number, each.what, each.expected, each.found) for each in told] == [
        (2, "the scope", "in scope", "out of scope")
    ]
    torn = DesiredMapping("User", "User", filter=Value(FILTER), attributes={})
    (told_of,) = broken_tests(under_test(MappingTest({"type": "E"}, in_scope=False), mapping=torn))
    assert told_of.found.startswith("the pattern is not valid")


def test_what_no_test_reaches_is_told():
    test = MappingTest({"type": "E"}, {"kind": Expected("staff")}, {"login": Expected(None)})
    reached = reach(under_test(test))
    assert reached.attributes == len(ATTRIBUTES)
    assert set(reached.attributes_missed) == set(ATTRIBUTES) - {"kind", "login"}
    assert reached.branches == 7
    assert reached.branches_missed == ('kind: "other"', 'kind: "G"', 'kind: "guest"', "out: IgnoreObjectFlow")
