"""`reconciler schema NAME`: print a JSON Schema."""

from __future__ import annotations

import click

from reconciler.cli.verbs.examples import with_examples

NAMES = (
    "spec",
    "plan",
    "findings",
    "drift",
    "status",
    "doctor",
    "explain",
    "evaluation",
    "history",
    "ledger",
    "ledger-change",
    "seed",
)
"""What has a schema: what people write, and every JSON document that a verb prints or reads."""


@click.command("schema", epilog=with_examples("reconciler schema spec", "reconciler schema plan > plan.schema.json"))
@click.argument("name", type=click.Choice(NAMES))
def command(name: str) -> None:
    """Print the JSON Schema of a spec, of the emulator's seed, or of a document that `--format json` prints."""
    from reconciler.operations.edges.schemas import schema_text

    click.echo(schema_text(name), nl=False)
