"""The canonical form of a spec file: its text anew from its events, with every comment and value in its order.

Blocks are indented by two blanks, lists below their key too; what is in brackets stays in brackets, on the lines that
it had. A text has quotes only where a reader of YAML 1.1 or 1.2 would take it for something else. One blank line at
most stands between lines, and a comment keeps its column or moves two blanks behind what it stands behind.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, cast

from reconciler.model.finding import Finding, has_errors
from reconciler.spec.decode import decode
from reconciler.spec.events import (
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    native_events,
)
from reconciler.spec.faults import span_of
from reconciler.spec.files import SpecFile
from reconciler.spec.gaps import Comment, Gap, Point, gap, indicator
from reconciler.spec.parse import parse
from reconciler.spec.quoting import is_plain, is_seen, quoted_text
from reconciler.spec.tree import Table

_STEP = 2
_BLANKS = " \t"
"""What may go from the end of a line; any other blank is a part of the value."""

_SIGNS = frozenset({"-", "?", ":"})
"""Texts that stand for themselves before a comma alone: at the end of a line they would begin something."""

_LONGEST_KEY = 1000
"""Characters of a key that a reader still takes without a `?` before it."""

_HEADER = re.compile(r"(?P<style>[|>])(?P<first>[-+]?)(?P<digit>[1-9]?)(?P<last>[-+]?)(?P<rest>.*)")


def formatted(file: str, content: bytes) -> bytes | tuple[Finding, ...]:
    """The file in its canonical form, or why it cannot be read: what the guarded parser refuses is not written anew.

    A file whose root is no table of keys, or that has a key of several lines, is left as it is. So is one whose values
    would be read as others: that is looked at last, whatever the rest of this module believes.
    """
    document = parse(file, content)
    if has_errors(document.findings):
        return document.findings
    text = cast("str", decode(file, content))
    lines_end = "\r\n" if "\r\n" in text else "\n"
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if document.root is not None and not isinstance(document.root, Table):
        return content
    try:
        lines = _Writing(text.split("\n")).written(native_events(text))
    except _LongKey:
        return content
    form = "".join(f"{line}{lines_end}" for line in lines).encode()
    return form if parse(file, form).root == document.root else content


def kept_in_form(before: SpecFile, after: SpecFile) -> SpecFile:
    """A changed file in its canonical form, where it was in that before; else as it is."""
    if before == after or formatted(before.name, before.content) != before.content:
        return after
    form = formatted(after.name, after.content)
    return SpecFile(after.name, form) if isinstance(form, bytes) else after


class _Start(Protocol):
    """What only the event has that begins a table or a list."""

    flow_style: bool


class _LongKey(Exception):
    """Raised for a key that cannot stand on one line."""


@dataclass(slots=True)
class _Frame:
    """A table or a list that is open. `column` is where its lines begin now, `was` where they began in the source."""

    is_table: bool
    in_flow: bool
    column: int
    was: int
    depth: int = 0
    count: int = 0
    key_done: bool = False

    @property
    def inner(self) -> int:
        """Where what goes on over several lines is continued."""
        return self.column + _STEP * max(self.depth, 1)


@dataclass(slots=True)
class _Writing:
    """The lines written so far, the line being written, and how far the source was read.

    `left` are the blocks that ended since the last token, of which a comment may still be a part. `dashed` is whether
    the line ends with the dash of a list's item.
    """

    source: list[str]
    lines: list[str] = field(default_factory=list)
    line: str = ""
    at: Point = (0, 0)
    frames: list[_Frame] = field(default_factory=list)
    left: list[_Frame] = field(default_factory=list)
    dashed: bool = False

    def written(self, next_event: Callable[[], Event]) -> list[str]:
        """Every line of the canonical form."""
        takes: Mapping[type, Callable[[Event], None]] = {
            ScalarEvent: self._scalar,
            MappingStartEvent: self._open,
            SequenceStartEvent: self._open,
            MappingEndEvent: self._close,
            SequenceEndEvent: self._close,
            DocumentStartEvent: self._document,
        }
        event = next_event()
        while not isinstance(event, StreamEndEvent):
            take = takes.get(type(event))
            if take is not None:
                take(event)
            event = next_event()
        self._comments(gap(self.source, self.at, (len(self.source) - 1, len(self.source[-1]))), 0)
        self._end_line()
        return self.lines

    def _document(self, event: Event) -> None:
        """Write the mark of the document's start where the source has one."""
        line, column, end_line, end_column = span_of(event)
        if (line, column) != (end_line, end_column):
            self._comments(gap(self.source, self.at, (line, column)), 0)
            self._end_line()
            self.line, self.at = "---", (end_line, end_column)

    def _scalar(self, event: Event) -> None:
        line, column, end_line, end_column = span_of(event)
        if not self.frames:  # An empty document is one empty scalar.
            return
        frame = self.frames[-1]
        is_key = frame.is_table and not frame.key_done
        if is_key and (line != end_line or end_column - column > _LONGEST_KEY):
            raise _LongKey
        if (line, column) != (end_line, end_column):
            self._lead((line, column))
            lines = _lines_of(event, self.source, frame)
            self._put(lines)
            self.at = (end_line, end_column)
            if event.style in {"|", ">"}:
                self._end_block(line + len(lines) - 1)
        elif not frame.is_table:
            self._dash(frame)
            self.dashed = False
        elif frame.in_flow:
            self.line += " "  # `a:,` would be the one text `a:`.
        self._done(frame, is_key=is_key)

    def _done(self, frame: _Frame, *, is_key: bool) -> None:
        frame.key_done = is_key
        if is_key:
            self.line += ":"
        else:
            frame.count += 1

    def _open(self, event: Event) -> None:
        line, column, end_line, end_column = span_of(event)
        is_table = isinstance(event, MappingStartEvent)
        outer = self.frames[-1] if self.frames else None
        above = outer.column if outer else -_STEP
        if cast("_Start", event).flow_style:
            if outer:
                self._lead((line, column))
            self._put(["{" if is_table else "["])
            self.at = (end_line, end_column)
            depth = outer.depth + 1 if outer else 1
            self.frames.append(_Frame(is_table, True, max(above, 0), column, depth))  # noqa: FBT003 - as above
            return
        if outer and not outer.is_table:
            self._dash(outer)
        self.frames.append(_Frame(is_table, False, above + _STEP, column))  # noqa: FBT003 - as above

    def _close(self, event: Event) -> None:
        frame = self.frames.pop()
        line, column, end_line, end_column = span_of(event)
        if frame.in_flow:
            between = gap(self.source, self.at, (line, column))
            self._comments(between, frame.inner)
            if between.comments or (between.broken and frame.count):
                self._new_line(frame.inner - _STEP, spaced=False)
            self.line += "}" if frame.is_table else "]"
            self.at = max(self.at, (end_line, end_column))
        else:
            self.left.append(frame)
        if self.frames:
            self._done(self.frames[-1], is_key=False)

    def _lead(self, place: Point) -> None:
        """Write what stands before a key, a scalar or an opening bracket: comments, breaks, a dash, a comma."""
        frame = self.frames[-1]
        if frame.in_flow:
            self._lead_in_flow(frame, place)
        elif frame.is_table and not frame.key_done:
            self._begin(frame, place)
        else:
            if not frame.is_table:
                self._dash(frame)
            self._lead_value(frame, place)

    def _lead_in_flow(self, frame: _Frame, place: Point) -> None:
        is_value = frame.is_table and frame.key_done
        if frame.count and not is_value:
            self.line += ","
        between = gap(self.source, self.at, place)
        self._comments(between, frame.inner)
        if between.comments or (between.broken and not is_value):
            self._new_line(frame.inner, spaced=between.spaced and bool(frame.count))

    def _lead_value(self, frame: _Frame, place: Point) -> None:
        """Join a value to its key or its dash, unless a comment stands between them."""
        between = gap(self.source, self.at, place)
        if between.comments:
            self._comments(between, frame.column + _STEP)
            self._new_line(frame.column + _STEP, spaced=False)

    def _begin(self, frame: _Frame, place: Point) -> None:
        """Begin a line of a block; the first one of a block that is a list's item goes on behind the dash."""
        between = gap(self.source, self.at, place)
        self._comments(between, frame.column)
        self.left.clear()
        if self.dashed and not between.comments:
            self.line += " "
        elif self.line or self.lines:
            is_first = not frame.count and len(self.frames) > 1 and not between.alone(self.at[0])
            self._new_line(frame.column, spaced=between.spaced and not is_first)
        self.dashed = False

    def _dash(self, frame: _Frame) -> None:
        sign = indicator(self.source, self.at, "-")
        self._begin(frame, sign)
        self.line += "-"
        self.at = (sign[0], sign[1] + 1)
        self.dashed = True

    def _put(self, lines: list[str]) -> None:
        """Write a text where the line stands, with a blank before it unless it begins the line or follows a bracket."""
        joined = not self.line.strip() or self.line[-1] in "{[ "
        self.line += lines[0] if joined else f" {lines[0]}"
        for line in lines[1:]:
            self.lines.append(self.line)
            self.line = line
        self.dashed = False

    def _end_block(self, last: int) -> None:
        """End a text of a block with its last line: nothing can stand beside it, and what follows is no part of it."""
        self.lines.append(self.line)
        self.line = ""
        self.at = (last, len(self.source[last]))

    def _comments(self, between: Gap, column: int) -> None:
        """Write the comments of a gap: one beside what was written last, the others on lines of their own."""
        beside = between.beside(self.at[0]) if self.line else None
        if beside is not None:
            self.line = f"{self.line.ljust(beside.at[1] - _STEP)}  {beside.text}"
        for comment in between.comments:
            if comment is not beside:
                self._new_line(self._column_of(comment, column), spaced=comment.spaced)
                self.line += comment.text

    def _column_of(self, comment: Comment, column: int) -> int:
        """Where a comment goes that stands alone: into a block that ended, where it stood as deep as that block."""
        open_at = self.frames[-1].was if self.frames else 0
        blocks = [frame for frame in self.left if frame.was <= comment.at[1] > open_at]
        return max((frame.column for frame in blocks), default=column)

    def _new_line(self, column: int, *, spaced: bool) -> None:
        self._end_line()
        if spaced and self.lines:
            self.lines.append("")
        self.line = " " * column

    def _end_line(self) -> None:
        if self.line.strip(_BLANKS):
            self.lines.append(self.line.rstrip(_BLANKS))
        self.line = ""


