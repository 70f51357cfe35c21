"""`reconciler status [DIR]`: how agents, groups, apps and jobs are."""

from __future__ import annotations

import asyncio
import sys

import click

from reconciler.cli import options
from reconciler.cli.asked import Asked
from reconciler.cli.verbs.examples import with_examples


@click.command("status", epilog=with_examples("reconciler status", "reconciler status contoso --all --format json"))
@click.option("--all", "everything", is_flag=True, help="Show what is well too, and what nobody manages.")
@options.of_a_service()
def command(asked: Asked, everything: bool) -> int:
    """Tell how agents, groups, apps and jobs are, worst first: `!` ill, `~` ailing, `?` unknown.

    Exit codes: 0 whatever there is to tell, 1 error, 7 a surface could not be read completely.
    """
    from reconciler.cli.output import note_findings, plain_lines, stream_terminal, write
    from reconciler.cli.requests import request_of
    from reconciler.operations.status import status_of
    from reconciler.report.status import status_json, status_text

    telling = asked.telling
    status = asyncio.run(status_of(request_of(asked), plain_lines(telling)))
    if telling.form == "json":
        write(status_json(status.service, status.tenant_id, status.health, status.findings))
    else:
        note_findings(status.findings, telling, status.validation.sources)
        shown = stream_terminal(sys.stdout, telling.color)
        write(status_text(status.service, status.tenant_id, status.health, shown, everything=everything))
    return status.exit_code
