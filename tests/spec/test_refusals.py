"""A hostile or broken file is refused on the event stream: one finding for each fault, at its place, never a crash."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.finding import Severity
from reconciler.spec.decode import LARGEST_FILE
from reconciler.spec.events import native_events, pure_events
from reconciler.spec.parse import parse

HOSTILE = {
    "anchor": (b"a: &x 1\n", "EPR108", 1, 4),
    "anchor of a table": (b"a: &x\n  b: 1\n", "EPR108", 1, 4),
    "anchor of a key": (b"&x a: 1\n", "EPR108", 1, 1),
    "alias": (b"a: 1\nb: *a\n", "EPR109", 2, 4),
    "alias as a key": (b"*a : 1\n", "EPR109", 1, 1),
    "tag": (b"a: !!python/object:os.system x\n", "EPR110", 1, 4),
    "tag without a name": (b"a: ! x\n", "EPR110", 1, 4),
    "merge key": (b"a:\n  <<: {b: 1}\n", "EPR111", 2, 3),
    "duplicate key": (b"a: 1\nb: 2\na: 3\n", "EPR112", 3, 1),
    "depth of brackets": (b"[" * 20_000, "EPR113", 1, 65),
    "depth of tables": (b"{a: " * 20_000, "EPR113", 1, 257),
    "depth of lists": (b"- " * 20_000, "EPR113", 1, 129),
    "infinity": (b"a: .inf\n", "EPR114", 1, 4),
    "no number": (b"a: .NaN\n", "EPR114", 1, 4),
    "overflowing number": (b"a: 1e999\n", "EPR114", 1, 4),
    "5,000 digits": (b"a: " + b"9" * 5_000, "EPR114", 1, 4),
    "5,000 hexadecimal digits": (b"a: 0x" + b"f" * 5_000, "EPR114", 1, 4),
    "second document": (b"a: 1\n---\nb: 2\n", "EPR115", 2, 1),
    "table as a key": (b"? {a: 1}\n: 2\n", "EPR116", 1, 3),
    "list as a key": (b"[a]: 2\n", "EPR116", 1, 1),
    "empty key": (b'"": 2\n', "EPR116", 1, 1),
    "too large": (b"a" * (LARGEST_FILE + 1), "EPR103", 1, 1),
    "UTF-16 with a mark": ("a: 1".encode("utf-16"), "EPR105", 1, 1),
    "UTF-16 without a mark": ("a: 1".encode("utf-16-le"), "EPR105", 1, 1),
    "UTF-16 the other way round": ("a: 1".encode("utf-16-be"), "EPR105", 1, 1),
    "UTF-32": ("a: 1".encode("utf-32"), "EPR105", 1, 1),
    "Latin-1": ("a: 1\nb: é".encode("latin-1"), "EPR105", 2, 4),
    "half a character": ("a: é".encode()[:-1], "EPR105", 1, 4),
    "NUL": (b"a: x\0y\n", "EPR106", 1, 5),
    "escape character": (b"a: \x1b[31m\n", "EPR106", 1, 4),
    "next line": ("a: x\x85b: 1".encode(), "EPR106", 1, 5),
    "line separator": ("a: x\u2028b: 1".encode(), "EPR106", 1, 5),
    "right to left override": ("a: x\u202ey".encode(), "EPR106", 1, 5),
    "mark in the middle": ("a: \ufeffx".encode(), "EPR106", 1, 4),
    "right to left mark": ("a: x\u200fy".encode(), "EPR106", 1, 5),
    "NUL as an escape": (rb'a: "x\0y"', "EPR106", 1, 4),
    "escape character as an escape": (rb'a: [b, "x\e[31my"]', "EPR106", 1, 8),
    "right to left override as an escape": (rb'a: "x\u202ey"', "EPR106", 1, 4),
    "carriage return as an escape": (rb'a: "x\ry"', "EPR106", 1, 4),
    "next line as an escape": (rb'a: "x\Ny"', "EPR106", 1, 4),
    "control character in a key": (rb'b: {"x\x9by": 1}', "EPR106", 1, 5),
}


@pytest.mark.parametrize("source", [native_events, pure_events], ids=["native", "pure"])
@pytest.mark.parametrize(("content", "rule", "line", "column"), HOSTILE.values(), ids=HOSTILE.keys())
def test_what_is_hostile_is_refused_at_its_place(content, rule, line, column, source):
    document = parse("a.yaml", content, source)
    (finding,) = document.findings
    assert (finding.rule, finding.severity) == (rule, Severity.ERROR)
    assert (finding.place.file, finding.place.line, finding.place.column) == ("a.yaml", line, column)
    assert finding.hint or finding.expected


@pytest.mark.parametrize("source", [native_events, pure_events], ids=["native", "pure"])
@pytest.mark.parametrize("content", [b"%YAML 1.1\n---\na: 1\n", b"%TAG ! tag:example.com,2000:\n---\na: 1\n"])
def test_a_directive_is_refused(content, source):
    assert [finding.rule for finding in parse("a.yaml", content, source).findings] == ["EPR118"]


def test_a_name_for_the_encoding_is_given():
    (finding,) = parse("a.yaml", "a: 1".encode("utf-16-le")).findings
    assert "UTF-16 (little endian)" in finding.message


def test_a_duplicate_key_shows_both_places():
    (finding,) = parse("a.yaml", b"a:\n  x: 1\n  y: 2\n  x: 3\n").findings
    assert (finding.place.line, finding.related[0].place.line) == (4, 2)


def test_an_alias_bomb_gives_no_tree_to_walk():
    levels = "".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]\n" for n in range(1, 9))
    document = parse("a.yaml", f"l0: &l0 [x]\n{levels}".encode())
    assert {finding.rule for finding in document.findings} == {"EPR108", "EPR109", "EPR133"}
    assert not document.whole


def test_a_file_of_faults_is_not_read_to_its_end():
    document = parse("a.yaml", b"".join(b"k%d: &x 1\n" % n for n in range(10_000)))
    assert len(document.findings) == 51
    assert document.findings[-1].rule == "EPR133"


def test_a_file_full_of_tiny_values_is_refused():
    document = parse("a.yaml", b"[" + b"x," * 250_000 + b"]")
    assert [finding.rule for finding in document.findings] == ["EPR103"]
    assert not document.whole


def test_64_levels_are_allowed():
    assert parse("a.yaml", b"[" * 64 + b"]" * 64).findings == ()


def test_a_byte_order_mark_of_utf8_is_fine():
    document = parse("a.yaml", codecs.BOM_UTF8 + b"a: 1")
    assert document.root == {"a": 1}
    assert document.root.key_place("a").column == 1


@pytest.mark.parametrize("source", [native_events, pure_events], ids=["native", "pure"])
def test_half_a_character_as_an_escape_is_refused(source):
    assert parse("a.yaml", rb'a: "\ud800"', source).findings


def test_a_text_may_hold_line_breaks_tabs_and_what_is_merely_rare():
    text = rb'a: "x\ty\nz\_\u200b"'
    document = parse("a.yaml", text)
    assert (document.findings, document.root) == ((), {"a": "x\ty\nz\u00a0\u200b"})


def test_a_quoted_merge_key_is_a_key():
    assert parse("a.yaml", b'"<<": 1').root == {"<<": 1}


def test_all_faults_of_a_file_are_found_at_once():
    document = parse("a.yaml", b"a: &x 1\nb: *x\nc: !t y\n<<: {}\na: 2\nd: .inf\n")
    assert [finding.rule for finding in document.findings] == [
        "EPR108", "EPR109", "EPR110", "EPR111", "EPR112", "EPR114",
    ]  # fmt: skip


def test_what_stands_beside_a_refused_key_is_kept():
    document = parse("a.yaml", b"? [x, y]\n: 1\nb: 2\n")
    assert document.root["b"] == 2


@pytest.mark.parametrize("content", [b"", b"\n", b"# nothing\n", b"---\n", b"--- \n...\n"])
def test_an_empty_file_is_no_fault(content):
    document = parse("a.yaml", content)
    assert (document.root, document.findings) == (None, ())


SYNTAX = {
    "tab as indentation": ("a:\n\t- x\n", 2, 1, "blanks"),
    "quote that stays open": ("a: 'x\nb: 1\n", 1, 4, "same kind of quote"),
    "escape in a path": ('a: "C:\\data"\n', 1, 7, "single quotes"),
    "no blank after a colon": ("key:value\nb: 1\n", 2, 2, "blank after the colon"),
    "colon in a text": ("a: b: c\n", 1, 5, "in quotes"),
    "no blank in brackets": ("a: {b:c, d: [x]}\n", 1, 6, "blank after the colon"),
    "bracket that stays open": ("a: [1, 2\nb: 3\n", 2, 2, "close the bracket"),
    "star at the beginning": ("a: *.contoso.com\n", 1, 5, "in quotes"),
    "at sign": ("a: @x\n", 1, 4, "in quotes"),
    "percent sign": ("a: %x%\n", 1, 4, "in quotes"),
    "list beside a key": ("a: - b\n", 1, 4, "line of its own"),
    "wrong indentation": ("a:\n  b: 1\n c: 2\n", 3, 2, "indent it"),
    "text after a quote": ("a: 'x' y\n", 1, 8, "in quotes"),
    "text after a document": ("a: 1\n...\nb: 2\n", 3, 1, "one document"),
    "pipe at the beginning": ("a: |x\n", 1, 5, "in quotes"),
}


@pytest.mark.parametrize(("text", "line", "column", "hint"), SYNTAX.values(), ids=SYNTAX.keys())
def test_a_syntax_error_is_one_finding_in_plain_words(text, line, column, hint):
    (finding,) = parse("a.yaml", text.encode()).findings
    assert (finding.rule, finding.place.line, finding.place.column) == ("EPR107", line, column)
    assert hint in finding.hint


@given(st.binary(max_size=400))
def test_no_bytes_make_the_reader_fail(content):
    for source in (native_events, pure_events):
        document = parse("a.yaml", content, source)
        assert document.whole or document.findings


YAML_PIECES = st.lists(
    st.sampled_from(
        [
            "a",
            "b",
            ": ",
            ":",
            "- ",
            "\n",
            "\n  ",
            "[",
            "]",
            "{",
            "}",
            ", ",
            '"',
            "'",
            "&x ",
            "*x",
            "!t ",
            "|\n",
            ">",
            "? ",
            "<<",
            "#",
            "0123",
            "\t",
            "---\n",
            "...\n",
            "%",
            "@",
            "é",
            "😀",
            "\\",
            "~",
        ]
    ),
    max_size=25,
).map("".join)


@given(YAML_PIECES)
def test_no_text_makes_the_reader_fail_and_every_place_lies_in_the_file(text):
    lines = text.split("\n")
    for source in (native_events, pure_events):
        for finding in parse("a.yaml", text.encode(), source).findings:
            assert 1 <= finding.place.line <= len(lines) + 1
            assert finding.place.column >= 1
            assert (finding.place.line, finding.place.column) <= (finding.place.end_line, finding.place.end_column)
