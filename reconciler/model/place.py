"""Where a value stands in a file, and what is the same wherever it stands."""

from __future__ import annotations

from msgspec import Struct


class Place(Struct, frozen=True, order=True):
    """A stretch of a file: `file` relative to the spec's root with `/`, lines and columns from 1, the end exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    def holds(self, other: Place) -> bool:
        """Whether another place lies within this one."""
        begins = (self.line, self.column) <= (other.line, other.column)
        ends = (other.end_line, other.end_column) <= (self.end_line, self.end_column)
        return self.file == other.file and begins and ends


class Related(Struct, frozen=True):
    """A second place that explains a finding, with the words that say how."""

    place: Place
    message: str


class Placed(Struct, frozen=True):
    """A value whose field `place` or `places` tells where it stands: two of them are equal wherever they stand."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Placed) and type(self) is type(other) and self._told() == other._told()

    def __hash__(self) -> int:
        return hash((type(self), self._told()))

    def _told(self) -> tuple[object, ...]:
        return tuple(getattr(self, name) for name in self.__struct_fields__ if name not in {"place", "places"})
