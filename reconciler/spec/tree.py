"""The values of a spec file with their places: plain Python values in tables and lists that know where each stands."""

from __future__ import annotations

from typing import cast

from msgspec import Struct

from reconciler.model.finding import Finding
from reconciler.model.place import Place

Span = tuple[int, int, int, int]
"""First line and column, last line and column, all from 0, the last column exclusive."""

Scalar = str | int | float | bool | None


class Table(dict[str, "Node"]):
    """The keys and values of one mapping of YAML, in the order of the file.

    `marks` holds by key the key's span and, where the value is a scalar, the value's span behind it: places are wanted
    for few of many values, so they are kept as plain numbers and made on demand.
    """

    __slots__ = ("end", "file", "marks", "start")

    def __init__(self, file: str, start: tuple[int, int]) -> None:
        super().__init__()
        self.file = file
        self.start = start
        self.end: tuple[int, int] | None = None
        self.marks: dict[str, tuple[int, ...]] = {}

    def place(self, key: str) -> Place:
        """Where the value of a key stands."""
        mark = self.marks[key]
        return _place(self.file, mark[4:]) if len(mark) == 8 else cast("Table | Items", self[key]).whole

    @property
    def whole(self) -> Place:
        """Where the table stands."""
        return _place(self.file, (*self.start, *self.last))

    def key_place(self, key: str) -> Place:
        """Where a key stands."""
        return _place(self.file, self.marks[key][:4])

    @property
    def last(self) -> tuple[int, int]:
        """Line and column where the table ends: its bracket, or in block style the end of its last value."""
        if self.end is not None:
            return self.end
        key = next(reversed(self), None)
        if key is None:
            return self.start
        mark = self.marks[key]
        return (mark[6], mark[7]) if len(mark) == 8 else _end(self[key])


class Items(list["Node"]):
    """The values of one sequence of YAML. `marks` holds a span for each scalar, None for a table or a list."""

    __slots__ = ("end", "file", "marks", "start")

    def __init__(self, file: str, start: tuple[int, int]) -> None:
        super().__init__()
        self.file = file
        self.start = start
        self.end: tuple[int, int] | None = None
        self.marks: list[Span | None] = []

    def place(self, index: int) -> Place:
        """Where the value at an index stands."""
        mark = self.marks[index]
        return _place(self.file, mark) if mark is not None else cast("Table | Items", self[index]).whole

    @property
    def whole(self) -> Place:
        """Where the list stands."""
        return _place(self.file, (*self.start, *self.last))

    @property
    def last(self) -> tuple[int, int]:
        """Line and column where the list ends: its bracket, or in block style the end of its last value."""
        if self.end is not None:
            return self.end
        if not self:
            return self.start
        mark = self.marks[-1]
        return (mark[2], mark[3]) if mark is not None else _end(self[-1])


Node = Scalar | Table | Items


class Document(Struct, frozen=True):
    """What one file holds. `root` is None for an empty file; `whole` is False where reading stopped before its end."""

    file: str
    root: Node
    findings: tuple[Finding, ...] = ()
    whole: bool = True


class Slot(Struct, frozen=True):
    """One key of one table: how a value is handed on without losing its place."""

    table: Table
    key: str

    @property
    def value(self) -> Node:
        """The value."""
        return self.table[self.key]

    @property
    def place(self) -> Place:
        """Where the value stands."""
        return self.table.place(self.key)

    @property
    def key_place(self) -> Place:
        """Where the key stands."""
        return self.table.key_place(self.key)

    @property
    def is_written(self) -> bool:
        """Whether anything stands behind the key's colon; where nothing does, YAML reads it as `null`."""
        place = self.place
        return (place.line, place.column) != (place.end_line, place.end_column)


def first_line(file: str) -> Place:
    """The beginning of a file, for what is said of the file as a whole."""
    return Place(file, 1, 1, 1, 1)


def _place(file: str, span: tuple[int, ...]) -> Place:
    line, column, end_line, end_column = span
    return Place(file, line + 1, column + 1, end_line + 1, end_column + 1)


def _end(node: Node) -> tuple[int, int]:
    return cast("Table | Items", node).last
