"""`reconciler drift [DIR]`: tell what changed at the service."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import click

from reconciler.cli import options
from reconciler.cli.verbs.examples import with_examples


@click.command("drift", epilog=with_examples("reconciler drift", "reconciler drift --surface apps --format json"))
@options.directory
@options.surfaces
@options.endpoint
@options.time_limit
@options.report_format
@options.color
@options.quiet
@options.verbose
def command(
    directory: Path,
    surfaces: tuple[str, ...],
    endpoint: str | None,
    time_limit: float,
    form: str,
    color: str,
    quiet: bool,
    verbose: bool,
) -> int:
    """Tell what changed at the service behind the spec's back, apart from what the spec wants next.

    Exit codes: 0 no drift, 1 error, 2 drift, 7 a surface could not be read completely.
    """
    from reconciler.cli.output import note_findings, plain_lines, stream_terminal, write
    from reconciler.cli.reports import FORMS, reported, write_drift_report
    from reconciler.cli.requests import request_of
    from reconciler.operations.planning import exit_code_of_drift, make_plan
    from reconciler.report.drift import drift_json, drift_text

    request = request_of(directory, endpoint=endpoint, surfaces=surfaces, time_limit=time_limit)
    with reported(form, "drift", directory):
        planned = asyncio.run(make_plan(request, plain_lines(color, quiet=quiet, verbose=verbose), authors=True))
    if form == "json":
        write(drift_json(planned.drift, planned.findings))
    elif form in FORMS:
        write_drift_report(form, planned, directory)
    else:
        note_findings(planned.findings, color, planned.validation.sources, quiet=quiet)
        write(drift_text(planned.drift, stream_terminal(sys.stdout, color)))
    return exit_code_of_drift(planned)
