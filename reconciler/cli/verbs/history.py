"""`reconciler history [DIR]`: what was applied, by whom, and with what result."""

from __future__ import annotations

import sys

import click

from reconciler.cli import options
from reconciler.cli.asked import Asked
from reconciler.cli.verbs.examples import with_examples


@click.command(
    "history", epilog=with_examples("reconciler history", "reconciler history contoso --limit 5 --format json")
)
@click.option(
    "--limit", metavar="N", type=click.IntRange(min=0), default=20, show_default=True, help="The newest N; 0 for all."
)
@options.of_the_state
def command(asked: Asked, limit: int) -> None:
    """Tell what was applied, by whom, and with what result, newest first, from the journal."""
    from reconciler.cli.output import note_findings, stream_terminal, write
    from reconciler.cli.requests import request_of
    from reconciler.operations.history import past_of
    from reconciler.report.history import history_json, history_text

    history = past_of(request_of(asked))
    if asked.telling.form == "json":
        write(history_json(history, limit))
        return
    note_findings(history.notes, asked.telling)
    write(history_text(history, stream_terminal(sys.stdout, asked.telling.color), limit))
