"""`reconciler drift [DIR]`: tell what changed at the service."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli import options
from reconciler.cli.completion import complete_address
from reconciler.cli.verbs.examples import with_examples

if TYPE_CHECKING:
    from reconciler.model.events import Tell
    from reconciler.operations.planning import Planned
    from reconciler.operations.run import Request


@click.command(
    "drift", epilog=with_examples("reconciler drift", "reconciler drift --accept app/payroll/provisioning.scope")
)
@options.directory
@click.option(
    "--accept",
    "accepted",
    metavar="ADDRESS",
    multiple=True,
    shell_complete=complete_address,
    help="Write what the service holds into the spec: of a thing, or of ADDRESS/FIELD.",
)
@options.surfaces
@options.endpoint
@options.time_limit
@options.report_format
@options.color
@options.quiet
@options.verbose
def command(  # noqa: PLR0913, PLR0917 - one parameter for each option
    directory: Path,
    accepted: tuple[str, ...],
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
    tell = plain_lines(color, quiet=quiet, verbose=verbose)
    with reported(form, "drift", directory):
        if accepted:
            planned = _accepted(request, accepted, tell, quiet=quiet)
        else:
            planned = asyncio.run(make_plan(request, tell, authors=True))
    if form == "json":
        write(drift_json(planned.drift, planned.findings))
    elif form in FORMS:
        write_drift_report(form, planned, directory)
    else:
        note_findings(planned.findings, color, planned.validation.sources, quiet=quiet)
        write(drift_text(planned.drift, stream_terminal(sys.stdout, color)))
    return exit_code_of_drift(planned)


def _accepted(request: Request, words: tuple[str, ...], tell: Tell, *, quiet: bool) -> Planned:
    """Accept what the words name, say on stderr what was written, and give what is left."""
    from reconciler.cli.requests import address_of
    from reconciler.operations.accepting import accept
    from reconciler.report.drift import accepted_lines

    done = asyncio.run(accept(request, [address_of(word, "--accept") for word in words], tell))
    if not quiet:
        sys.stderr.write("".join(f"{line}\n" for line in accepted_lines(done.fields)))
    return done.planned
