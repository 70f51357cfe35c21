"""What reaches a terminal: nothing that moves the cursor or turns text around, in lines that fit."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.report.terminal import Style, Terminal, escape, first, hang, last, terminal, width, wrap


@given(st.text())
def test_an_escaped_text_holds_no_control_character_direction_mark_or_line_break(text: str) -> None:
    shown = escape(text)
    assert all(unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Zl", "Zp"} for letter in shown)
    assert len(shown.splitlines()) <= 1


@given(st.text())
def test_escaping_twice_changes_nothing_more(text: str) -> None:
    assert escape(escape(text)) == escape(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("HR applications", "HR applications"),
        ("Zürich 東京", "Zürich 東京"),
        ("a\nb\tc", r"a\nb\tc"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("\u202egnp.exe", r"\u202egnp.exe"),
        ("\x9b2J", r"\x9b2J"),
        ("\ud800", r"\ud800"),
        ("a\u200bb\u00a0c", r"a\u200bb\xa0c"),
    ],
)
def test_what_cannot_be_seen_is_written_out(text: str, shown: str) -> None:
    assert escape(text) == shown


@pytest.mark.parametrize(("text", "columns"), [("abc", 3), ("東京", 4), ("é", 1), ("e\u0301", 1), ("", 0)])
def test_width_counts_columns(text: str, columns: int) -> None:
    assert width(text) == columns


@given(st.text(alphabet="ab東e\u0301"), st.integers(0, 12))
def test_a_text_is_cut_at_either_end_to_what_fits(text: str, columns: int) -> None:
    begun, ended = first(text, columns), last(text, columns)
    assert text.startswith(begun)
    assert text.endswith(ended)
    assert max(width(begun), width(ended)) <= columns
    assert begun == text or width(text[: len(begun) + 1]) > columns
    assert ended == text or width(text[-len(ended) - 1 :]) > columns


@given(st.lists(st.text(alphabet="ab東", min_size=1, max_size=12), max_size=20), st.integers(10, 60))
def test_wrapping_keeps_every_word_and_fits_where_words_allow(words: list[str], columns: int) -> None:
    lines = list(wrap(" ".join(words), columns))
    assert " ".join(lines).split() == words
    assert all(width(line) <= columns or " " not in line for line in lines)


def test_an_option_is_not_parted_from_its_value() -> None:
    assert list(wrap("run --ack app/crm --ack group/hr", 16)) == ["run", "--ack app/crm", "--ack group/hr"]


def test_a_text_hangs_behind_what_it_belongs_to() -> None:
    assert list(hang("hint  ", "one two three four", 16)) == ["hint  one two", "      three four"]


def test_a_text_moves_below_what_leaves_it_no_room() -> None:
    assert list(hang("a-very-long-key  ", "one two three four", 20)) == [
        "a-very-long-key",
        "     one two three",
        "     four",
    ]


def test_nothing_before_a_text_is_no_line() -> None:
    assert list(hang(" " * 30, "one two three four five", 40)) == [" " * 10 + "one two three four five"]


@pytest.mark.parametrize(
    ("color", "environment", "is_terminal", "colored"),
    [
        ("auto", {}, True, True),
        ("auto", {}, False, False),
        ("auto", {"NO_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": ""}, True, True),
        ("auto", {"TERM": "dumb"}, True, False),
        ("always", {"NO_COLOR": "1"}, False, True),
        ("never", {}, True, False),
    ],
)
def test_colour_is_for_terminals_unless_somebody_says_otherwise(
    color: str, environment: dict[str, str], is_terminal: bool, colored: bool
) -> None:
    assert terminal(color, environment, is_terminal=is_terminal).color is colored


@pytest.mark.parametrize(
    ("environment", "columns", "wide"),
    [({}, 0, 80), ({}, 132, 132), ({"COLUMNS": "60"}, 132, 60), ({"COLUMNS": "x"}, 0, 80), ({"COLUMNS": "8"}, 0, 40)],
)
def test_the_width_is_what_the_environment_or_the_stream_says(
    environment: dict[str, str], columns: int, wide: int
) -> None:
    assert terminal("auto", environment, is_terminal=True, columns=columns).columns == wide


def test_paint_adds_colour_only_where_there_is_some() -> None:
    assert Terminal(color=True).paint("x", Style.ADD) == "\x1b[32mx\x1b[0m"
    assert Terminal(color=True).paint("x", Style.PLAIN) == "x"
    assert Terminal(color=False).paint("x", Style.ADD) == "x"
