"""What stands between two tokens of a YAML text: comments, blank lines and indicators; never a part of a value."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

Point = tuple[int, int]
"""Line and column, both from 0."""


class Comment(Struct, frozen=True):
    """One comment, from its `#` to the end of its line. `spaced` is whether a blank line stands before it."""

    at: Point
    text: str
    spaced: bool


class Gap(Struct, frozen=True):
    """The comments of a gap, and whether its end stands after a line break and after a blank line."""

    comments: tuple[Comment, ...]
    broken: bool
    spaced: bool

    def beside(self, line: int) -> Comment | None:
        """The comment that stands behind what ends on this line."""
        first = self.comments[0] if self.comments else None
        return first if first is not None and first.at[0] == line else None

    def alone(self, line: int) -> tuple[Comment, ...]:
        """The comments that stand on lines of their own, when what is before the gap ends on this line."""
        return self.comments[1:] if self.beside(line) else self.comments


def gap(lines: Sequence[str], start: Point, end: Point) -> Gap:
    """What stands from one point to another."""
    comments: list[Comment] = []
    spaced = False
    for number in range(start[0], end[0] + 1):
        first = start[1] if number == start[0] else 0
        last = end[1] if number == end[0] else len(lines[number])
        segment = lines[number][first:last]
        before, mark, _ = segment.partition("#")
        if mark:
            comments.append(Comment((number, first + len(before)), segment[len(before) :].rstrip(), spaced))
        if mark or before.strip():
            spaced = False
        elif start[0] < number < end[0]:
            spaced = True
    return Gap(tuple(comments), start[0] != end[0], spaced)


def indicator(lines: Sequence[str], start: Point, sign: str) -> Point:
    """Where an indicator stands, the first one from a point on that is in no comment."""
    number, column = start
    while True:
        segment = lines[number][column:].partition("#")[0]
        if sign in segment:
            return number, column + segment.index(sign)
        number, column = number + 1, 0
