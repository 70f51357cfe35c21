"""Where results go: stdout for results, stderr for progress and findings, each with what its stream can show."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, TextIO

from reconciler.cli.asked import Telling
from reconciler.model.finding import Finding, Severity
from reconciler.report.findings import findings_text
from reconciler.report.terminal import Terminal, terminal

if TYPE_CHECKING:
    from reconciler.model.events import Event, Tell


def stream_terminal(stream: TextIO, color: str) -> Terminal:
    """What a stream can show, with the colour that `--color` asks for."""
    is_terminal = stream.isatty()
    columns = shutil.get_terminal_size((0, 0)).columns if is_terminal else 0
    return terminal(color, os.environ, is_terminal=is_terminal, columns=columns)


def write(text: str) -> None:
    """Write a result to stdout, as it is."""
    sys.stdout.write(text)


def note_findings(
    findings: Iterable[Finding], telling: Telling, sources: Mapping[str, Sequence[str]] = MappingProxyType({})
) -> None:
    """Write findings to stderr, where there are any; when quiet, no mere notes."""
    found = tuple(finding for finding in findings if not telling.quiet or finding.severity is not Severity.NOTE)
    if found:
        sys.stderr.write(findings_text(found, stream_terminal(sys.stderr, telling.color), sources))


@contextmanager
def progress(telling: Telling) -> Iterator[Tell]:
    """Show events on stderr as they come: a live view on a terminal, plain lines elsewhere, nothing when quiet."""
    if sys.stderr.isatty() and not telling.quiet:
        from reconciler.report.live import LiveEvents

        with LiveEvents(stream_terminal(sys.stderr, telling.color), sys.stderr, verbose=telling.verbose) as view:
            yield view
        return
    yield plain_lines(telling)


def plain_lines(telling: Telling) -> Tell:
    """Shows events on stderr line by line, as a log has them; nothing when quiet."""
    from reconciler.model.events import nobody
    from reconciler.report.events import PlainEvents

    if telling.quiet:
        return nobody
    plain = PlainEvents(stream_terminal(sys.stderr, telling.color), verbose=telling.verbose)

    def tell(event: Event) -> None:
        for line in plain.lines(event):
            sys.stderr.write(f"{line}\n")
        sys.stderr.flush()

    return tell
