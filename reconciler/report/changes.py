"""The block that each change of a plan is: its sign and address, why, and what becomes of every field."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from types import MappingProxyType

from reconciler.model.place import Place
from reconciler.model.plan import Action, Cause, Change, FieldChange
from reconciler.model.trail import Authors
from reconciler.report.authors import author_words
from reconciler.report.terminal import Style, Terminal, escape, hang, width, wrap
from reconciler.report.values import change_lines

ACTION_STYLES = {
    Action.ADD: Style.ADD,
    Action.CHANGE: Style.CHANGE,
    Action.REMOVE: Style.REMOVE,
    Action.MOVE: Style.MOVE,
}
_INDENT = "    "
_WIDEST_KEY = 30
_FARTHEST = 100
"""Columns within which places are lined up at the right, so that the eye does not travel on a wide terminal."""

_CAUSES = {Cause.PENDING: "", Cause.DRIFT: "  (drift)", Cause.BOTH: "  (drift, and the spec moved on)"}


def change_block(
    change: Change,
    terminal: Terminal,
    unacknowledged: Collection[str] = (),
    authors: Authors = MappingProxyType({}),
) -> Iterator[str]:
    """A change as lines. `unacknowledged` are the addresses, as text, whose changes a guard refuses.

    `authors` are those who made it drift, where that is known.
    """
    style = ACTION_STYLES[change.action]
    yield _head(change, terminal, style)
    if change.reason:
        yield from _painted(wrap(escape(change.reason), terminal.columns - len(_INDENT)), terminal, Style.FAINT)
    if change.blocked:
        yield from hang(f"{_INDENT}blocked: ", escape(change.blocked), terminal.columns, indent=len(_INDENT) + 2)
    if str(change.address) in unacknowledged:
        asked = f"! needs an acknowledgement: --ack {change.address}"
        yield from _painted(wrap(escape(asked), terminal.columns - len(_INDENT)), terminal, Style.ASK)
    column = min(max((width(escape(field.key)) for field in change.fields), default=0), _WIDEST_KEY)
    for field in change.fields:
        yield from _field_lines(field, change.place, column, terminal)
        author = authors.get((change.address, field.key))
        if author is not None:
            under = " " * (len(_INDENT) + column + 2)
            yield from hang(
                f"{under}changed by ", escape(author_words(author)), terminal.columns, indent=len(under) + 2
            )


def _head(change: Change, terminal: Terminal, style: Style) -> str:
    name = f"{change.action.value} {escape(str(change.address))}"
    place = escape(str(change.place or ""))
    return f"{terminal.paint(name, style)}{_at_right(name, place, terminal)}"


def _at_right(text: str, place: str, terminal: Terminal) -> str:
    """A place lined up at the right of a text, or two blanks behind it where there is no room."""
    if not place:
        return ""
    blanks = max(min(terminal.columns, _FARTHEST) - width(text) - width(place), 2)
    return " " * blanks + terminal.paint(place, Style.FAINT)


def _painted(lines: Iterator[str], terminal: Terminal, style: Style) -> Iterator[str]:
    return (_INDENT + terminal.paint(line, style) for line in lines)


def _field_lines(field: FieldChange, thing: Place | None, column: int, terminal: Terminal) -> Iterator[str]:
    key = escape(field.key)
    first = f"{_INDENT}{key}{' ' * max(column - width(key), 0)}  "
    lines = list(change_lines(field)) or ["changed"]
    lines[0] += _CAUSES[field.cause]
    under = len(_INDENT) + column + 2
    shown = [*hang(first, lines[0], terminal.columns, indent=under)]
    for line in lines[1:]:
        shown.extend(hang(" " * under, line, terminal.columns))
    elsewhere = field.place is not None and (thing is None or field.place.file != thing.file)
    place = escape(str(field.place)) if elsewhere else ""
    if place and width(shown[0]) + 2 + width(place) <= min(terminal.columns, _FARTHEST):
        shown[0] += _at_right(shown[0], place, terminal)
    elif place:
        fits = under + width(place) <= terminal.columns
        shown.append(" " * (under if fits else terminal.columns // 4) + terminal.paint(place, Style.FAINT))
    yield from shown
