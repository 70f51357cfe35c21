"""The table of changes that a reviewer reads first: what happens to each thing, and what could go wrong."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from reconciler.model.address import Address, Kind
from reconciler.model.plan import Action, Change
from reconciler.model.words import counted
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
    changes: Iterable[Change], asked: Collection[Address] = (), interrupted: Collection[Address] = ()
) -> str:
    """Apps first and the riskiest of them first, one row each; "" where nothing changes.

    `asked` are the addresses whose acknowledgement is missing, `interrupted` the apps that nobody serves for a while.
    """
    ordered = sorted(changes, key=lambda change: _weight(change, asked))
    if not ordered:
        return ""
    lines = ["| | what | happens | could go wrong |", "|---|---|---|---|"]
    lines += [_row(change, asked, interrupted) for change in ordered[:ROWS]]
    if len(ordered) > ROWS:
        lines += ["", f"And {counted(len(ordered) - ROWS, 'change')} more, below."]
    meanings = dict.fromkeys(risk for change in ordered for risk in risks(change, interrupted))
    return "\n".join([*lines, "", *(f"- *{risk.short}*: {risk.meaning}" for risk in meanings)])


def _weight(change: Change, asked: Collection[Address]) -> tuple[bool, int, int, Address]:
    kind = _KINDS.index(change.address.kind) if change.address.kind in _KINDS else len(_KINDS)
    return change.address not in asked, kind, _ORDER.index(change.action), change.address


def _row(change: Change, asked: Collection[Address], interrupted: Collection[Address]) -> str:
    ask = ["**to be acknowledged**"] if change.address in asked else []
    wrong = ", ".join((*ask, *(risk.short for risk in risks(change, interrupted))))
    what = "; ".join(prose(words) for words in happenings(change)) or prose(change.reason)
    return f"| {' | '.join(map(cell, (code(change.action.value), code(str(change.address), _KEY), what, wrong)))} |"


def changes_fold(changes: Sequence[Change], title: str) -> Fold:
    """Every change field by field, as a terminal shows it."""
    return Fold(f"{title}: {counted(len(changes), 'change')}, field by field", "change", len(changes), _blocks(changes))


def _blocks(changes: Iterable[Change]) -> Iterator[str]:
    return (fence(shortened(change_block(change, WIDE)), "diff") for change in changes)


def drawing_fold(drawn: Drawing) -> Fold:
    """The drawing with its key; nothing where no membership and no assignment changes."""
    if not drawn.lines:
        return Fold("", "drawing", 0, ())
    more = f" {counted(drawn.left_out, 'edge')} more had no room." if drawn.left_out else ""
    key = f"Thick is new, dotted goes, thin stays. From agents to groups to the apps that they serve.{more}"
    picture = f"{key}\n\n{fence(drawn.lines, 'mermaid')}"
    return Fold("Agents, groups and apps, before and after", "drawing", 1, [picture])
