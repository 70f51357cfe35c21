"""`reconciler apply [DIR|FILE]`: carry a plan out."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from reconciler.cli import options
from reconciler.cli.asked import Asked, Telling
from reconciler.cli.completion import complete_file
from reconciler.cli.verbs.examples import with_examples
from reconciler.errors import UsageError

if TYPE_CHECKING:
    from reconciler.cli.apply_report import ApplyReport
    from reconciler.model.events import Tell
    from reconciler.model.finding import Finding
    from reconciler.model.plan import Plan
    from reconciler.operations.applying import Applied, Person
    from reconciler.operations.run import Request
    from reconciler.operations.validate import Validation


@click.command(
    "apply",
    epilog=with_examples(
        "reconciler apply examples/contoso --yes --ack app/ledger-sql",
        "reconciler apply change.plan.json --dir contoso --yes --ack app/ledger-sql",
    ),
)
@click.option("--dir", "root", metavar="DIR", type=click.Path(path_type=Path), help="The spec of a saved plan.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--expect",
    metavar="DIGEST|FILE",
    shell_complete=complete_file,
    help="Refuse (exit 4) any plan but the reviewed one.",
)
@options.of_a_service(
    options.acknowledge,
    where=options.target,
    forms=options.form("text", "json", "markdown"),
    patience=options.limit(300, "The longest wait for a success."),
)
def command(asked: Asked, root: Path | None, yes: bool, expect: str | None) -> int:
    """Carry out a saved plan, or plan a spec, ask, and carry that out.

    Exit codes: 0 done, 1 error, 2 blocked changes, 3 guard refused, 4 stale plan, 5 partly applied, 6 locked,
    7 unreadable, 64 usage, 130 interrupted.
    """
    from reconciler.cli.apply_report import ApplyReport
    from reconciler.cli.output import progress, write
    from reconciler.operations.applying import apply
    from reconciler.operations.edges.plan_files import read_plan
    from reconciler.report.plan import plan_json

    given = read_plan(asked.directory) if asked.directory.is_file() else None
    if not yes and not sys.stdin.isatty():
        raise UsageError("an apply asks before it writes, and here is nobody to ask", hint="read the plan, then --yes")
    if root is not None and given is None:
        raise UsageError("--dir names the spec of a saved plan, and no plan was given")
    request = _request(asked if given is None else asked._replace(directory=root or Path()), expect)
    telling, report = asked.telling, ApplyReport(asked.telling.form)
    with progress(telling) as tell, report.until_it_ends():
        person = _person(tell, telling, report, knows_plan=given is not None, agrees=yes)
        applied = asyncio.run(apply(request, person, given))
    if telling.form == "json":
        write(plan_json(applied.plan))
    report.came(applied)
    _tell_end(applied, telling)
    return applied.exit_code


def _request(asked: Asked, expect: str | None) -> Request:
    from reconciler.cli.requests import request_of
    from reconciler.operations.edges.plan_files import read_reviewed

    return request_of(asked, reviewed=None if expect is None else read_reviewed(expect))


def _person(tell: Tell, telling: Telling, report: ApplyReport, *, knows_plan: bool, agrees: bool) -> Person:
    """Who watches: gets the findings and, unless it is known, the plan; is asked unless the answer was given."""
    from reconciler.cli.output import note_findings, stream_terminal
    from reconciler.operations.applying import Person
    from reconciler.report.plan import plan_text

    stream = _stream(telling)

    def show(plan: Plan, findings: tuple[Finding, ...], validation: Validation) -> None:
        report.saw(plan, findings, validation.sources)
        note_findings(findings, telling, validation.sources)
        if not knows_plan and (telling.form == "text" or not agrees):
            stream.write(plan_text(plan, stream_terminal(stream, telling.color)))
            stream.flush()

    def ask(plan: Plan) -> bool:
        those = "this 1 step" if len(plan.steps) == 1 else f"these {len(plan.steps)} steps"
        return agrees or click.confirm(f"Apply {those}?", err=True)

    return Person(show, ask, tell, answers=not agrees)


def _stream(telling: Telling) -> TextIO:
    """Where a plan is shown to a person: on stderr where stdout is for a program or a page."""
    return sys.stdout if telling.form == "text" else sys.stderr


def _tell_end(applied: Applied, telling: Telling) -> None:
    """Write what went wrong on the way, how it was stopped, what is left, and what somebody else has to do first."""
    from reconciler.cli.output import note_findings, stream_terminal
    from reconciler.report.plan import left_blocked_text, plan_text

    if applied.outcome is not None:
        note_findings(applied.outcome.findings, telling)
    if applied.interrupted:
        click.echo("reconciler: interrupted; what was begun is done. Apply again to do what is left", err=True)
    if applied.left is not None and not applied.left.is_empty:
        click.echo("reconciler: after this apply the plan is not empty; this is what is left:", err=True)
        stream = _stream(telling)
        stream.write(plan_text(applied.left, stream_terminal(stream, telling.color)))
    if applied.blocked:
        click.echo(left_blocked_text(applied.blocked, stream_terminal(sys.stderr, telling.color)), nl=False, err=True)
