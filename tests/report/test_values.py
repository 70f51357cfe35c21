"""Values in words."""

import pytest

from reconciler.model.address import agent, group
from reconciler.model.mappings import AttributeMapping, DesiredMapping, ObjectMapping, Source, SourceKind
from reconciler.model.secret import SecretSource
from reconciler.model.states import FieldValue
from reconciler.report.values import change_lines, value_text
from tests.report.plans import field

A, B, C = (agent(key) for key in "abc")
MAIL = AttributeMapping("mail", Source(SourceKind.ATTRIBUTE, "mail"))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "nothing"),
        (True, "true"),
        (False, "false"),
        (50, "50"),
        ("", '""'),
        ("Finance\x1b", r'"Finance\x1b"'),
        (group("hr"), "group/hr"),
        (frozenset({B, A}), "agent/a, agent/b"),
        (frozenset(), "nobody"),
        (("x", "y"), '"x", "y"'),
        ((), "nothing"),
        (SecretSource(3, env="HR_TOKEN"), "version 3 from env HR_TOKEN"),
        (ObjectMapping("User", "User", attributes={"mail": MAIL}), "User to User, 1 attribute"),
        (DesiredMapping("User", "User"), "User to User, 0 attributes"),
    ],
)
def test_a_value_in_words(value: FieldValue | None, words: str) -> None:
    assert value_text(value) == words


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        ("a", "b", ['"a" → "b"']),
        (None, "b", ['"b"']),
        ("a", None, ['"a" → nothing']),
        (frozenset({A, B}), frozenset({B, C}), ["+ agent/c", "- agent/a"]),
        (None, frozenset({A}), ["+ agent/a"]),
        (frozenset({A}), None, ["- agent/a"]),
        (frozenset(), frozenset(), ["nobody → nobody"]),
        (frozenset({group("hr")}), group("web"), ["group/hr → group/web"]),
        (frozenset({group("hr"), group("web")}), group("web"), ["- group/hr"]),
    ],
)
def test_what_becomes_of_a_value(before: FieldValue | None, after: FieldValue | None, lines: list[str]) -> None:
    assert list(change_lines(field("x", before, after))) == lines


def test_the_planners_own_words_come_first() -> None:
    assert list(change_lines(field("x", "a", "b", "one\x1b", "two"))) == [r"one\x1b", "two"]
