"""`reconciler apply [DIR|FILE]`: carry a plan out."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli import options
from reconciler.cli.verbs.examples import with_examples
from reconciler.errors import UsageError

if TYPE_CHECKING:
    from reconciler.model.events import Tell
    from reconciler.model.finding import Finding
    from reconciler.model.plan import Plan
    from reconciler.operations.applying import Applied, Person
    from reconciler.operations.validate import Validation


@click.command(
    "apply",
    epilog=with_examples(
        "reconciler apply examples/contoso --yes --ack app/ledger-sql",
        "reconciler apply change.plan.json --dir examples/contoso --yes",
    ),
)
@click.argument("target", metavar="[DIR|FILE]", default=Path(), type=click.Path(path_type=Path))
@click.option("--dir", "root", metavar="DIR", type=click.Path(path_type=Path), help="The spec of a saved plan.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--expect",
    metavar="DIGEST|FILE",
    help="Refuse (exit 4) any other plan than the reviewed one: its digest, or what `publish reviewed` printed.",
)
@options.acknowledge
@options.surfaces
@options.endpoint
@options.standstill_limit
@options.output_format
@options.color
@options.quiet
@options.verbose_steps
def command(  # noqa: PLR0913, PLR0917 - one parameter for each option
    target: Path,
    root: Path | None,
    yes: bool,
    expect: str | None,
    acknowledged: tuple[str, ...],
    surfaces: tuple[str, ...],
    endpoint: str | None,
    time_limit: float,
    form: str,
    color: str,
    quiet: bool,
    verbose: bool,
) -> int:
    """Carry a plan out: of a spec's directory, which is planned and asked about first, or a saved plan.

    Exit codes: 0 the service is as the spec says, 1 error, 2 all is done but blocked changes, 3 a guard refused, 4 the
    plan is stale or was used, 5 partly applied, 6 somebody else holds the lock, 7 a surface could not be read
    completely, 64 wrong usage, 130 interrupted.
    """
    from reconciler.cli.output import progress, write
    from reconciler.cli.requests import request_of
    from reconciler.operations.applying import apply
    from reconciler.operations.edges.plan_files import read_plan, read_reviewed
    from reconciler.report.plan import plan_json

    given = read_plan(target) if target.is_file() else None
    if not yes and not sys.stdin.isatty():
        raise UsageError("an apply asks before it writes, and here is nobody to ask", hint="read the plan, then --yes")
    if root is not None and given is None:
        raise UsageError("--dir names the spec of a saved plan, and no plan was given")
    request = request_of(
        (root or Path()) if given is not None else target,
        endpoint=endpoint,
        surfaces=surfaces,
        time_limit=time_limit,
        acknowledged=acknowledged,
        reviewed=None if expect is None else read_reviewed(expect),
    )
    with progress(color, quiet=quiet, verbose=verbose) as tell:
        person = _person(tell, color, quiet=quiet, sees_plan=form == "text" and given is None, agrees=yes)
        applied = asyncio.run(apply(request, person, given))
    if form == "json":
        write(plan_json(applied.plan))
    _tell_end(applied, color, quiet=quiet)
    return applied.exit_code


def _person(tell: Tell, color: str, *, quiet: bool, sees_plan: bool, agrees: bool) -> Person:
    """Who watches: gets the findings and, unless it is known, the plan; is asked unless the answer was given."""
    from reconciler.cli.output import note_findings, stream_terminal, write
    from reconciler.operations.applying import Person
    from reconciler.report.plan import plan_text

    def show(plan: Plan, findings: tuple[Finding, ...], validation: Validation) -> None:
        note_findings(findings, color, validation.sources, quiet=quiet)
        if sees_plan:
            write(plan_text(plan, stream_terminal(sys.stdout, color)))
            sys.stdout.flush()

    def ask(plan: Plan) -> bool:
        those = "this 1 step" if len(plan.steps) == 1 else f"these {len(plan.steps)} steps"
        return agrees or click.confirm(f"Apply {those}?", err=True)

    return Person(show, ask, tell, answers=not agrees)


def _tell_end(applied: Applied, color: str, *, quiet: bool) -> None:
    """Write what went wrong on the way, how it was stopped, what is left, and what somebody else has to do first."""
    from reconciler.cli.output import note_findings, stream_terminal, write
    from reconciler.report.plan import left_blocked_text, plan_text

    if applied.outcome is not None:
        note_findings(applied.outcome.findings, color, {}, quiet=quiet)
    if applied.interrupted:
        click.echo("reconciler: interrupted; what was begun is done. Apply again to do what is left", err=True)
    if applied.left is not None and not applied.left.is_empty:
        click.echo("reconciler: after this apply the plan is not empty; this is what is left:", err=True)
        write(plan_text(applied.left, stream_terminal(sys.stdout, color)))
    if applied.blocked:
        click.echo(left_blocked_text(applied.blocked, stream_terminal(sys.stderr, color)), nl=False, err=True)
