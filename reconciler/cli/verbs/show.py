"""`reconciler show FILE`: print a saved plan."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from reconciler.cli import options
from reconciler.cli.verbs.examples import with_examples


@click.command(
    "show", epilog=with_examples("reconciler show change.plan.json", "reconciler show change.plan.json --steps")
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--steps", is_flag=True, help="Show the steps too, wave by wave.")
@options.output_format
@options.color
def command(file: Path, steps: bool, form: str, color: str) -> None:
    """Print a plan that `plan --out` saved."""
    from reconciler.cli.output import stream_terminal, write
    from reconciler.operations.edges.plan_files import read_plan
    from reconciler.report.plan import plan_json, plan_text

    saved = read_plan(file)
    if form == "json":
        write(plan_json(saved))
    else:
        write(plan_text(saved, stream_terminal(sys.stdout, color), steps=steps))
