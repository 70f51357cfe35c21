"""`reconciler validate [DIR]`: check a spec offline."""

from __future__ import annotations

import sys

import click

from reconciler.cli import options
from reconciler.cli.asked import Asked
from reconciler.cli.verbs.examples import with_examples
from reconciler.errors import ExitCode


@click.command("validate", epilog=with_examples("reconciler validate", "reconciler validate contoso --format sarif"))
@options.asking(options.directory, options.report_format, options.color)
def command(asked: Asked) -> int:
    """Check a spec offline and report every fault at once.

    Exit codes: 0 when nothing is wrong (warnings are shown), 1 when there are errors.
    """
    from reconciler.cli.output import stream_terminal, write
    from reconciler.cli.reports import FORMS, write_validation_report
    from reconciler.operations.validate import validate
    from reconciler.report.findings import findings_json, findings_text

    form = asked.telling.form
    validation = validate(asked.directory)
    if form == "json":
        write(findings_json(validation.findings))
    elif form in FORMS:
        write_validation_report(form, validation, asked.directory)
    else:
        terminal = stream_terminal(sys.stdout, asked.telling.color)
        write(findings_text(validation.findings, terminal, validation.sources, files=len(validation.sources)))
    return ExitCode.DONE if validation.passed else ExitCode.ERROR
