"""The sections that reports are made of: a title, an empty line, the lines, an empty line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.report.terminal import Style, Terminal, wrap


def section(title: str, lines: Iterable[str], terminal: Terminal) -> Iterator[str]:
    """Lines under a title and an empty line after them; nothing at all where there are none."""
    lines = list(lines)
    if lines:
        yield from (terminal.paint(line, Style.STRONG) for line in wrap(title, terminal.columns))
        yield ""
        yield from lines
        yield ""
