"""`reconciler schema NAME`: print a JSON Schema."""

from __future__ import annotations

import click

from reconciler.cli.verbs.examples import with_examples


@click.command("schema", epilog=with_examples("reconciler schema spec", "reconciler schema plan > plan.schema.json"))
@click.argument("name", type=click.Choice(["spec", "plan", "seed"]))
def command(name: str) -> None:
    """Print the JSON Schema of a spec, of a plan or of the emulator's seed."""
    from reconciler.operations.edges.schemas import schema_text

    click.echo(schema_text(name), nl=False)
