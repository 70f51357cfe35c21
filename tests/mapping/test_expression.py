"""An expression balances or the place is named where it does not; blanks that say nothing make no difference."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.mapping.expression import balance, same_text


@pytest.mark.parametrize(
    "text",
    [
        "", "[mail]", '"text"', 'Join(" ", [givenName], [surname])', r'Replace([a], "\"", "(", , , , )', '"a)b(c"', "[odd(name]",
        'Switch([a], "", "x[", "y")', '[emails[type eq "work"].value]', 'IIF([a]="b", %DomainFQDN%, -1)', "F (\n [a] )",
    ],
)  # fmt: skip
def test_what_balances_has_no_fault(text):
    assert balance(text) is None


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ('Join(" , [a])', 5),
        ("Trim([a)", 5),
        ("Trim([a]", 4),
        ("Trim[a])", 7),
        ("a]", 1),
        ("F(G([a])", 1),
        (r'"\"', 0),
        ("F([a]))", 6),
    ],
)
def test_what_does_not_balance_is_found_where_it_begins(text, column):
    assert balance(text).column == column


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ('F([a],"b c")', 'F( [a] ,\n "b c" )', True), ("F ([a])", "F([a])", True), ('F("a b")', 'F("a  b")', False), ("F([a b])", "F([a  b])", False),
        ("f([a])", "F([a])", False), ("F(a b)", "F(ab)", False), ('F("a",)', 'F("a", )', True), ("F([a])", "F([b])", False),
    ],
)  # fmt: skip
def test_blanks_that_say_nothing_make_no_difference(one, other, same):
    assert same_text(one, other) is same


@given(st.text(alphabet='ab[]()", \\\n', max_size=40))
def test_any_text_is_judged_and_a_fault_lies_within_it(text):
    fault = balance(text)
    assert fault is None or 0 <= fault.column < len(text)


@given(st.lists(st.sampled_from(["[a]", '"b c"', "X", ",", "(", ")"]), max_size=12))
def test_blanks_between_parts_never_matter_around_punctuation(parts):
    spread = "".join(f" {part} " if part in ",()" else part for part in parts)
    assert same_text("".join(parts), spread)
