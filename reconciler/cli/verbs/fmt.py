"""`reconciler fmt [DIR]`: put the files of a spec into their canonical form."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli import options
from reconciler.cli.verbs.examples import with_examples
from reconciler.errors import ExitCode


@click.command("fmt", epilog=with_examples("reconciler fmt", "reconciler fmt examples/contoso --check"))
@options.directory
@click.option("--check", is_flag=True, help="Write nothing; exit with 2 where a file differs.")
def command(directory: Path, check: bool) -> int:
    """Put the files of a spec into their canonical form and list those that differed.

    No value, no comment and no order of keys changes: only indents, blanks, blank lines and needless quotes.

    Exit codes: 0 done, 1 a file cannot be read (nothing is written), 2 files differ (with --check).
    """
    from reconciler.operations.formatting import format_spec
    from reconciler.report.terminal import escape

    names = format_spec(directory, check=check)
    for name in names:
        click.echo(escape(name))
    return ExitCode.CHANGES if check and names else ExitCode.DONE
