"""Rows whose columns stand below each other, as far as the terminal is wide."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler.report.terminal import Style, Terminal, escape, hang, width

GAP = "  "
WIDEST = 44
"""A column does not grow beyond this; a longer text pushes the rest of its own row to the right."""


def columns(rows: Sequence[Sequence[str]], terminal: Terminal, styles: Sequence[Style] = ()) -> Iterator[str]:
    """The rows, each text escaped, the last column wrapped; `styles` colours each row's first column."""
    shown = [[escape(text) for text in row] for row in rows]
    if not shown:
        return
    widths = [min(WIDEST, max(width(row[place]) for row in shown)) for place in range(len(shown[0]) - 1)]
    for number, row in enumerate(shown):
        padded = (text + " " * (room - width(text)) for text, room in zip(row, widths, strict=False))
        lead = "".join(f"{text}{GAP}" for text in padded)
        first, *rest = hang(lead, row[-1], terminal.columns)
        if styles:
            first = terminal.paint(row[0], styles[number]) + first[len(row[0]) :]
        yield first
        yield from rest
