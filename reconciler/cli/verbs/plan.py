"""`reconciler plan [DIR]`: show what would change."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import click

from reconciler.cli import options
from reconciler.cli.asked import Asked
from reconciler.cli.verbs.examples import with_examples


@click.command(
    "plan",
    epilog=with_examples(
        "reconciler plan examples/contoso",
        "reconciler plan --out change.plan.json --detailed-exitcode",
    ),
)
@click.option("--out", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False), help="Save the plan here.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 where something changes or is blocked.")
@click.option("--steps", is_flag=True, help="Show the steps too, wave by wave.")
@options.of_a_service(options.acknowledge, forms=options.report_format)
def command(asked: Asked, out: Path | None, detailed_exitcode: bool, steps: bool) -> int:
    """Show what would change, in which order, at which cost. Nothing is written.

    Exit codes: 0 done, 1 error, 2 changes (with --detailed-exitcode), 7 a surface could not be read completely.
    """
    from reconciler.cli.output import note_findings, plain_lines, stream_terminal, write
    from reconciler.cli.reports import FORMS, reported, write_plan_report
    from reconciler.cli.requests import request_of
    from reconciler.operations.planning import exit_code_of_plan, make_plan
    from reconciler.report.plan import plan_json, plan_text

    telling = asked.telling
    with reported(telling.form, "plan", asked.directory):
        planned = asyncio.run(make_plan(request_of(asked), plain_lines(telling)))
    note_findings(planned.findings, telling, planned.validation.sources)
    if telling.form == "json":
        write(plan_json(planned.plan))
    elif telling.form in FORMS:
        write_plan_report(telling.form, planned, asked.directory)
    else:
        write(plan_text(planned.plan, stream_terminal(sys.stdout, telling.color), steps=steps))
    if out is not None and not planned.reads_failed:
        from reconciler.operations.edges.plan_files import write_plan

        write_plan(out, plan_json(planned.plan))
    return exit_code_of_plan(planned, detailed=detailed_exitcode)
