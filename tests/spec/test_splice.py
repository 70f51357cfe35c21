"""A value is put in another's place, and every byte around it stays."""

from __future__ import annotations

import pytest

from reconciler.spec.importing.text import Node
from reconciler.spec.parse import parse
from reconciler.spec.splice import NotInPlace, edits, slot_at, spliced
from reconciler.spec.tree import Slot, Table


def put(text: str, key: str, node: Node) -> str:
    """The file with another value for a key of its root."""
    content = text.encode()
    document = parse("a.yaml", content)
    assert isinstance(document.root, Table)
    slot = slot_at(document, Slot(document.root, key).place)
    assert slot is not None
    return spliced(content, edits(content, slot, node)).decode()


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


def test_no_key_stands_at_a_place_in_between() -> None:
    document = parse("a.yaml", b"a:\n  - b: 1\n")
    assert isinstance(document.root, Table)
    inner = document.root["a"]
    assert isinstance(inner, list)
    table = inner[0]
    assert isinstance(table, Table)
    found = slot_at(document, table.key_place("b"))
    assert found is not None
    assert found.key == "b"
    assert slot_at(document, inner.place(0)) is None  # type: ignore[attr-defined]
