"""One guarded pass over a file's events: values with places, and everything that is refused before a tree exists."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ruamel.yaml.error import MarkedYAMLError

from reconciler.model.finding import Finding
from reconciler.spec.decode import decode
from reconciler.spec.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    EventSource,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    native_events,
)
from reconciler.spec.faults import DEEPEST, MOST_EVENTS, Faults, Stop, span_of
from reconciler.spec.scalars import LEADS
from reconciler.spec.syntax import syntax_fault
from reconciler.spec.tree import Document, Items, Node, Table

_REFUSED_KEYS = frozenset(("", "<<"))


def parse(file: str, content: bytes, source: EventSource = native_events) -> Document:
    """The values of a file with their places. Never raises: what is refused is a finding of the document."""
    text = decode(file, content)
    if isinstance(text, Finding):
        return Document(file, None, (text,), whole=False)
    growth = _Growth(file)
    try:
        growth.read(source(text))
    except Stop:
        return Document(file, growth.root, tuple(growth.faults.found), whole=False)
    except MarkedYAMLError as error:  # The errors without a mark are of characters that `decode` has refused.
        fault = syntax_fault(file, text, error)
        return Document(file, growth.root, (*growth.faults.found, fault), whole=False)
    return Document(file, growth.root, tuple(growth.faults.found))


class _Growth:
    """The tree as it grows, on a stack of its own. One of `table` and `items` is open; `waiting` is the key read last.

    The document itself is the one item of a list, so that a value always has something to stand in.
    """

    __slots__ = ("documents", "faults", "file", "items", "stack", "table", "waiting", "whole")

    def __init__(self, file: str) -> None:
        self.file = file
        self.faults = Faults(file)
        self.items = self.whole = Items(file, (0, 0))
        self.table: Table | None = None
        self.waiting: Event | None = None
        self.stack: list[tuple[Table | None, Items, Event | None]] = []
        self.documents = 0

    @property
    def root(self) -> Node:
        """The document, as far as it was read; None where it is empty."""
        return self.whole[0] if self.whole else None

    def read(self, next_event: Callable[[], Event]) -> None:
        """Read all events. Raises Stop where the file must not be read further, and what the source raises."""
        scalar = self.scalar
        others: Mapping[type, Callable[[Event], None]] = {
            AliasEvent: self.alias,
            MappingStartEvent: self.open,
            SequenceStartEvent: self.open,
            MappingEndEvent: self.close,
            SequenceEndEvent: self.close,
            DocumentStartEvent: self.document,
        }
        for _ in range(MOST_EVENTS):
            event = next_event()
            kind: type = type(event)
            if kind is ScalarEvent:
                scalar(event)
            elif kind in others:
                others[kind](event)
            elif kind is StreamEndEvent:
                return
        self.faults.too_many(next_event())

    def scalar(self, event: Event) -> None:
        """Take a scalar: as a key where a table waits for one, else as a value."""
        if event.anchor is not None or event.tag is not None:
            self.faults.decorated(event)
        text = event.value
        if not text.isprintable():  # Nearly every text is, and what is not may still hold nothing but line breaks.
            self.faults.unseen(event)
        table, key = self.table, self.waiting
        if table is not None and key is None:
            if text in table or text in _REFUSED_KEYS:
                self.faults.key(table, event)
            self.waiting = event
            return
        value = text if event.style or (text and text[0] not in LEADS) else self.faults.resolve(event)
        if table is None or key is None:
            self.items.append(value)
            self.items.marks.append(span_of(event))
        else:
            table[key.value] = value
            table.marks[key.value] = span_of(key) + span_of(event)
            self.waiting = None

    def alias(self, event: Event) -> None:
        """Refuse an alias, and go on as if a text stood there."""
        self.scalar(self.faults.alias(event))

    def open(self, event: Event) -> None:
        """Open a table or a list where a value is due; as a key it is refused, and read to its end all the same."""
        if event.anchor is not None or event.tag is not None:
            self.faults.decorated(event)
        if len(self.stack) == DEEPEST:
            self.faults.depth(event)
        child, table, items = self._container(event)
        held = None
        if self.table is None:
            self.items.append(child)
            self.items.marks.append(None)
        elif self.waiting is None:
            held = self.faults.compound_key(event)
        else:
            self.table[self.waiting.value] = child
            self.table.marks[self.waiting.value] = span_of(self.waiting)
        self.stack.append((self.table, self.items, held))
        self.table, self.items, self.waiting = table, items, None

    def _container(self, event: Event) -> tuple[Node, Table | None, Items]:
        """A new table or list, and what is open once it is."""
        start = span_of(event)[:2]
        kind: type = type(event)
        if kind is MappingStartEvent:
            table = Table(self.file, start)
            return table, table, self.items
        items = Items(self.file, start)
        return items, None, items

    def close(self, event: Event) -> None:
        """Close what is open, and note where its bracket stands; a block ends where its last value ends."""
        line, column, end_line, end_column = span_of(event)
        if (line, column) != (end_line, end_column):
            (self.items if self.table is None else self.table).end = (end_line, end_column)
        self.table, self.items, self.waiting = self.stack.pop()

    def document(self, event: Event) -> None:
        """Begin a document."""
        self.documents += 1
        self.faults.document(event, self.documents)
