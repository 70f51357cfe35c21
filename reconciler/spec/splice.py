"""Put a value in another's place in a spec file, and leave every other byte as it is.

What stands in blocks is changed line by line, so that the comments of what stays stay. What holds a comment that would
be lost is not replaced.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from msgspec import Struct

from reconciler.errors import ReconcilerError
from reconciler.model.place import Place
from reconciler.spec.importing.text import Node, Row, bracketed, entry_lines, flow_entry, item_lines
from reconciler.spec.tree import Items, Table
from reconciler.spec.tree import Node as Written

_BREAK = re.compile(r"\r\n|\r|\n")
_COMMENT = re.compile(r"(^|\s)#")

Point = tuple[int, int]
"""A line and a column, from 0."""


class NotInPlace(ReconcilerError):
    """Raised where a value cannot be put in place of another; the message says why, after the name of the value."""


class Edit(Struct, frozen=True):
    """A stretch of a file, and the text that comes in its place."""

    start: Point
    end: Point
    text: str


def spliced(content: bytes, changes: Sequence[Edit]) -> bytes:
    """The file with all edits made; none of them may overlap another."""
    mark = codecs.BOM_UTF8 if content.startswith(codecs.BOM_UTF8) else b""
    text = content.removeprefix(mark).decode("utf-8")
    starts = [0, *(found.end() for found in _BREAK.finditer(text))]
    for edit in sorted(changes, key=lambda each: (each.start, each.end), reverse=True):
        begin, end = (min(starts[line] + column, len(text)) for line, column in (edit.start, edit.end))
        text = text[:begin] + edit.text + text[end:]
    return mark + text.encode("utf-8")


@dataclass(slots=True)
class Splicing:
    """The lines of a file that values are put into."""

    content: bytes
    lines: Sequence[str] = field(init=False)
    new: str = field(init=False)

    def __post_init__(self) -> None:
        self.lines = _BREAK.split(self.content.removeprefix(codecs.BOM_UTF8).decode("utf-8"))
        self.new = "\r\n" if b"\r\n" in self.content else "\n"

    def put(self, value: Written, place: Place, node: Node) -> Iterator[Edit]:
        """What puts a value in the place of another. Raises NotInPlace."""
        match value, _members(node):
            case Items(end=None), [_, *_] as wanted if value:
                yield from self._list(value, place, wanted)
            case Table(end=None), dict() as members if members and _both_in_lines(value, members):
                yield from self._table(value, members)
            case _:
                yield self._whole(value, place, node)

    def add(self, table: Table, key: str, node: Node, behind: str | None = None) -> Edit:
        """What adds a key to a table, behind another or its last one."""
        before = behind or next(reversed(table), "")
        if table.end is None:
            last = self._end(_ends(table.place(before)))
            column = table.start[1]
            return Edit(last, last, "".join(f"{self.new}{line}" for line in entry_lines(key, node, column)))
        if not table:
            line, column = table.end
            return Edit((line, column - 1), (line, column - 1), flow_entry(key, node))
        at = _ends(table.place(before))
        return Edit(at, at, f", {flow_entry(key, node)}")

    def drop(self, table: Table, key: str) -> Edit:
        """What takes a key with its value out of a table that has others. Raises NotInPlace."""
        keys = [*table]
        before, own = keys[max(keys.index(key) - 1, 0)], table.key_place(key)
        start, end = (own.line - 1, own.column - 1), _ends(table.place(key))
        if table.end is not None:
            if before == key:
                following = table.key_place(keys[1])
                return Edit(start, (following.line - 1, following.column - 1), "")
            return Edit(_ends(table.place(before)), end, "")
        if self.lines[start[0]][: start[1]].strip():
            raise NotInPlace("it stands behind a dash")
        return self._without_lines(start[0], self._end(end)[0])

    def _whole(self, value: Written, place: Place, node: Node) -> Edit:
        """The whole value anew, in brackets where it is no scalar."""
        start, end = (place.line - 1, place.column - 1), _ends(place)
        if start == end and value is None:  # Nothing stands behind the key's colon.
            return Edit(start, end, f" {bracketed(node)}")
        lines = self.lines[start[0] : end[0] + 1]
        if len(lines) > 1 and any(_COMMENT.search(line) for line in lines):
            raise NotInPlace("a comment stands within its value, which would be lost")
        if end[1] == 0 and end[0] > start[0]:  # A block of text ends where the next line begins.
            end = (end[0] - 1, len(lines[-2]))
        return Edit(start, end, self._of_item(node, lines[0][: start[1]]) or bracketed(node))

    def _of_item(self, node: Node, before: str) -> str:
        """A table as an item of a list in a block, in lines where it is long; "" of anything else."""
        if not isinstance(node, Row) or before.strip() != "-":
            return ""
        return self.new.join(item_lines(node, before.index("-")))[len(before) :]

    def _table(self, table: Table, members: Mapping[str, Node]) -> Iterator[Edit]:
        for key in table:
            if key not in members:
                yield self.drop(table, key)
            elif not _same(table[key], members[key]):
                yield from self.put(table[key], table.place(key), members[key])
        for key in members:
            if key not in table:
                yield self.add(table, key, members[key])

    def _list(self, items: Items, place: Place, wanted: Sequence[Node]) -> Iterator[Edit]:
        """A list in a block: item by item where each stands on lines of its own."""
        tables = any(isinstance(item, Table) for item in items)
        if tables and len(items) == len(wanted):
            for index, (item, node) in enumerate(zip(items, wanted, strict=True)):
                if not _same(item, node):
                    yield from self.put(item, items.place(index), node)
            return
        stays = [index for index, item in enumerate(items) if any(_same(item, node) for node in wanted)]
        if not _are_apart(items) or not (stays or _are_texts(wanted)):
            yield self._whole(items, place, wanted)
            return
        yield from self._lines(items, stays, wanted)

    def _lines(self, items: Items, stays: Sequence[int], wanted: Sequence[Node]) -> Iterator[Edit]:
        """Take out the lines of items that go, and add those that come behind the last."""
        kept = wanted[: len(stays)]
        if not all(_same(items[index], node) for index, node in zip(stays, kept, strict=True)):
            raise NotInPlace("the order of its list differs, and its lines may have comments")
        places = [items.place(index) for index in range(len(items))]
        margin = self.lines[places[0].line - 1].index("-")
        for index, place in enumerate(places):
            if index not in stays:
                yield self._without_lines(place.line - 1, self._end(_ends(place))[0])
        at = self._end(_ends(places[-1]))
        added = "".join(f"{self.new}{line}" for node in wanted[len(stays) :] for line in item_lines(node, margin))
        if added:
            yield Edit(at, at, added)

    def _end(self, point: Point) -> Point:
        """The end of the last line of what ends at a point, its comment included."""
        line = point[0] - (point[1] == 0 and point[0] > 0)
        return (line, len(self.lines[line]))

    def _without_lines(self, first: int, last: int) -> Edit:
        if first == 0:
            return Edit((0, 0), (last + 1, 0), "")
        return Edit((first - 1, len(self.lines[first - 1])), (last, len(self.lines[last])), "")


def _members(node: Node) -> Node:
    match node:
        case Row(members):
            return dict(members)
        case Mapping():
            return dict(node)
        case str():
            return node
        case Sequence():
            return [*node]
    return node


def _plain(node: Node) -> object:
    """A value as the parser would give it, to be compared with what is written."""
    match _members(node):
        case dict() as members:
            return {key: _plain(value) for key, value in members.items()}
        case list() as items:
            return [_plain(item) for item in items]
    return node


def _same(value: Written, node: Node) -> bool:
    plain = _plain(node)
    return value == plain and (isinstance(value, Table | Items) or type(value) is type(plain))


def _both_in_lines(table: Table, members: Mapping[str, Node]) -> bool:
    """Whether a table's lines can become those of others: its first key stays, which may stand behind a dash."""
    return next(iter(table)) in members


def _are_apart(items: Items) -> bool:
    """Whether each item begins on a line of its own."""
    lines = [items.place(index).line for index in range(len(items))]
    return len(set(lines)) == len(items)


def _are_texts(nodes: Sequence[Node]) -> bool:
    return all(isinstance(node, str) for node in nodes)


def _ends(place: Place) -> Point:
    return (place.end_line - 1, place.end_column - 1)
