"""Values are those of YAML 1.2, and each knows where it stands."""

from __future__ import annotations

import importlib.util
import io
import json
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from reconciler.spec.events import native_events, pure_events
from reconciler.spec.parse import parse
from reconciler.spec.scalars import habit_hint
from reconciler.spec.tree import Items, Table

BOTH = pytest.mark.parametrize("source", [native_events, pure_events], ids=["native", "pure"])

SCALARS = {
    "": None, "~": None, "null": None, "Null": None, "nULL": "nULL",
    "true": True, "False": False, "TRUE": True, "tRUE": "tRUE",
    "yes": "yes", "no": "no", "on": "on", "off": "off", "y": "y", "N": "N", "Yes": "Yes",
    "0": 0, "-7": -7, "+7": 7, "0o17": 15, "0x1F": 31, "0b101": "0b101", "1_000": "1_000",
    "1.5": 1.5, "1e3": 1000.0, ".5": 0.5, "1.": 1.0, "1.2.3": "1.2.3",
    "12:30:00": "12:30:00", "01:00": "01:00", "2020-01-01": "2020-01-01", "=a": "=a", "-": "-", "-dn-": "-dn-",
    "+": "+", ".": ".", "...x": "...x", "123456789012345678": 123456789012345678, "team": "team", "1password": "1password",
    "25%": "25%", "20m": "20m", "0.300000000000000001": "ABSURD",
}  # fmt: skip


@BOTH
@pytest.mark.parametrize(("text", "value"), [(text, value) for text, value in SCALARS.items() if text != "-"])
def test_a_plain_scalar_means_what_yaml_1_2_says(text, value, source):
    document = parse("a.yaml", f"a: {text}\n".encode(), source)
    if value == "ABSURD":
        assert [finding.rule for finding in document.findings] == ["EPR114"]
    else:
        assert (document.root["a"], type(document.root["a"])) == (value, type(value))


@BOTH
@pytest.mark.parametrize("text", ["true", "5", "null", "~", "1e3", ".inf", "0123", ""])
def test_what_is_quoted_is_text(text, source):
    document = parse("a.yaml", f"a: '{text}'\nb: \"{text}\"\nc: |-\n  {text or 'x'}\n".encode(), source)
    assert document.findings == ()
    assert list(document.root.values()) == [text, text, text or "x"]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("yes", "`true`"), ("On", "`true`"), ("no", "`false`"), ("OFF", "`false`"), ("1_000", "`_`"), ("12:30:00", "base 60"),
        ("2020-01-01", "dates"), ("0b11", "binary"), ("5k", "alone"),
    ],
)  # fmt: skip
def test_a_habit_of_yaml_1_1_has_a_hint(text, part):
    assert part in habit_hint(text)


@pytest.mark.parametrize("text", ["x", "norway", "20 m", "one", "HRSQL"])
def test_a_plain_text_has_no_hint(text):
    assert habit_hint(text) == ""


def test_a_leading_zero_is_read_as_decimal_with_a_warning():
    document = parse("a.yaml", b"a: 0123\n")
    assert document.root == {"a": 123}
    assert [(finding.rule, finding.severity.value, finding.place.column) for finding in document.findings] == [
        ("EPR117", "warning", 4)
    ]


LETTERS = st.characters(
    blacklist_categories=["Cs", "Cc"],
    blacklist_characters="\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\ufffe\uffff",
)
TEXTS = st.text(LETTERS, max_size=20)
LEAVES = TEXTS | st.booleans() | st.none() | st.integers(-(10**17), 10**17)
KEYS = st.text(LETTERS, min_size=1, max_size=10).filter(lambda key: key != "<<")
TREES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=20
)


def places(node, path=()):
    """Every value below a table or list, with the place of its key (None in a list) and its own."""
    if isinstance(node, Table):
        for key in node:
            yield key, node.key_place(key), node[key], node.place(key)
            yield from places(node[key])
    elif isinstance(node, Items):
        for index, value in enumerate(node):
            yield None, None, value, node.place(index)
            yield from places(value)


def at(text, place):
    """The text at a place."""
    lines = text.split("\n")
    if place.line == place.end_line:
        return lines[place.line - 1][place.column - 1 : place.end_column - 1]
    inner = lines[place.line : place.end_line - 1]
    last = lines[place.end_line - 1] if place.end_line <= len(lines) else ""
    return "\n".join([lines[place.line - 1][place.column - 1 :], *inner, last[: place.end_column - 1]])


@settings(max_examples=150, deadline=None)
@given(TREES, st.sampled_from([None, 1]))
def test_json_is_read_back_equal_and_each_place_points_at_its_text(tree, indent):
    text = json.dumps({"root": tree}, ensure_ascii=False, indent=indent)
    for source in (native_events, pure_events):
        document = parse("a.yaml", text.encode(), source)
        assert document.findings == ()
        assert document.root == {"root": tree}
        for key, key_place, value, place in places(document.root):
            assert json.loads(at(text, place)) == value
            assert key is None or json.loads(at(text, key_place)) == key


@settings(max_examples=60, deadline=None)
@given(TREES)
def test_block_style_is_read_back_equal_by_both_parsers(tree):
    stream = io.StringIO()
    writer = YAML(typ="safe", pure=True)
    writer.default_flow_style = False
    writer.dump({"root": tree}, stream)
    text = stream.getvalue()
    for source in (native_events, pure_events):
        document = parse("a.yaml", text.encode(), source)
        assert document.findings == ()
        assert document.root == {"root": tree}


BLOCK = """\
apps:
  hr: {a: 1}   # note
  été: "😀 x"
  list:
    - x
    - [y, 'z']

  text: |
    one
    two
# the end
last: true
"""


@BOTH
def test_places_in_block_style_run_from_the_first_letter_to_the_last(source):
    root = parse("a.yaml", BLOCK.encode(), source).root
    apps = root["apps"]
    assert at(BLOCK, root.key_place("apps")) == "apps"
    assert at(BLOCK, apps.place("hr")) == "{a: 1}"
    assert at(BLOCK, apps.place("été")) == '"😀 x"'
    assert at(BLOCK, apps.place("list")) == "- x\n    - [y, 'z']"
    assert at(BLOCK, apps["list"].place(1)) == "[y, 'z']"
    assert apps.place("list").end_line == 6
    assert at(BLOCK, root.place("last")) == "true"


def test_without_libyaml_the_parser_in_python_reads(monkeypatch):
    monkeypatch.setitem(sys.modules, "_ruamel_yaml", None)
    there = importlib.util.find_spec("reconciler.spec.events")
    module = importlib.util.module_from_spec(there)
    there.loader.exec_module(module)
    assert module.native_events is module.pure_events


@BOTH
def test_line_ends_of_all_systems_count_alike(source):
    for end in ("\n", "\r\n", "\r"):
        root = parse("a.yaml", f"a: 1{end}b:{end}  c: 2{end}".encode(), source).root
        place = root["b"].place("c")
        assert (place.line, place.column, place.end_line, place.end_column) == (3, 6, 3, 7)
