"""`reconciler emulator serve|seed|reset`: the Graph-compatible emulator."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.verbs.examples import with_examples
from reconciler.errors import UsageError

_FILE = click.Path(path_type=Path, dir_okay=False)
_database = click.option("--db", metavar="FILE", type=_FILE, required=True, help="The database.")


@click.group("emulator", subcommand_metavar="VERB [ARGS]...")
def command() -> None:
    """Serve, seed or reset the Graph-compatible emulator.

    `endpoint: emulator` in a spec needs none of this: the emulator then runs inside the program.
    """


@command.command(
    epilog=with_examples(
        "reconciler emulator serve --port 8080 --seed examples/contoso/live.seed.json",
        "reconciler emulator serve --db tenant.db --latency 50 --switch groupsPerResource=one --switch throttle=S",
        "reconciler emulator serve --fault 'status=429 method=POST path=agentGroups$ times=2' --down AMS-PROV-01",
    )
)
@click.option("--port", default=0, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option(
    "--db",
    metavar="FILE",
    type=_FILE,
    help="Keep the tenant and its switches here; without it, they are gone at the end.",
)
@click.option(
    "--seed", metavar="FILE", type=_FILE, help="What the tenant holds at first; ignored where --db holds one."
)
@click.option(
    "--latency",
    metavar="MS",
    type=click.FloatRange(min=0),
    help="How long each answer takes at least; as --switch latencyMs=MS.",
)
@click.option(
    "--switch",
    "switches",
    metavar="NAME=VALUE",
    multiple=True,
    help="Switch a behaviour (docs/reference/emulator.md lists them), over what seed and database say; repeatable.",
)
@click.option(
    "--fault",
    "faults",
    metavar="WORDS",
    multiple=True,
    help="A rule by which calls go wrong, as NAME=VALUE words, instead of those of seed and database; repeatable.",
)
@click.option(
    "--down",
    metavar="AGENT",
    multiple=True,
    help="This agent, by its machineName or id, is inactive from the start; repeatable.",
)
@click.option("--clock", metavar="MOMENT", default="", help="What time it is at the start, as 2026-01-31T08:00:00Z.")
def serve(
    port: int,
    db: Path | None,
    seed: Path | None,
    latency: float | None,
    switches: tuple[str, ...],
    faults: tuple[str, ...],
    down: tuple[str, ...],
    clock: str,
) -> None:
    """Serve Microsoft Graph's provisioning part on loopback, until a signal comes.

    It speaks plain HTTP. The first line says where: `listening on http://127.0.0.1:N`. Switches, faults, agents that
    are down and the clock can also be set in the seed, and while it runs, below /emulator.
    """
    from reconciler.operations.emulator import Wanted
    from reconciler.operations.emulator import serve as serve_emulator

    chosen = dict(_switch(text) for text in switches)
    if latency is not None:
        chosen["latencyMs"] = latency
    serve_emulator(port, db, seed, Wanted(chosen, faults, down, clock))


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
        "reconciler emulator seed large.seed.json --db large.db",
    )
)
@click.argument("file", type=_FILE)
@_database
def seed(file: Path, db: Path) -> None:
    """Fill a new database with a seed."""
    from reconciler.operations.emulator import seed_database

    seed_database(file, db)


@command.command(
    epilog=with_examples("reconciler emulator reset --db tenant.db", "reconciler emulator reset --db large.db")
)
@_database
def reset(db: Path) -> None:
    """Put a database back to the seed that it was filled with."""
    from reconciler.operations.emulator import reset_database

    reset_database(db)
