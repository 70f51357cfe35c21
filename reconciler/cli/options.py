"""The options that verbs share, each defined once."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import click

F = TypeVar("F")

SURFACES = ("topology", "apps", "hosts")

directory = click.argument(
    "directory", metavar="[DIR]", default=Path(), type=click.Path(path_type=Path, exists=False, file_okay=True)
)
output_format = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to print."
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
surface = click.option(
    "--surface",
    "surfaces",
    multiple=True,
    type=click.Choice(SURFACES),
    help="Read and plan only this surface; may be given several times.",
)
time_limit = click.option(
    "--time-limit",
    "time_limit",
    metavar="SECONDS",
    type=click.FloatRange(min=1),
    default=60.0,
    show_default=True,
    help="Stop reading the service after this long.",
)
quiet = click.option("--quiet", is_flag=True, help="No progress on stderr.")
verbose = click.option("--verbose", is_flag=True, help="Tell more: every step, every retry.")