def _lines_of(event: Event, source: list[str], frame: _Frame) -> list[str]:
    """The lines of a scalar as they are written now; the first one goes on where the line stands."""
    line, column, end_line, end_column = span_of(event)
    if event.style in {"|", ">"}:
        return _block(source, event, frame)
    if line == end_line:
        text = source[line][column:end_column]
        if not event.style:
            return [quoted_text(text) if frame.in_flow and text in _SIGNS else text]
        if is_plain(event.value, in_flow=frame.in_flow):
            return [event.value]
        return [quoted_text(event.value) if is_seen(event.value) else text]
    whole = [source[line][column:], *source[line + 1 : end_line], source[end_line][:end_column]]
    margin = " " * frame.inner
    first, *others = (_trimmed(text, escapes=event.style == '"') for text in whole)
    return [first, *(f"{margin}{text.lstrip()}" if text.strip() else "" for text in others)]


def _trimmed(text: str, *, escapes: bool) -> str:
    """A line of a text of several lines without the blanks at its end; one that is escaped is a part of the text."""
    kept = text.rstrip(" \t")
    backslashes = len(kept) - len(kept.rstrip("\\"))
    return text[: len(kept) + 1] if escapes and backslashes % 2 else kept


def _block(source: list[str], event: Event, frame: _Frame) -> list[str]:
    """A text of a block, `|` or `>`, with its lines moved to where the block stands now.

    What ends with the file and not with a line break ends with one now, which the sign `-` keeps out of the value.
    """
    line, column, *end = span_of(event)
    header = cast("re.Match[str]", _HEADER.fullmatch(source[line][column:].rstrip(_BLANKS)))
    content = source[line + 1 : end[0] + (end[1] > 0)]
    chomping = header["first"] or header["last"]
    if header["digit"]:
        indent = max(frame.was, 0) + int(header["digit"])
    else:
        widths = (len(text) - len(text.lstrip(" ")) for text in content if text.strip(" "))
        indent = next(widths, max(map(len, content), default=0))
    while content and chomping != "+" and not content[-1][indent:]:
        content.pop()
    if event.value and not event.value.endswith("\n"):
        chomping = "-"
    digit = str(_STEP) if header["digit"] else ""
    margin = " " * (frame.column + _STEP)
    first = f"{header['style']}{chomping}{digit}{header['rest']}"
    return [first, *(f"{margin}{text[indent:]}" if text[indent:] else "" for text in content)]
