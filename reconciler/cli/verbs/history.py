"""`reconciler history [DIR]`: what was applied, by whom, and with what result."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from reconciler.cli import options
from reconciler.cli.verbs.examples import with_examples


@click.command(
    "history", epilog=with_examples("reconciler history", "reconciler history contoso --limit 5 --format json")
)
@options.directory
@click.option(
    "--limit", metavar="N", type=click.IntRange(min=0), default=20, show_default=True, help="The newest N; 0 for all."
)
@options.endpoint
@options.output_format
@options.color
@options.quiet
def command(directory: Path, limit: int, endpoint: str | None, form: str, color: str, quiet: bool) -> None:
    """Tell what was applied, by whom, and with what result, newest first, from the journal."""
    from reconciler.cli.output import note_findings, stream_terminal, write
    from reconciler.cli.requests import state_request
    from reconciler.operations.history import past_of
    from reconciler.report.history import history_json, history_text

    history = past_of(state_request(directory, endpoint))
    if form == "json":
        write(history_json(history, limit))
        return
    note_findings(history.notes, color, {}, quiet=quiet)
    write(history_text(history, stream_terminal(sys.stdout, color), limit))
