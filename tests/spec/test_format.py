"""The canonical form: never another value, never a comment less, and nothing more to do the second time."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.spec.decode import UNSEEN
from reconciler.spec.events import ScalarEvent, StreamEndEvent, pure_events
from reconciler.spec.format import formatted
from reconciler.spec.parse import parse
from reconciler.spec.quoting import scalar_text
from reconciler.spec.tree import Items, Node, Table
from tests.conftest import ROOT


def canonical(text: str) -> str:
    form = formatted("a.yaml", dedent(text).encode())
    assert isinstance(form, bytes)
    return form.decode()


def plain(node: Node) -> object:
    """The values and the order of keys; what a place tells of a value is whether anything is written there."""
    if isinstance(node, Table):
        return [(key, plain(value), value is None and written(node, key)) for key, value in node.items()]
    return [plain(item) for item in node] if isinstance(node, Items) else (type(node), node)


def written(table: Table, key: str) -> bool:
    place = table.place(key)
    return (place.line, place.column) != (place.end_line, place.end_column)


def comments(text: str) -> list[str]:
    """Every comment, found without the formatter: what begins with `#` and is in no scalar."""
    spans, events = [], pure_events(text)
    lines = text.replace("\r\n", "\n").split("\n")
    event = events()
    while type(event) is not StreamEndEvent:
        if type(event) is ScalarEvent:
            start, end = event.start_mark, event.end_mark
            first = start.column if event.style not in ("|", ">") else len(lines[start.line].partition("#")[0])
            spans.append(((start.line, first), (end.line, end.column)))
        event = events()
    found = []
    for number, line in enumerate(lines):
        for match in re.finditer("#", line):
            at = (number, match.start())
            if not any(start <= at < end for start, end in spans):
                found.append(line[match.start() :].rstrip())
                break
    return found


def holds(text: str) -> str:
    """Check everything that is promised of a text's canonical form, and give it."""
    form = formatted("a.yaml", text.encode())
    assert isinstance(form, bytes)
    before, after = parse("a.yaml", text.encode()), parse("a.yaml", form)
    assert plain(after.root) == plain(before.root)
    assert after.findings == ()
    assert formatted("a.yaml", form) == form
    assert comments(form.decode()) == comments(text)
    assert re.search(r"[^\\][ \t]$", form.decode(), re.MULTILINE) is None
    return form.decode()


EXAMPLES = [path for path in sorted((ROOT / "examples").rglob("*.yaml")) if path.name != "refused.yaml"]
"""What the reader refuses is not formatted."""


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda path: path.name)
def test_the_examples_are_canonical(file: Path) -> None:
    content = file.read_bytes()
    assert formatted(file.name, content) == content


def test_blocks_are_indented_by_two_and_lists_below_their_key() -> None:
    text = """\
        groups:
            hr:
                agents:
                - one
                -   two
                - - deep
                -
                  key: value
    """
    assert canonical(text) == dedent("""\
        groups:
          hr:
            agents:
              - one
              - two
              - - deep
              - key: value
    """)


def test_an_item_with_nothing_in_it_stays_one() -> None:
    text = "ignore:\n  -\n  - a\n  -\n"
    assert canonical(text) == text


def test_brackets_stay_on_their_lines() -> None:
    text = """\
        a: { b: 1,c: [ x,y ] , }
        d: [
              1, 2, # two

              3
            ]
        e: [ k: v ]
        f: {g: , h}
        i: {   }
    """
    assert canonical(text) == dedent("""\
        a: {b: 1, c: [x, y]}
        d: [
          1, 2,     # two

          3
        ]
        e: [{k: v}]
        f: {g: , h: }
        i: {}
    """)


def test_a_text_has_quotes_only_where_a_reader_needs_them() -> None:
    text = """\
        "plain": "two words"
        time: '01:00'
        word: 'yes'
        number: "10"
        empty: ''
        pattern: "\\\\.contoso\\\\.local"
        said: "a \\"word\\""
        hidden: "a\\tb"
        escaped: "caf\\u00e9"
        both: 'it''s "so"'
        flow: {url: 'https://h/p', group: 'hr'}
        id: "7f3c1d52-6a0e-4a57-9d0b-3b8a5c2f9e10"
        key: 'ends in:'
    """
    assert canonical(text) == dedent("""\
        plain: two words
        time: "01:00"
        word: "yes"
        number: "10"
        empty: ""
        pattern: '\\.contoso\\.local'
        said: a "word"
        hidden: "a\\tb"
        escaped: café
        both: it's "so"
        flow: {url: "https://h/p", group: hr}
        id: 7f3c1d52-6a0e-4a57-9d0b-3b8a5c2f9e10
        key: "ends in:"
    """)


