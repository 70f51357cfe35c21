"""A text becomes a tree and comes back as it was; what is no expression gives one fault, at its column."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.mapping.language.meaning import same_meaning
from reconciler.mapping.language.parser import DEEPEST, LONGEST, function_called, parse
from reconciler.mapping.language.printer import formatted
from reconciler.mapping.language.tokens import SyntaxFault
from reconciler.mapping.language.tree import Attribute, Bare, Call, Comparison, Empty, Number, Text
from tests.mapping.expressions import expressions, texts

SHAPES = {
    "[mail]": Attribute,
    "[ mail ]": Attribute,
    '[emails[type eq "work"].value]': Attribute,
    '"a \\"b\\" \\\\"': Text,
    "-2147483648": Number,
    "&HF7": Number,
    "1.5": Number,
    "%DomainFQDN%": Bare,
    "IgnoreAttributeFlow": Bare,
    "Now()": Call,
    "Now ( )": Call,
    '[a]<>"b"': Comparison,
}


@pytest.mark.parametrize("text", SHAPES)
def test_every_shape_is_read_to_its_end(text):
    root = parse(text).root
    assert isinstance(root, SHAPES[text])
    assert (root.start, root.end) == (0, len(text))


def test_empty_slots_are_slots():
    call = parse('Replace([a], "x", , , "", , )').root
    assert isinstance(call, Call)
    assert [type(argument) for argument in call.arguments] == [Attribute, Text, Empty, Empty, Text, Empty, Empty]


def test_blanks_and_line_breaks_stand_anywhere():
    loose = 'Switch\n  (  [ a ]  ,\t, "x"\n, IIF ( [b]  >=  -1 ,"y", ) )'
    assert same_meaning(loose, 'Switch([a], , "x", IIF([b]>=-1, "y", ))')


def test_escapes_are_of_quotes_and_backslashes_alone():
    assert parse(r'"a\"b\\c\d"').root.value == r'a"b\c\d'


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("", 1, "the expression is empty"),
        ("f(g(x)", 2, "the parenthesis of f opens here and is never closed"),
        ('f([a], "b', 8, "a double quote opens here and is never closed"),
        ("f([a, b)", 3, "a bracket opens here and is never closed"),
        ("f(x))", 5, "a parenthesis closes here that was never opened"),
        ("[a], [b]", 4, "a comma stands outside of every function"),
        ("[a] [b]", 5, "`[b]` stands behind the end of the expression"),
        ('f("a" "b")', 7, '`"b"` stands where an argument of f has ended'),
        ('"a" + "b"', 5, "`+` means nothing here"),
        ("f(a=b=c)", 6, "a comparison has two sides"),
        ("f(=b)", 3, "nothing stands before `=`"),
        ("f(,=b)", 4, "nothing stands before `=`"),
        ("f(a=)", 5, "nothing stands behind `=`"),
        ("f(a=,b)", 5, "nothing stands behind `=`"),
        ("f(])", 3, "`]` means nothing here"),
        ("f([ ])", 3, "the brackets name no attribute"),
        ("(a)", 1, "a parenthesis opens here with no function before it"),
        ("12ab", 1, "`12ab` is neither a number nor a word"),
        ("“x”", 1, "`“` means nothing here"),
        ("f(a", 2, "the parenthesis of f opens here and is never closed"),
        ("f(a=", 5, "nothing stands behind `=`"),
        ("f(", 2, "the parenthesis of f opens here and is never closed"),
    ],
)
def test_what_is_no_expression_is_told_at_its_column(text, column, message):
    with pytest.raises(SyntaxFault) as fault:
        parse(text)
    assert (fault.value.column, fault.value.message) == (column, message)


def test_a_look_alike_quote_is_answered_with_the_right_one():
    with pytest.raises(SyntaxFault) as fault:
        parse("f(\u2018a\u2019)")
    assert "double quote" in fault.value.hint


def test_calls_stand_within_each_other_up_to_a_depth():
    assert parse("f(" * DEEPEST + ")" * DEEPEST)
    with pytest.raises(SyntaxFault, match="200 deep"):
        parse("f(" * (DEEPEST + 1) + ")" * (DEEPEST + 1))


def test_an_expression_has_at_most_ten_thousand_letters():
    assert parse('"' + "a" * (LONGEST - 2) + '"')
    with pytest.raises(SyntaxFault, match="10,001 characters"):
        parse('"' + "a" * (LONGEST - 1) + '"')


@given(expressions())
def test_a_tree_knows_every_letter_of_its_text(text: str):
    """What is outside of the leaves is punctuation, and the leaves come back from it in order."""
    tree = parse(text)
    leaves = [node for node in tree.nodes() if isinstance(node, Attribute | Text | Number | Bare)]
    rest, at = "", 0
    for leaf in leaves:
        assert leaf.start >= at
        rest += text[at : leaf.start]
        at = leaf.end
    names = {node.name for node in tree.nodes() if isinstance(node, Call)}
    rest += text[at:]
    for name in sorted(names, key=len, reverse=True):
        rest = rest.replace(name, "")
    assert set(rest) <= set(" \t\r\n(),<>=")


@given(expressions())
def test_the_stable_form_is_stable_and_means_the_same(text: str):
    once = formatted(parse(text))
    assert formatted(parse(once)) == once
    assert same_meaning(text, once)


def column_of_fault(text: str) -> int:
    """Where a text stops to be an expression; 1 where it is one."""
    try:
        parse(text)
    except SyntaxFault as fault:
        return fault.column
    return 1


@given(texts())
def test_any_text_is_an_expression_or_has_one_fault_within_it(text: str):
    assert 1 <= column_of_fault(text) <= len(text) + 1


@given(expressions(), st.data())
def test_a_letter_that_changed_is_a_fault_or_another_expression(text: str, data: st.DataObject):
    place = data.draw(st.integers(0, len(text) - 1))
    changed = text[:place] + data.draw(st.characters(codec="utf-8")) + text[place + 1 :]
    assert 1 <= column_of_fault(changed) <= len(changed) + 1


@pytest.mark.parametrize(
    ("text", "name"), [("Split([a])", "Split"), (" Split ([a])", "Split"), ("[Split]", None), ("Split(", None)]
)
def test_the_outermost_function_has_a_name(text, name):
    assert function_called(text) == name


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("F( [a] )", "F([a])", True),
        ("Left([a], 5)", 'Left([a], "5")', True),
        ("ToLower([a], )", "ToLower([a])", True),
        ('Switch([a], , "", "x")', 'Switch([a], "", "", "x")', False),
        ('"a b"', '"a  b"', False),
        ("[a]", "[A]", False),
        ("%x%", '"%x%"', False),
        ("F([a]", "F([a] ", False),
        ("F([a]", "F([a]", True),
    ],
)
def test_two_texts_mean_the_same_where_only_blanks_differ(one, other, same):
    assert same_meaning(one, other) is same
