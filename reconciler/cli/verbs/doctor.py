"""`reconciler doctor [DIR]`: what the credentials at hand can do."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import click

from reconciler.cli import options
from reconciler.cli.verbs.examples import with_examples


@click.command("doctor", epilog=with_examples("reconciler doctor", "reconciler doctor contoso --surface apps"))
@options.directory
@options.surfaces
@options.endpoint
@options.time_limit
@options.output_format
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
    """Tell what the credentials can do and what they lack; nothing is written.

    Exit codes: 0 all chosen surfaces can be read, 1 error, 7 one cannot.
    """
    from reconciler.cli.output import plain_lines, stream_terminal, write
    from reconciler.cli.requests import request_of
    from reconciler.operations.doctor import examine
    from reconciler.report.doctor import doctor_json, doctor_text

    request = request_of(directory, endpoint=endpoint, surfaces=surfaces, time_limit=time_limit)
    examined = asyncio.run(examine(request, plain_lines(color, quiet=quiet, verbose=verbose)))
    if form == "json":
        write(doctor_json(examined.service, examined.tenant_id, examined.surfaces))
    else:
        shown = stream_terminal(sys.stdout, color)
        write(doctor_text(examined.service, examined.tenant_id, examined.surfaces, shown))
    return examined.exit_code