def test_comments_stay_with_the_block_that_they_were_in() -> None:
    text = """\
        # first
        a: #beside
            b:
                c: 1 # one
                # of b
            # of a
        # of the file
        d:
          # before the value
          value
        e:
        - # beside the dash
          f: 1
        # last
    """
    assert canonical(text) == dedent("""\
        # first
        a:  #beside
          b:
            c: 1     # one
            # of b
          # of a
        # of the file
        d:
          # before the value
          value
        e:
          -  # beside the dash
            f: 1
        # last
    """)


def test_one_blank_line_at_most_and_none_at_the_ends() -> None:
    assert canonical("\n\na: 1\n\n\n\nb: 2\n\n\n") == "a: 1\n\nb: 2\n"


def test_texts_of_several_lines_keep_their_lines() -> None:
    text = """\
        a: |2+   # kept
            two more

        b: >-

              folded

        c: "in quotes~~
              that go on \\
             with \\~~
             blanks"
        d:
           plain
             text
        e: |


    """
    form = holds(dedent(text).replace("~", " "))
    assert form.startswith("a: |+2   # kept\n    two more\n\nb: >-\n\n  folded\n\nc: ")


def test_line_ends_of_windows_stay_and_a_byte_order_mark_goes() -> None:
    assert formatted("a.yaml", b"\xef\xbb\xbfa:   1\r\nb: |\r\n    x\r\n") == b"a: 1\r\nb: |\r\n  x\r\n"


def test_the_start_of_the_document_stays() -> None:
    assert canonical("# c\n---\n\na: 1\n...\n# end\n") == "# c\n---\n\na: 1\n# end\n"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "---\n",
        "# only\n",
        "{a: 1}\n",
        "[a]\n",
        "- a\n-  b\n",
        "text",
        "? |\n  two\n  lines\n:   1\n",
        f"? {'k' * 1200}\n:   1\n",
    ],
)
def test_what_is_no_table_is_left_or_only_cleaned(text: str) -> None:
    assert formatted("a.yaml", text.encode()) in {text.encode(), b""}


@pytest.mark.parametrize("text", ["a: *b", "a: {", "a: 1\na: 2", "a: !t b", "\ta: 1", "a: \x01"])
def test_what_the_parser_refuses_is_not_written_anew(text: str) -> None:
    findings = formatted("a.yaml", text.encode())
    assert not isinstance(findings, bytes)
    assert findings == parse("a.yaml", text.encode()).findings


WORDS = st.sampled_from(
    ["a", "two words", "yes", "01:00", "1", "0x1F", "null", "~", "", '=Join(" ", [a], )', "x: y", "x #y", "it's",
     'a "b"', "\\.c", "-", "- a", "#", "{", "a,b", "é", "\t", "two\nlines", "\u202e", "ends:", " pad ", "<<x", "!", "%"]
)  # fmt: skip
TEXTS = WORDS | st.text(max_size=12)


@given(TEXTS, st.booleans())
def test_any_text_is_written_as_a_scalar_that_is_this_text(text: str, in_flow: bool) -> None:
    if re.search(f"[{UNSEEN}\r\ud800-\udfff]", text):
        return
    scalar = scalar_text(text, in_flow=in_flow)
    document = parse("a.yaml", (f"k: {{v: [{scalar}]}}" if in_flow else f"k: {{}}\nl:\n  - {scalar}\n").encode())
    assert document.findings == ()
    root = document.root
    assert isinstance(root, Table)
    found = root["k"]["v"] if in_flow else root["l"]  # type: ignore[call-overload,index]
    assert list(found) == [text]


@st.composite
def documents(draw: st.DrawFn) -> str:
    """Texts of YAML in any layout: indents, brackets, styles of scalars, comments and blank lines at every place."""
    lines: list[str] = []
    block(draw, lines, 0, draw(st.integers(1, 3)), table=True)
    return draw(noise()) + "".join(lines)


def noise() -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(["\n", "# c\n", "   # d {\n", "#: e\n", "  \n"]), max_size=2).map("".join)


def end(draw: st.DrawFn) -> str:
    return draw(st.sampled_from(["\n", "\n", " # beside\n", "      # far\n", "  \n"])) + draw(noise())


def scalar(draw: st.DrawFn, *, in_flow: bool) -> str:
    text = draw(st.sampled_from(["a", "two words", "yes", "01", "it's", "x#y", "é", "true", "1", "-1", "C:\\d"]))
    style = draw(st.sampled_from(["plain", "single", "double"]))
    if style == "single":
        return "'" + text.replace("'", "''") + "'"
    if style == "double":
        return '"' + text.replace("\\", "\\\\") + '"'
    return text if not (in_flow and ":" in text) else f"'{text}'"


