"""`reconciler emulator serve|seed|reset`: the Graph-compatible emulator."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.verbs.examples import with_examples
from reconciler.errors import UsageError

_FILE = click.Path(path_type=Path, dir_okay=False)
_database = click.option("--db", metavar="FILE", type=_FILE, required=True, help="The database.")


@click.group(
    "emulator",
    subcommand_metavar="VERB [ARGS]...",
    epilog=with_examples("reconciler emulator serve --seed live.seed.json", "reconciler emulator reset --db tenant.db"),
)
def command() -> None:
    """Serve, seed or reset the Graph-compatible emulator.

    `endpoint: emulator` in a spec needs none of this: the emulator then runs inside the program.
    """


@command.command(
    epilog=with_examples(
        "reconciler emulator serve --seed live.seed.json --switch auth=required",
        "reconciler emulator serve --tls-ca ca.pem --fault 'status=429 times=2'",
    )
)
@click.option(
    "--port", metavar="PORT", default=0, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one."
)
@click.option(
    "--db",
    metavar="FILE",
    type=_FILE,
    help="Keep the tenant here; else it is gone at the end.",
)
@click.option("--seed", metavar="FILE", type=_FILE, help="What a new tenant holds at first.")
@click.option(
    "--latency",
    metavar="MS",
    type=click.FloatRange(min=0),
    help="How long each answer takes at least.",
)
@click.option(
    "--switch",
    "switches",
    metavar="NAME=VALUE",
    multiple=True,
    help="Switch a behaviour; repeatable.",
)
@click.option(
    "--fault",
    "faults",
    metavar="WORDS",
    multiple=True,
    help="A rule by which calls go wrong; repeatable.",
)
@click.option(
    "--down",
    metavar="AGENT",
    multiple=True,
    help="An agent that is inactive from the start; repeatable.",
)
@click.option("--clock", metavar="MOMENT", default="", help="What time it is, as 2026-01-31T08:00:00Z.")
@click.option("--tls", is_flag=True, help="Speak HTTPS, with a certificate made anew.")
@click.option("--tls-ca", "authority", metavar="FILE", type=_FILE, help="Write whom to trust here; implies --tls.")
def serve(  # noqa: PLR0913, PLR0917 - one parameter for each option
    port: int,
    db: Path | None,
    seed: Path | None,
    latency: float | None,
    switches: tuple[str, ...],
    faults: tuple[str, ...],
    down: tuple[str, ...],
    clock: str,
    tls: bool,
    authority: Path | None,
) -> None:
    """Serve Microsoft Graph's provisioning part on loopback, until a signal comes.

    The first line says where, the second with TLS whom to trust. What can be
    switched or go wrong: docs/reference/emulator.md.
    """
    from reconciler.operations.emulator import Wanted
    from reconciler.operations.emulator import serve as serve_emulator

    chosen = dict(_switch(text) for text in switches)
    if latency is not None:
        chosen["latencyMs"] = latency
    serve_emulator(port, db, seed, Wanted(chosen, faults, down, clock, tls, authority))


def _switch(text: str) -> tuple[str, str | float]:
    """A switch's name and value: a number where it is one, else a word."""
    name, equals, value = text.partition("=")
    if not equals:
        raise UsageError(f"--switch {text}: this is no NAME=VALUE")
    try:
        return name, float(value)
    except ValueError:
        return name, value


@command.command(
    epilog=with_examples(
        "reconciler emulator seed examples/contoso/live.seed.json --db tenant.db",
        "reconciler emulator seed contoso/live.seed.json --db contoso.db",
    )
)
@click.argument("file", type=_FILE)
@_database
def seed(file: Path, db: Path) -> None:
    """Fill a new database with a seed."""
    from reconciler.operations.emulator import seed_database

    seed_database(file, db)


@command.command(
    epilog=with_examples("reconciler emulator reset --db tenant.db", "reconciler emulator reset --db contoso.db")
)
@_database
def reset(db: Path) -> None:
    """Put a database back to the seed that it was filled with."""
    from reconciler.operations.emulator import reset_database

    reset_database(db)
