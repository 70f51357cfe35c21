"""`reconciler drift [DIR]`: tell what changed at the service."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

import click

from reconciler.cli import options
from reconciler.cli.asked import Asked
from reconciler.cli.completion import complete_field
from reconciler.cli.verbs.examples import with_examples

if TYPE_CHECKING:
    from reconciler.model.events import Tell
    from reconciler.operations.planning import Planned
    from reconciler.operations.run import Request


@click.command(
    "drift", epilog=with_examples("reconciler drift", "reconciler drift contoso --accept app/ledger-sql/group")
)
@click.option(
    "--accept",
    "accepted",
    metavar="ADDRESS",
    multiple=True,
    shell_complete=complete_field,
    help="Write live values into the spec; ADDRESS/FIELD too.",
)
@options.of_a_service(forms=options.report_format)
def command(asked: Asked, accepted: tuple[str, ...]) -> int:
    """Tell what changed behind the spec's back, apart from what it wants next.

    Exit codes: 0 no drift, 1 error, 2 drift, 7 a surface could not be read completely.
    """
    from reconciler.cli.output import note_findings, plain_lines, stream_terminal, write
    from reconciler.cli.reports import FORMS, reported, write_drift_report
    from reconciler.cli.requests import request_of
    from reconciler.operations.planning import exit_code_of_drift, make_plan
    from reconciler.report.drift import drift_json, drift_text

    telling = asked.telling
    tell = plain_lines(telling)
    with reported(telling.form, "drift", asked.directory):
        request = request_of(asked)
        if accepted:
            planned = _accepted(request, accepted, tell, quiet=telling.quiet)
        else:
            planned = asyncio.run(make_plan(request, tell, authors=True))
    if telling.form == "json":
        write(drift_json(planned.drift, planned.findings))
    elif telling.form in FORMS:
        write_drift_report(telling.form, planned, asked.directory)
    else:
        note_findings(planned.findings, telling, planned.validation.sources)
        write(drift_text(planned.drift, stream_terminal(sys.stdout, telling.color)))
    return exit_code_of_drift(planned)


def _accepted(request: Request, words: tuple[str, ...], tell: Tell, *, quiet: bool) -> Planned:
    """Accept what the words name, say on stderr what was written, and give what is left."""
    from reconciler.cli.requests import address_of
    from reconciler.operations.accepting import accept
    from reconciler.report.drift import accepted_lines

    done = asyncio.run(accept(request, [address_of(word, "--accept") for word in words], tell))
    if not quiet:
        sys.stderr.write(
            "".join(
                f"{line}\n"
                for line in accepted_lines((each.wish.address, each.wish.field, each.place) for each in done.written)
            )
        )
    return done.planned