def block(draw: st.DrawFn, lines: list[str], indent: int, depth: int, *, table: bool) -> None:
    for number in range(draw(st.integers(1, 3))):
        margin = " " * indent
        lead = f"{margin}{draw(st.sampled_from(['', 'q']))}k{number}:" if table else f"{margin}-"
        kind = draw(st.sampled_from(["scalar", "flow", "long", "text", "empty", *(["table", "list"] if depth else [])]))
        if kind in {"table", "list"}:
            lines.append(lead + end(draw))
            step = draw(st.sampled_from([0, 1, 2, 4] if table and kind == "list" else [1, 2, 4]))
            block(draw, lines, indent + step, depth - 1, table=kind == "table")
        elif kind == "text":
            head = draw(st.sampled_from(["|", ">", "|-", ">+", "|2"]))
            inner = " " * (indent + 2)
            body = draw(st.lists(st.sampled_from(["x", "  y # no", "", "z "]), min_size=1, max_size=3))
            first = "x" if head != "|2" else "  x"
            lines.append(f"{lead} {head}{draw(st.sampled_from(['', ' # head']))}\n{inner}{first}\n")
            lines.extend(f"{inner}{line}\n" if line else "\n" for line in body)
        elif kind == "long":
            quote = draw(st.sampled_from(["", "'", '"']))
            lines.append(f"{lead} {quote}one{draw(st.sampled_from(['', '  ']))}\n{margin}   two{quote}{end(draw)}")
        else:
            value = "" if kind == "empty" else flow(draw, indent, 2) if kind == "flow" else scalar(draw, in_flow=False)
            lines.append(f"{lead}{' ' * draw(st.integers(1, 3))}{value}{end(draw)}")


def flow(draw: st.DrawFn, indent: int, depth: int) -> str:
    if not depth or draw(st.booleans()):
        return scalar(draw, in_flow=True)
    table = draw(st.booleans())
    gaps = st.sampled_from(
        ["", " ", f"\n{' ' * (indent + 3)}", f" # f\n{' ' * (indent + 5)}", f"\n\n{' ' * (indent + 1)}"]
    )
    parts = []
    for number in range(draw(st.integers(0, 3))):
        value = flow(draw, indent, depth - 1)
        parts.append(f"{draw(gaps)}f{number}: {value}" if table else f"{draw(gaps)}{value}")
    inner = ",".join(parts) + draw(gaps)
    return f"{{{inner}}}" if table else f"[{inner}]"


@settings(max_examples=100)
@given(documents())
def test_no_layout_loses_a_value_or_a_comment(text: str) -> None:
    if any(finding.severity.value == "error" for finding in parse("a.yaml", text.encode()).findings):
        return
    form = formatted("a.yaml", text.encode())
    assert isinstance(form, bytes)
    before, after = parse("a.yaml", text.encode()), parse("a.yaml", form)
    assert plain(after.root) == plain(before.root), form.decode()
    assert comments(form.decode()) == comments(text), form.decode()
    assert formatted("a.yaml", form) == form, form.decode()


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("x: a\u00a0\ny: 1\n", None),
        ("x: |\n  a", "x: |-\n  a\n"),
        ("x: >\n  a", "x: >-\n  a\n"),
        ("x: |+\n  a", "x: |-\n  a\n"),
        ("x: |\n  a\n     \ny: 1\n", None),
        ("x: |\n  a\n  \t\ny: 1\n", None),
        ("x: |\n  a\n   \u00a0\n", None),
        ("x: >\n  a\n     \n", None),
        ("x: |2\n  a\n     \ny: 1\n", None),
        ("a: [x,\n  -,\n]\n", 'a: [x,\n  "-"\n]\n'),
        ("a: ['b?']\n", 'a: ["b?"]\n'),
        ("a: {k: -,\n}\n", 'a: {k: "-"\n}\n'),
        ("a: |+\n\n    \n\nb: 1\n", "a: |+\n\n\n\nb: 1\n"),
        ("a: |\n    x\n   \nb: 1\n", "a: |\n  x\n\nb: 1\n"),
    ],
)
def test_odd_ends_of_values_stay_what_they_are(text: str, form: str | None) -> None:
    """Blanks that are no spaces, and what a file ends with; None where the text is canonical already."""
    written = formatted("a.yaml", text.encode())
    assert written == (text if form is None else form).encode()
    assert isinstance(written, bytes)
    assert parse("a.yaml", written).root == parse("a.yaml", text.encode()).root
    assert formatted("a.yaml", written) == written


BLOCKS = st.text(st.sampled_from("ab \n\t\u00a0-#:"), max_size=14)


@given(
    st.sampled_from(["|", ">", "|-", "|+", ">-", ">+", "|2", ">2-"]), BLOCKS, st.sampled_from(["", "\n", "\nb: 1\n"])
)
def test_a_text_of_a_block_stays_what_it_is_however_it_ends(header: str, text: str, rest: str) -> None:
    body = "\n".join(f"  {line}" for line in text.split("\n"))
    content = f"a: {header}\n{body}{rest}".encode()
    written = formatted("a.yaml", content)
    if isinstance(written, bytes):
        assert parse("a.yaml", written).root == parse("a.yaml", content).root
        assert formatted("a.yaml", written) == written
