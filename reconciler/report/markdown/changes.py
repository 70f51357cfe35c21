"""The table of changes that a reviewer reads first: what happens to each thing, and what could go wrong."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from types import MappingProxyType

from reconciler.model.address import Address, Kind
from reconciler.model.plan import Action, Change
from reconciler.model.trail import Authors
from reconciler.model.words import counted
from reconciler.report.authors import authors_words
from reconciler.report.changes import change_block
from reconciler.report.drawing import Drawing
from reconciler.report.effects import happenings, risks
from reconciler.report.markdown.page import Fold, shortened
from reconciler.report.markdown.text import cell, code, fence, prose
from reconciler.report.terminal import Terminal

ROWS = 16
"""Rows of the table; what is less risky than these is told in the fold."""

WIDE = Terminal(100)
"""What a block of code of a comment shows without scrolling."""

_KEY = 80
_ORDER = (Action.REMOVE, Action.MOVE, Action.CHANGE, Action.ADD)
_KINDS = (Kind.APP, Kind.GROUP)


def changes_table(
    changes: Iterable[Change],
    asked: Collection[Address] = (),
    interrupted: Collection[Address] = (),
    authors: Authors | None = None,
) -> str:
    """Apps first and the riskiest of them first, one row each; "" where nothing changes.

    `asked` are the addresses whose acknowledgement is missing, `interrupted` the apps that nobody serves for a while.
    With `authors` there is a column for those who made it drift.
    """
    ordered = sorted(changes, key=lambda change: _weight(change, asked))
    if not ordered:
        return ""
    more = "" if authors is None else " changed by |"
    lines = [f"| | what | happens | could go wrong |{more}", f"|---|---|---|---|{'---|' if more else ''}"]
    lines += [_row(change, asked, interrupted, authors) for change in ordered[:ROWS]]
    if len(ordered) > ROWS:
        lines += ["", f"And {counted(len(ordered) - ROWS, 'change')} more, below."]
    meanings = dict.fromkeys(risk for change in ordered for risk in risks(change, interrupted))
    return "\n".join([*lines, "", *(f"- *{risk.short}*: {risk.meaning}" for risk in meanings)])


def _weight(change: Change, asked: Collection[Address]) -> tuple[bool, int, int, Address]:
    kind = _KINDS.index(change.address.kind) if change.address.kind in _KINDS else len(_KINDS)
    return change.address not in asked, kind, _ORDER.index(change.action), change.address


def _row(change: Change, asked: Collection[Address], interrupted: Collection[Address], authors: Authors | None) -> str:
    ask = ["**to be acknowledged**"] if change.address in asked else []
    wrong = ", ".join((*ask, *(risk.short for risk in risks(change, interrupted))))
    what = "; ".join(prose(words) for words in happenings(change)) or prose(change.reason)
    cells = [code(change.action.value), code(str(change.address), _KEY), what, wrong]
    if authors is not None:
        cells.append("; ".join(map(prose, authors_words(change, authors))))
    return f"| {' | '.join(map(cell, cells))} |"


def changes_fold(changes: Sequence[Change], title: str, authors: Authors = MappingProxyType({})) -> Fold:
    """Every change field by field, as a terminal shows it."""
    return Fold(
        f"{title}: {counted(len(changes), 'change')}, field by field", "change", len(changes), _blocks(changes, authors)
    )


def _blocks(changes: Iterable[Change], authors: Authors) -> Iterator[str]:
    return (fence(shortened(change_block(change, WIDE, authors=authors)), "diff") for change in changes)


def drawing_fold(drawn: Drawing) -> Fold:
    """The drawing with its key; nothing where no membership and no assignment changes."""
    if not drawn.lines:
        return Fold("", "drawing", 0, ())
    more = f" {counted(drawn.left_out, 'edge')} more had no room." if drawn.left_out else ""
    key = f"Thick is new, dotted goes, thin stays. From agents to groups to the apps that they serve.{more}"
    picture = f"{key}\n\n{fence(drawn.lines, 'mermaid')}"
    return Fold("Agents, groups and apps, before and after", "drawing", 1, [picture])
