"""`reconciler init [DIR]`: begin a spec."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli import options
from reconciler.cli.verbs.examples import with_examples


@click.command("init", epilog=with_examples("reconciler init", "reconciler init fabrikam"))
@options.directory
@options.quiet
def command(directory: Path, quiet: bool) -> None:
    """Write a small spec that validates and plans on the embedded emulator, and its schema for editors.

    A directory that holds a spec, or is a part of one, is refused. `reconciler import` makes a spec of what a tenant
    holds.

    Exit codes: 0 done, 1 error, 64 there is a spec already.
    """
    from reconciler.operations.starting import start_spec
    from reconciler.report.terminal import escape

    for name in start_spec(directory):
        click.echo(escape(name))
    if quiet:
        return
    where = "" if directory == Path() else f" {directory}"
    click.echo("Next:", err=True)
    for line in (f"reconciler validate{where}", f"reconciler plan{where}", f"PAYROLL_TOKEN=… reconciler apply{where}"):
        click.echo(escape(f"  {line}"), err=True)
