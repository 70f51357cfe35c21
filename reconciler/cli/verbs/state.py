"""`reconciler state list|show|adopt|forget|move|migrate|unlock`: look at the ledger, change it, take it along."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from reconciler.cli import options
from reconciler.cli.asked import Asked, Telling
from reconciler.cli.completion import complete_record, complete_recorded_thing, complete_thing
from reconciler.cli.verbs.examples import with_examples
from reconciler.errors import UsageError

if TYPE_CHECKING:
    from reconciler.ledger.account import Edited
    from reconciler.report.terminal import Terminal


@click.group(
    "state",
    subcommand_metavar="VERB [ARGS]...",
    epilog=with_examples("reconciler state list", "reconciler state forget group/plant contoso"),
)
def command() -> None:
    """Look at the ledger, and change what it says of one thing.

    The ledger is what this repository applied: what of it leaves the spec is removed at the service, and what differs
    from it is drift. None of these verbs writes to the service. Each change is made under the lock and on record.
    """


@command.command(
    "list",
    short_help="List what is on record.",
    epilog=with_examples("reconciler state list", "reconciler state list contoso --format json"),
)
@options.of_the_state
def list_things(asked: Asked) -> None:
    """List every thing on record with its live id, and which of them the spec no longer names."""
    from reconciler.cli.output import note_findings, stream_terminal, write
    from reconciler.cli.requests import request_of
    from reconciler.operations.state import look
    from reconciler.report.ledger import ledger_json, list_text

    held = look(request_of(asked))
    if asked.telling.form == "json":
        write(ledger_json(held))
        return
    note_findings(held.notes, asked.telling)
    write(list_text(held, stream_terminal(sys.stdout, asked.telling.color)))


@command.command(
    short_help="Show what is on record of one thing.",
    epilog=with_examples("reconciler state show app/hr-sql", "reconciler state show app/hr-sql/mapping/User contoso"),
)
@click.argument("address", shell_complete=complete_record)
@options.of_the_state
def show(asked: Asked, address: str) -> None:
    """Show what is on record of one thing, field by field."""
    from reconciler.cli.output import note_findings, stream_terminal, write
    from reconciler.cli.requests import address_of, request_of
    from reconciler.operations.state import look_at
    from reconciler.report.ledger import ledger_json, show_text

    about = address_of(address)
    held = look_at(request_of(asked), about)
    if asked.telling.form == "json":
        write(ledger_json(held, [about.thing], about.part))
        return
    note_findings(held.notes, asked.telling)
    write(show_text(held, about, stream_terminal(sys.stdout, asked.telling.color)))


@command.command(
    short_help="Put on record what is live, as if applied.",
    epilog=with_examples("reconciler state adopt group/hr", "reconciler state adopt app/hr-sql contoso --format json"),
)
@click.argument("address", shell_complete=complete_thing)
@options.of_one_thing
def adopt(asked: Asked, address: str) -> None:
    """Put on record what the service holds of a thing that the spec names, as if it had been applied.

    From then on a difference from the spec is pending, not drift. The service is read, and nothing is written to it.
    """
    from reconciler.cli.output import plain_lines
    from reconciler.cli.requests import request_of, thing_of
    from reconciler.operations.state import adopt as adopt_thing
    from reconciler.report.ledger import adopted_text

    edited = asyncio.run(adopt_thing(request_of(asked), thing_of(address), plain_lines(asked.telling)))
    _tell("adopt", edited, adopted_text, asked.telling)


@command.command(
    short_help="Take a thing off the record.",
    epilog=with_examples(
        "reconciler state forget group/plant", "reconciler state forget app/hr-sql contoso --format json"
    ),
)
@click.argument("address", shell_complete=complete_recorded_thing)
@options.of_the_state
def forget(asked: Asked, address: str) -> None:
    """Take a thing off the record, so that it is no longer removed when the spec does not name it."""
    from reconciler.cli.requests import request_of, thing_of
    from reconciler.operations.state import forget as forget_thing
    from reconciler.report.ledger import forgotten_text

    edited = forget_thing(request_of(asked), thing_of(address))
    _tell("forget", edited, forgotten_text, asked.telling)


@command.command(
    short_help="Let the ledger know a thing by another key.",
    epilog=with_examples(
        "reconciler state move group/hr group/people", "reconciler state move app/hr-sql app/people-sql contoso"
    ),
)
@click.argument("old", shell_complete=complete_recorded_thing)
@click.argument("new", shell_complete=complete_thing)
@options.of_the_state
def move(asked: Asked, old: str, new: str) -> None:
    """Let the ledger know a thing by another key, as `previously: {key: OLD}` in the spec would."""
    from reconciler.cli.requests import request_of, thing_of
    from reconciler.operations.state import move as move_thing
    from reconciler.report.ledger import moved_text

    edited = move_thing(request_of(asked), thing_of(old), thing_of(new))
    _tell("move", edited, moved_text, asked.telling)


@command.command(
    short_help="Take the ledger along to where the spec keeps it.",
    epilog=with_examples("reconciler state migrate", "reconciler state migrate --from refs/reconciler/entra"),
)
@click.option(
    "--from", "reference", metavar="REF", default="", help="The git reference where it was; else .reconciler."
)
@options.asking(options.directory, options.endpoint, options.color, options.quiet)
def migrate(asked: Asked, reference: str) -> None:
    """Take ledger, journal and snapshots along to where `state` in the spec says that they are kept.

    They are checked on the way, and both places are locked. Nothing is written over: where there is a ledger already,
    that is an error. The old place stays as it was.
    """
    from reconciler.cli.output import note_findings, stream_terminal, write
    from reconciler.cli.requests import request_of
    from reconciler.operations.migrating import migrate as take_along
    from reconciler.report.ledger import migrated_text

    done = take_along(request_of(asked), reference)
    note_findings(done.findings, asked.telling)
    write(migrated_text(done.moved, done.source, done.target, stream_terminal(sys.stdout, asked.telling.color)))


@command.command(
    short_help="Take the lock from a run that is gone for good.",
    epilog=with_examples("reconciler state unlock", "reconciler state unlock contoso --yes"),
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@options.asking(options.directory, options.endpoint, options.color)
def unlock(asked: Asked, yes: bool) -> None:
    """Take the lock away from a run that is gone for good, such as that of a runner that vanished.

    A run that is still alive then fails at its next write to the ledger, or, in a directory, goes on beside yours.
    """
    from reconciler.cli.output import stream_terminal, write
    from reconciler.cli.requests import request_of
    from reconciler.operations.state import unlock as take_lock_away
    from reconciler.report.ledger import unlocked_text

    if not yes and not sys.stdin.isatty():
        raise UsageError("unlock asks first, and here is nobody to ask", hint="make sure that the run is gone: --yes")
    if not yes and not click.confirm("Is the run that holds the lock gone for good?", err=True):
        raise click.Abort
    where, holder = take_lock_away(request_of(asked))
    write(unlocked_text(where, holder, stream_terminal(sys.stdout, asked.telling.color)))


def _tell(verb: str, edited: Edited, text: Callable[[Edited, Terminal], str], telling: Telling) -> None:
    from reconciler.cli.output import note_findings, stream_terminal, write
    from reconciler.report.ledger import edited_json

    if telling.form == "json":
        write(edited_json(verb, edited))
        return
    note_findings(edited.findings, telling)
    write(text(edited, stream_terminal(sys.stdout, telling.color)))
