"""`reconciler doctor [DIR]`: what the credentials at hand can do."""

from __future__ import annotations

import asyncio
import sys

import click

from reconciler.cli import options
from reconciler.cli.asked import Asked
from reconciler.cli.verbs.examples import with_examples


@click.command("doctor", epilog=with_examples("reconciler doctor", "reconciler doctor contoso --surface apps"))
@options.of_a_service()
def command(asked: Asked) -> int:
    """Tell what the credentials can do and what they lack; nothing is written.

    Exit codes: 0 all chosen surfaces can be read, 1 error, 7 one cannot.
    """
    from reconciler.cli.output import note_findings, plain_lines, stream_terminal, write
    from reconciler.cli.requests import request_of
    from reconciler.operations.doctor import examine
    from reconciler.report.doctor import doctor_json, doctor_text

    telling = asked.telling
    examined = asyncio.run(examine(request_of(asked), plain_lines(telling)))
    if telling.form == "json":
        write(doctor_json(examined.service, examined.tenant_id, examined.surfaces))
    else:
        note_findings(examined.notes, telling)
        shown = stream_terminal(sys.stdout, telling.color)
        write(doctor_text(examined.service, examined.tenant_id, examined.surfaces, shown))
    return examined.exit_code
