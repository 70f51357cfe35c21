"""Text from outside in a comment: it is shown as it is, and it is nothing but text."""

import re
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reconciler.model.address import Address, Kind
from reconciler.model.plan import Action
from reconciler.report.drawing import drawing
from reconciler.report.markdown.page import LIMIT, Fold, page, shortened
from reconciler.report.markdown.text import cell, code, fence, prose
from reconciler.report.terminal import escape
from tests.report.plans import change, field
from tests.report.rendered import inline, loose, structure, text, tokens

PIECES = [
    "@octocat", "#12", "GH-12", "org/repo#1", "https://evil.example/x", "www.evil.example", "a@b.example", "<b>", "</td>",
    "</details>", "<!--", "-->", "![x](y)", "[a](javascript:x)", "**b**", "__b__", "~~~", "```", "`", "``", "|", "\\", "\\|",
    "\\`", "&lt;", "&#64;", ":smile:", "$x$", "1.", "1)", "- x", "# h", "> q", "---", "===", "    x", "\n\n", "\r", "\t",
    "\u202e", "\u200f", "\x1b[2J", "\x00", "\ud800", "deadbeefcafe", "/close", "{0}", "x", "plain words", "'", '"', "(", ")", "é", "日本",
]  # fmt: skip
HOSTILE = st.lists(st.one_of(st.sampled_from(PIECES), st.sampled_from([" ", ""]), st.text(max_size=5)), max_size=8).map(
    "".join
)
MARKUP = re.compile(r"[@#<>\[\]`|\\*_~&$/{}=]|://|www\.|:\w+:|\b[0-9a-f]{7,40}\b|\w+-\d")


def squeezed(shown: str) -> str:
    return " ".join(shown.replace("`", "").split())


@given(HOSTILE)
@example("`p`q` @x")
@example("1. a list?")
@example("as of deadbeefcafe it is")
@example("a `quoted piece` and `an open one")
def test_prose_shows_the_text_and_is_nothing_else(hostile: str) -> None:
    markdown = f"- {prose(hostile)}"
    assert {token.type for token in inline(markdown)} <= {"text", "code_inline"}
    assert squeezed(text(markdown)) == squeezed(escape(hostile))
    assert not [found for found in loose(markdown) if MARKUP.search(found)]
    assert structure(markdown)[:3] == ["bullet_list_open ", "list_item_open ", "paragraph_open "] or not hostile.strip()


@given(HOSTILE)
def test_code_is_one_span_that_shows_the_text(hostile: str) -> None:
    (span,) = inline(f"x{code(hostile)}")[1:]
    assert span.type == "code_inline"
    assert span.content == (escape(hostile) or "(empty)")


@given(HOSTILE, HOSTILE)
@example("a|b", "a \\| b")
def test_a_cell_stays_a_cell_and_shows_a_bar_as_an_escape(first: str, second: str) -> None:
    table = tokens(f"| a | b |\n|---|---|\n| {cell(code(first))} | {cell(prose(second))} |")
    cells = [after for before, after in pairwise(table) if before.type == "td_open"]
    shown = ["".join(child.content for child in each.children or ()) for each in cells]
    expected = [(escape(first) or "(empty)"), escape(second)]
    assert [squeezed(text) for text in shown] == [squeezed(text.replace("|", "\\x7c")) for text in expected]


@given(st.lists(HOSTILE, max_size=4))
def test_a_block_of_code_ends_where_it_should(lines: list[str]) -> None:
    shown = [escape(line) for line in lines]
    block, after = (token for token in tokens(f"{fence(shown)}\n\nafter") if token.content)
    assert block.type == "fence"
    assert block.content == "\n".join(shown) + "\n"
    assert after.content == "after"


def test_a_sentence_reads_well() -> None:
    assert prose("app/ledger-sql is protected, and wouldn't move (33 % of 3; see `a: b`).") == (
        "`app/ledger-sql` is protected, and wouldn't move (33 % of 3; see `a: b`)."
    )


@given(HOSTILE, HOSTILE)
def test_a_label_of_the_drawing_is_letters_and_numbers_of_letters(key: str, name: str) -> None:
    unbound = Address.unbound(Kind.APP, key)
    moved = change(
        Address(Kind.GROUP, f"g{key}"),
        Action.CHANGE,
        field("agents", None, frozenset({Address(Kind.AGENT, f"a{key}")})),
    )
    left = change(unbound, Action.CHANGE, field("group", None, Address(Kind.GROUP, f"g{key}")))
    lines = drawing((moved, left), (), {unbound: name}).lines
    labels = [found for line in lines for found in re.findall(r'^  n\d+\W+"(.*)"\W+(?::::\w+)?$', line)]
    assert len(labels) == 3
    assert all(letter.isalnum() or letter in " -_/#;" for label in labels for letter in label)
    decoded = [re.sub(r"#(\d+);", lambda found: chr(int(found[1])), label) for label in labels]
    assert escape(f"agent/a{key}")[:50] == decoded[0][:50]


def test_a_page_is_cut_between_blocks_and_says_what_is_missing() -> None:
    folds = [
        Fold("changes", "change", 10, ("x" * 9_000,) * 10),
        Fold("steps", "wave", 1, ("y" * 9_000,)),
        Fold("none", "n", 0, ()),
    ]
    made = page(["head"], folds, "foot")
    assert len(made) <= LIMIT
    assert made.startswith("head\n\n<details><summary>changes</summary>\n\nxxx")
    assert made.count("x" * 9_000) == 6
    assert made.endswith("</details>\n\n*Left out, because a comment holds only so much: 4 changes, 1 wave.*\n\nfoot\n")
    assert "none" not in made


@pytest.mark.parametrize("ticks", ["```", "````", "x `` y"])
def test_a_page_of_little_has_all(ticks: str) -> None:
    made = page(["head"], [Fold("all", "line", 1, (fence([ticks]),))])
    assert "Left out" not in made
    assert [token.type for token in tokens(made)][3:] == ["html_block", "fence", "html_block"]


def test_a_long_block_is_cut_and_says_how_much_is_missing() -> None:
    assert shortened(["a", "b"]) == ["a", "b"]
    cut = shortened(["x" * 10_000] * 200)
    assert len(cut) == 150
    assert cut[0] == "x" * 497 + "..."
    assert cut[-1] == "... and 51 more lines"
