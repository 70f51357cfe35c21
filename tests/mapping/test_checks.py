"""What is said of an expression before anybody is evaluated."""

from __future__ import annotations

import pytest

from reconciler.mapping.checks import Doubt, attributes_of, functions_of, is_random, remarks
from reconciler.mapping.functions.table import FUNCTIONS
from reconciler.mapping.language.parser import parse

D = Doubt


@pytest.mark.parametrize(
    ("expression", "doubts"),
    [
        ('Join(" ", [a], [b])', []),
        ("tolower([a])", [(D.UNKNOWN_FUNCTION, 1)]),
        ('Append(Lower([a]), "x")', [(D.UNKNOWN_FUNCTION, 8)]),
        ("Left([a])", [(D.ARITY, 1)]),
        ("Now([a])", [(D.ARITY, 1)]),
        ('Switch([a], "d", "k")', [(D.ARITY, 1)]),
        ('Switch([a], "k1", "v1", "k2", "v2")', [(D.DEFAULT, 1)]),
        ('Switch([a], , "k", "v", "k", "w")', [(D.UNREACHABLE, 25)]),
        ('Switch([a], , "k", "v", [b], "w")', []),
        ('Coalesce([a], "x", [b])', [(D.UNREACHABLE, 20)]),
        ('Coalesce([a], [b], "x")', []),
        ('IIF([a]="", "x", "y")', [(D.UNREACHABLE, 13)]),
        ('IIF("True", [a], [b])', [(D.UNREACHABLE, 18)]),
        ('IIF("false", [a], [b])', [(D.UNREACHABLE, 14)]),
        ('Left([a], "two")', [(D.TYPE, 11)]),
        ('Left([a], "2")', []),
        ("BitAnd([a], &HF)", []),
        ("Mid([a], 1, )", [(D.TYPE, 13)]),
        ("Left([a], Split([b]))", [(D.TYPE, 11)]),
        ("Left([a], Unheard([b]))", [(D.UNKNOWN_FUNCTION, 11)]),
        ('Count("a")', [(D.TYPE, 7)]),
        ("ToLower([a], )", []),
        ('[a]="b"', [(D.COMPARISON, 1)]),
        ('Join("", [a]="b", [c])', [(D.COMPARISON, 10)]),
        ('CBool([a]="b")', []),
        ('Append(mail, "x")', [(D.WORD, 8)]),
        ('InStr([a], "x", 1, vbTextCompare)', []),
        ("%DomainFQDN%", []),
        ('Replace([a], "x", , , , , )', [(D.ARITY, 1)]),
        ('Replace([a], , "x", , "y", , )', []),
        ('Replace([a], , [b], , "y", , )', []),
        ('Replace([a], , "(a", , "", , )', [(D.PATTERN, 16)]),
        ('Replace([a], , "(a+)+", , "", , )', [(D.RUNAWAY, 16)]),
    ],
)
def test_a_remark_has_its_doubt_and_its_place(expression, doubts):
    assert [(each.doubt, each.node.start + 1) for each in remarks(parse(expression))] == doubts


def test_the_examples_of_the_page_are_beyond_doubt():
    for function in FUNCTIONS.values():
        for example in function.examples:
            assert not list(remarks(parse(example.expression))), example.expression


def test_what_an_expression_uses():
    tree = parse('IIF(IsPresent([a]), Append([b], Guid()), "x")')
    assert [each.name for each in attributes_of(tree)] == ["a", "b"]
    assert list(functions_of(tree)) == ["IIF", "IsPresent", "Append", "Guid"]
    assert is_random(tree)
    assert not is_random(parse("[a]"))
