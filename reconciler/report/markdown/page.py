"""A comment: what everybody reads, then folds, and never more than a comment may hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from reconciler.model.words import counted
from reconciler.report.markdown.text import clipped

LIMIT = 60_000
"""Characters of a whole page. The forges take a little more; a workflow adds lines of its own."""

_NOTE = 600
"""Characters kept free for the lines that say what is left out."""

_LONGEST = 150
"""Lines of one block: what is longer is cut, so that one thing cannot push all others out."""

_WIDEST = 500
"""Letters of one line of a block."""


class Fold(Struct, frozen=True):
    """A part that is folded away. `title` is our own words; `noun` is what each of its blocks is: `change`, `step`.

    `number` is how many blocks there are, which are made only as far as they fit.
    """

    title: str
    noun: str
    number: int
    blocks: Iterable[str]


def page(head: Iterable[str], folds: Iterable[Fold], foot: str = "") -> str:
    """The head as it is, then the folds as far as they fit, cut between blocks and with a count of what is left out.

    The head must be short of itself. `foot` is the last line, whatever was left out.
    """
    parts = [part for part in head if part]
    room = LIMIT - _NOTE - len(foot) - sum(len(part) + 2 for part in parts)
    missing: list[str] = []
    for fold in folds:
        if not fold.number:
            continue
        text, left = _folded(fold, room)
        room -= len(text) + 2
        parts += [text] if text else []
        missing += [counted(left, fold.noun)] if left else []
    if missing:
        parts.append(f"*Left out, because a comment holds only so much: {', '.join(missing)}.*")
    return "\n\n".join([*parts, *([foot] if foot else [])]) + "\n"


def _folded(fold: Fold, room: int) -> tuple[str, int]:
    """A fold with as many of its blocks as there is room for, and how many are left out; "" where none fits."""
    opening, closing = f"<details><summary>{fold.title}</summary>", "</details>"
    room -= len(opening) + len(closing) + 4
    taken: list[str] = []
    for block in fold.blocks:
        room -= len(block) + 2
        if room < 0:
            break
        taken.append(block)
    left = fold.number - len(taken)
    return ("\n\n".join([opening, *taken, closing]) if taken else ""), left


def shortened(lines: Iterable[str], most: int = _LONGEST) -> Sequence[str]:
    """Lines, or the first of them and how many more there are."""
    whole = [clipped(line, _WIDEST) for line in lines]
    if len(whole) <= most:
        return whole
    return [*whole[: most - 1], f"... and {counted(len(whole) - most + 1, 'more line')}"]
