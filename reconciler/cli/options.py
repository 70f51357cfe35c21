"""The options that verbs share, each defined once."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.completion import complete_address

SURFACES = ("topology", "apps", "hosts")

directory = click.argument("directory", metavar="[DIR]", default=Path(), type=click.Path(path_type=Path))
output_format = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to print."
)
report_format = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown", "sarif", "junit"]),
    metavar="FORM",
    default="text",
    show_default=True,
    help="How to print: text, json, markdown, sarif or junit.",
)
color = click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Colour the text; auto means on a terminal, unless NO_COLOR is set.",
)
endpoint = click.option(
    "--endpoint", metavar="URL", help="The service to use instead of tenant.endpoint: emulator, graph or a URL."
)
surfaces = click.option(
    "--surface",
    "surfaces",
    metavar="NAME",
    multiple=True,
    type=click.Choice(SURFACES),
    help="Read and plan only this surface: topology, apps or hosts; may be given several times.",
)
time_limit = click.option(
    "--time-limit",
    metavar="SECONDS",
    type=click.FloatRange(min=1),
    default=60.0,
    show_default=True,
    help="Give up reading the service after this long.",
)
standstill_limit = click.option(
    "--time-limit",
    metavar="SECONDS",
    type=click.FloatRange(min=1),
    default=300.0,
    show_default=True,
    help="Give up when the service lets nothing succeed for this long; settling does not count.",
)
acknowledge = click.option(
    "--ack",
    "acknowledged",
    metavar="ADDRESS",
    multiple=True,
    shell_complete=complete_address,
    help="Acknowledge what a guard refuses of this address; may be given several times.",
)
quiet = click.option("--quiet", is_flag=True, help="No progress and no notes on stderr.")
verbose = click.option("--verbose", is_flag=True, help="Tell more on stderr: every call with its request id.")
verbose_steps = click.option(
    "--verbose", is_flag=True, help="Tell more on stderr: every step, and every call with its request id."
)
