"""A value is put in another's place, and every byte around it stays."""

from __future__ import annotations

import pytest

from reconciler.spec.files import SpecFile
from reconciler.spec.graft import path_at, planted, uprooted
from reconciler.spec.importing.text import Node, Row
from reconciler.spec.parse import parse
from reconciler.spec.site import Path
from reconciler.spec.splice import NotInPlace
from reconciler.spec.tree import Table


def put(text: str, key: str | Path, node: Node) -> str:
    """The file with another value for a key of its root, or at a path."""
    return planted(SpecFile("a.yaml", text.encode()), (key,) if isinstance(key, str) else key, node).content.decode()


def without(text: str, *path: str | int) -> str:
    """The file without what stands at a path."""
    return uprooted(SpecFile("a.yaml", text.encode()), path).content.decode()


@pytest.mark.parametrize(
    ("before", "node", "after"),
    [
        ("a: old  # why\nb: 1\n", "new", "a: new  # why\nb: 1\n"),
        ("a: 'old'\n", "x: y", 'a: "x: y"\n'),
        ("a: true\n", False, "a: false\n"),
        ("a: 1", None, "a: null"),
        ("a: {b: 1, c: 2} # c\n", ["x", "z"], "a: [x, z] # c\n"),
        ("a: |\n  one\n  two\nb: 1\n", "new", "a: new\nb: 1\n"),
        ("a: [1,\n  2]\nb: 1\n", [], "a: []\nb: 1\n"),
        ("a:\n  b: 1\nc: 2\n", {"d": "e"}, "a:\n  {d: e}\nc: 2\n"),
        ("a:\nb: 1\n", "new", "a: new\nb: 1\n"),
        ("\ufeffa: old\r\nb: 1\r\n", "é", "\ufeffa: é\r\nb: 1\r\n"),
    ],
)
def test_a_value_takes_the_place_of_another(before: str, node: Node, after: str) -> None:
    assert put(before, "a", node) == after


@pytest.mark.parametrize(
    ("before", "node", "after"),
    [
        ("a:\n  - x # one\n  - y # two\nb: 1\n", ["y"], "a:\n  - y # two\nb: 1\n"),
        ("a:\n  - x # one\n  # and\n  - y\n", ["x"], "a:\n  - x # one\n  # and\n"),
        ("a:\n- x # one\nb: 1\n", ["x", "z"], "a:\n- x # one\n- z\nb: 1\n"),
        ("a:\n  - x\n  - y", ["x", "z"], "a:\n  - x\n  - z"),
        ("a:\r\n  - x\r\nb: 1\r\n", ["x", "1"], 'a:\r\n  - x\r\n  - "1"\r\nb: 1\r\n'),
        ("a:\n  - x\nb: 1\n", ["z"], "a:\n  - z\nb: 1\n"),
        ("a:\n  - x\nb: 1\n", [], "a:\n  []\nb: 1\n"),
    ],
)
def test_a_list_in_blocks_is_changed_line_by_line(before: str, node: Node, after: str) -> None:
    assert put(before, "a", node) == after


@pytest.mark.parametrize(
    ("before", "node"),
    [
        ("a:\n  b: 1  # why\n  c: 2\n", "new"),
        ("a: [x, # why\n  y]\n", ["x"]),
        ("a:\n  - x\n  - y\n", ["y", "x"]),
    ],
)
def test_what_would_lose_a_comment_or_its_order_is_left_to_a_person(before: str, node: Node) -> None:
    with pytest.raises(NotInPlace):
        put(before, "a", node)


TABLES = """\
a:
  - name: one  # the first
    all:
      - {x: 1}  # why
      - {x: 2}
  - {name: two, all: [{x: 3}]}
b: 1
"""


@pytest.mark.parametrize(
    ("node", "old", "new"),
    [
        (
            [
                {"name": "one", "all": [Row({"x": 1}), Row({"x": 2}), Row({"k": "z"})]},
                {"name": "two", "all": [{"x": 3}]},
            ],
            "      - {x: 2}\n",
            "      - {x: 2}\n      - {k: z}\n",
        ),
        (
            [{"name": "one", "all": [{"x": 1}]}, {"name": "two", "all": [{"x": 3}]}],
            "      - {x: 2}\n",
            "",
        ),
        (
            [{"name": "one", "all": [{"x": 1}, {"x": 2}]}, {"name": "two", "all": [{"x": 4}]}],
            "[{x: 3}]",
            "[{x: 4}]",
        ),
        (
            [{"name": "one", "all": [{"x": 1}, {"x": 2}]}],
            "  - {name: two, all: [{x: 3}]}\n",
            "",
        ),
        (
            [
                {"name": "one", "all": [{"x": 1}, {"x": 2}]},
                {"name": "two", "all": [{"x": 3}]},
                {"name": "three", "all": [Row({"x": 5})]},
            ],
            "b: 1\n",
            "  - name: three\n    all:\n      - {x: 5}\nb: 1\n",
        ),
    ],
    ids=["a clause more", "a clause less", "another clause", "a group less", "a group more"],
)
def test_a_list_of_tables_keeps_the_lines_of_what_stays(node: Node, old: str, new: str) -> None:
    assert put(TABLES, "a", node) == TABLES.replace(old, new)


