"""Put a value in another's place in a spec file, and leave every other byte as it is.

A list in blocks is changed item by item, so that the comments of those that stay stay. What holds a comment that would
be lost is not replaced.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from reconciler.errors import ReconcilerError
from reconciler.model.place import Place
from reconciler.spec.importing.text import Node, bracketed
from reconciler.spec.quoting import scalar_text
from reconciler.spec.tree import Document, Items, Slot, Table
from reconciler.spec.tree import Node as Written

_BREAK = re.compile(r"\r\n|\r|\n")
_COMMENT = re.compile(r"(^|\s)#")


class NotInPlace(ReconcilerError):
    """Raised where a value cannot be put in place of another; the message says why, after the name of the value."""


class Edit(Struct, frozen=True):
    """A stretch of a file, by lines and columns from 0, and the text that comes in its place."""

    start: tuple[int, int]
    end: tuple[int, int]
    text: str


def slot_at(document: Document, place: Place) -> Slot | None:
    """The key of a file whose value, or which itself, stands at a place; None where no key does."""
    return next((slot for slot in _slots(document.root) if place in (slot.place, slot.key_place)), None)


def edits(content: bytes, slot: Slot, node: Node) -> tuple[Edit, ...]:
    """What puts a value in the place of a key's. Raises NotInPlace."""
    value, wanted = slot.value, _words(node)
    if wanted and isinstance(value, Items) and value.end is None and _is_plain(value):
        return tuple(_items(content, value, wanted))
    start, end = _span(slot.place)
    text = bracketed(node)
    if not slot.is_written:
        return (Edit(start, end, f" {text}"),)
    lines = _lines(content)[start[0] : end[0] + 1]
    if len(lines) > 1 and any(_COMMENT.search(line) for line in lines):
        raise NotInPlace("a comment stands within its value, which would be lost")
    if end[1] == 0 and end[0] > start[0]:  # A block of text ends where the next line begins.
        end = (end[0] - 1, len(lines[-2]))
    return (Edit(start, end, text),)


def _words(node: Node) -> list[str]:
    """The items of a list that holds nothing but text; none of anything else."""
    if isinstance(node, str) or not isinstance(node, Sequence):
        return []
    words = [item for item in node if isinstance(item, str)]
    return words if len(words) == len(node) else []


def spliced(content: bytes, changes: Sequence[Edit]) -> bytes:
    """The file with all edits made; none of them may overlap another."""
    mark = codecs.BOM_UTF8 if content.startswith(codecs.BOM_UTF8) else b""
    text = content.removeprefix(mark).decode("utf-8")
    starts = [0, *(found.end() for found in _BREAK.finditer(text))]
    for edit in sorted(changes, key=lambda each: (each.start, each.end), reverse=True):
        begin, end = (min(starts[line] + column, len(text)) for line, column in (edit.start, edit.end))
        text = text[:begin] + edit.text + text[end:]
    return mark + text.encode("utf-8")


def _items(content: bytes, items: Items, wanted: Sequence[str]) -> Iterator[Edit]:
    """Take out the lines of items that go, and add those that come behind the last."""
    lines = _lines(content)
    stays = [item for item in items if item in wanted]
    if [item for item in wanted if item in stays] != stays or wanted[: len(stays)] != stays:
        raise NotInPlace("the order of its list differs, and its lines may have comments")
    spans = [_span(items.place(index)) for index in range(len(items))]
    new = "\n" if b"\r\n" not in content else "\r\n"
    margin = lines[spans[0][0][0]][: lines[spans[0][0][0]].index("-")]
    for item, (start, _) in zip(items, spans, strict=True):
        if item not in wanted:
            above = start[0] - 1
            yield Edit((above, len(lines[above])), (start[0], len(lines[start[0]])), "")
    last = spans[-1][1][0]
    at = (last, len(lines[last]))
    added = "".join(f"{new}{margin}- {scalar_text(item)}" for item in wanted[len(stays) :])
    if added:
        yield Edit(at, at, added)


def _is_plain(items: Items) -> bool:
    """Whether each item is a text on a line of its own."""
    lines = [mark[0] for mark in items.marks if mark is not None and mark[0] == mark[2]]
    return len(set(lines)) == len(items) > 0


def _lines(content: bytes) -> list[str]:
    return _BREAK.split(content.removeprefix(codecs.BOM_UTF8).decode("utf-8"))


def _span(place: Place) -> tuple[tuple[int, int], tuple[int, int]]:
    return (place.line - 1, place.column - 1), (place.end_line - 1, place.end_column - 1)


def _slots(node: Written) -> Iterator[Slot]:
    if isinstance(node, Table):
        for key, value in node.items():
            yield Slot(node, key)
            yield from _slots(value)
    elif isinstance(node, Items):
        for item in node:
            yield from _slots(item)
