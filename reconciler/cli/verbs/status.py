"""`reconciler status [DIR]`: how agents, groups, apps and jobs are."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import click

from reconciler.cli import options
from reconciler.cli.verbs.examples import with_examples


@click.command("status", epilog=with_examples("reconciler status", "reconciler status contoso --all --format json"))
@options.directory
@click.option("--all", "everything", is_flag=True, help="Show what is well too, and everything that nobody manages.")
@options.surfaces
@options.endpoint
@options.time_limit
@options.output_format
@options.color
@options.quiet
@options.verbose
def command(  # noqa: PLR0913, PLR0917 - one parameter for each option
    directory: Path,
    everything: bool,
    surfaces: tuple[str, ...],
    endpoint: str | None,
    time_limit: float,
    form: str,
    color: str,
    quiet: bool,
    verbose: bool,
) -> int:
    """Tell how agents, groups, apps and their jobs are, worst first: `!` ill, `~` ailing, `?` unknown.

    Exit codes: 0 whatever there is to tell, 1 error, 7 a surface could not be read completely.
    """
    from reconciler.cli.output import note_findings, plain_lines, stream_terminal, write
    from reconciler.cli.requests import request_of
    from reconciler.operations.status import status_of
    from reconciler.report.status import status_json, status_text

    request = request_of(directory, endpoint=endpoint, surfaces=surfaces, time_limit=time_limit)
    status = asyncio.run(status_of(request, plain_lines(color, quiet=quiet, verbose=verbose)))
    if form == "json":
        write(status_json(status.service, status.tenant_id, status.health, status.findings))
    else:
        note_findings(status.findings, color, status.validation.sources, quiet=quiet)
        shown = stream_terminal(sys.stdout, color)
        write(status_text(status.service, status.tenant_id, status.health, shown, everything=everything))
    return status.exit_code