@pytest.mark.parametrize(
    ("before", "path", "node", "after"),
    [
        ("a:\n  b: 1  # why\nc: 2\n", ("a", "d"), "x", "a:\n  b: 1  # why\n  d: x\nc: 2\n"),
        ("a: {b: 1}  # why\n", ("a", "d"), "x: y", 'a: {b: 1, d: "x: y"}  # why\n'),
        ("a: {}\n", ("a", "d"), True, "a: {d: true}\n"),
        ("a:\nc: 2\n", ("a", "b", "d"), "x", "a: {b: {d: x}}\nc: 2\n"),
        ("a:\n  b:\n    - c: 1\n    - e\n", ("a", "b", 0, "d"), "x", "a:\n  b:\n    - c: 1\n      d: x\n    - e\n"),
        ("a: [m]  # used\n", ("a", 0, "k", "l"), "x", "a: [{use: m, k: {l: x}}]  # used\n"),
        ("a:\n  - m  # used\n", ("a", 0, "k"), [], "a:\n  - {use: m, k: []}  # used\n"),
        ("a:\r\n  b: |\r\n    text\r\nc: 2\r\n", ("a", "d"), "x", "a:\r\n  b: |\r\n    text\r\n  d: x\r\nc: 2\r\n"),
        ("a:\n  b: 1", ("a", "d"), "x", "a:\n  b: 1\n  d: x"),
    ],
)
def test_what_is_not_there_yet_is_added_behind_the_rest(before: str, path: Path, node: Node, after: str) -> None:
    assert put(before, path, node) == after


def test_below_a_scalar_nothing_is_added() -> None:
    with pytest.raises(NotInPlace, match="no place for it"):
        put("a: 1\n", ("a", "b"), "x")


@pytest.mark.parametrize(
    ("before", "path", "after"),
    [
        ("a:\n  b: 1\n  # of c\n  c:\n    d: 1  # in it\n    e: 2\nf: 3\n", ("a", "c"), "a:\n  b: 1\n  # of c\nf: 3\n"),
        ("a: 1  # one\nb: 2\n", ("a",), "b: 2\n"),
        ("a: {b: 1, c: 2, d: 3}\n", ("a", "b"), "a: {c: 2, d: 3}\n"),
        ("a: {b: 1, c: [2], d: 3}\n", ("a", "c"), "a: {b: 1, d: 3}\n"),
        ("a: {b: 1, c: 2}\n", ("a", "c"), "a: {b: 1}\n"),
        ("a:\n  b:\n    c: 1\nd: 2\n", ("a", "b", "c"), "d: 2\n"),
        ("a:\n  b: |\n    text\n  c: 1\n", ("a", "b"), "a:\n  c: 1\n"),
    ],
)
def test_a_key_leaves_with_its_lines_and_with_what_it_leaves_empty(before: str, path: Path, after: str) -> None:
    assert without(before, *path) == after


def test_what_is_all_that_a_file_says_is_left_to_a_person() -> None:
    with pytest.raises(NotInPlace, match=r"all that a\.yaml says: delete the file"):
        without("# why\na:\n  b: 1\n", "a", "b")
    with pytest.raises(NotInPlace, match="behind a dash"):
        without("a:\n  - b: 1\n    c: 2\n", "a", 0, "b")


def test_the_way_to_a_place_leads_to_a_value_or_to_its_key() -> None:
    root = parse("a.yaml", b"a:\n  - b: 1\n").root
    assert isinstance(root, Table)
    inner = root["a"][0]  # type: ignore[index]
    assert isinstance(inner, Table)
    assert path_at(root, inner.key_place("b")) == ("a", 0, "b")
    assert path_at(root, inner.place("b")) == ("a", 0, "b")
    assert path_at(root, inner.whole) == ("a", 0)
    assert path_at(parse("b.yaml", b"").root, inner.whole) is None


@pytest.mark.parametrize(
    ("before", "node", "after"),
    [
        (
            "a:\n  - b: 1\n    c: 2  # two\n  - b: 3\nd: 4\n",
            [{"b": 1, "e": 5}, {"b": 3}],
            "a:\n  - b: 1\n    e: 5\n  - b: 3\nd: 4\n",
        ),
        ("a:\n  - {b: 1}\n  - {b: 2}\nd: 4\n", [Row({"c": 3})], "a:\n  [{c: 3}]\nd: 4\n"),
        ("a:\n  b: 1\n  c: 2\nd: 4\n", {"b": 1}, "a:\n  b: 1\nd: 4\n"),
    ],
    ids=["a key for another", "nothing that stays", "a key less"],
)
def test_a_table_in_a_block_changes_key_by_key(before: str, node: Node, after: str) -> None:
    assert put(before, "a", node) == after
