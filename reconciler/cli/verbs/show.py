"""`reconciler show FILE`: print a saved plan."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from reconciler.cli import options
from reconciler.cli.asked import Asked
from reconciler.cli.completion import complete_file
from reconciler.cli.verbs.examples import with_examples


@click.command(
    "show", epilog=with_examples("reconciler show change.plan.json", "reconciler show change.plan.json --steps")
)
@click.argument("file", type=click.Path(path_type=Path), shell_complete=complete_file)
@click.option("--steps", is_flag=True, help="Show the steps too, wave by wave.")
@options.asking(options.form("text", "json", "markdown"), options.color)
def command(asked: Asked, file: Path, steps: bool) -> None:
    """Print a plan that `plan --out` saved."""
    from reconciler.cli.output import stream_terminal, write
    from reconciler.operations.edges.plan_files import read_plan
    from reconciler.report.plan import plan_json, plan_text

    saved = read_plan(file)
    match asked.telling.form:
        case "json":
            write(plan_json(saved))
        case "markdown":
            from reconciler.report.markdown.plan import plan_markdown

            write(plan_markdown(saved))
        case _:
            write(plan_text(saved, stream_terminal(sys.stdout, asked.telling.color), steps=steps))
