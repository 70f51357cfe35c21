"""`reconciler plan [DIR]`: show what would change."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import click

from reconciler.cli import options
from reconciler.cli.verbs.examples import with_examples


@click.command(
    "plan",
    epilog=with_examples(
        "reconciler plan examples/contoso",
        "reconciler plan --out change.plan.json --detailed-exitcode",
    ),
)
@options.directory
@click.option("--out", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False), help="Save the plan here.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 where there are changes, blocked ones too.")
@click.option("--steps", is_flag=True, help="Show the steps too, wave by wave.")
@options.acknowledge
@options.surfaces
@options.endpoint
@options.time_limit
@options.report_format
@options.color
@options.quiet
@options.verbose
def command(  # noqa: PLR0913, PLR0917 - one parameter for each option
    directory: Path,
    out: Path | None,
    detailed_exitcode: bool,
    steps: bool,
    acknowledged: tuple[str, ...],
    surfaces: tuple[str, ...],
    endpoint: str | None,
    time_limit: float,
    form: str,
    color: str,
    quiet: bool,
    verbose: bool,
) -> int:
    """Show what would change, in which order, and what it costs. Nothing is written.

    Exit codes: 0 done, 1 error, 2 changes (with --detailed-exitcode), 7 a surface could not be read completely.
    """
    from reconciler.cli.output import note_findings, plain_lines, stream_terminal, write
    from reconciler.cli.reports import FORMS, reported, write_plan_report
    from reconciler.cli.requests import request_of
    from reconciler.operations.planning import exit_code_of_plan, make_plan
    from reconciler.report.plan import plan_json, plan_text

    request = request_of(
        directory, endpoint=endpoint, surfaces=surfaces, time_limit=time_limit, acknowledged=acknowledged
    )
    with reported(form, "plan", directory):
        planned = asyncio.run(make_plan(request, plain_lines(color, quiet=quiet, verbose=verbose)))
    note_findings(planned.findings, color, planned.validation.sources, quiet=quiet)
    if form == "json":
        write(plan_json(planned.plan))
    elif form in FORMS:
        write_plan_report(form, planned, directory)
    else:
        write(plan_text(planned.plan, stream_terminal(sys.stdout, color), steps=steps))
    if out is not None and not planned.reads_failed:
        from reconciler.operations.edges.plan_files import write_plan

        write_plan(out, plan_json(planned.plan))
    return exit_code_of_plan(planned, detailed=detailed_exitcode)
