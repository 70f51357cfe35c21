"""The options that verbs share, each defined once, and how a verb gets them: as one value."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from reconciler.cli.asked import Asked, Telling
from reconciler.cli.completion import complete_directory, complete_file, complete_thing

T = TypeVar("T")
Parameter = Callable[[Callable[..., T]], Callable[..., T]]
"""A decorator of click that gives a verb one more option or argument."""

READING = 60
"""Seconds that reading a service may take."""


class _ToldByTheNext(click.Option):
    """An option without a row of its own in the help: the row of the next option tells both."""

    def get_help_record(self, ctx: click.Context) -> None:
        """No row."""


class _TellsBoth(click.Option):
    """An option whose row in the help tells the one before it too."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str]:  # noqa: ARG002 - click's signature
        """The one row."""
        return "--quiet, --verbose", self.help or ""


def form(*forms: str) -> Parameter[Any]:
    """The option that chooses among these forms of the result; the first is the one unless another is asked for."""
    *others, last = forms
    return click.option(
        "--format",
        "form",
        metavar="FORM",
        type=click.Choice(forms),
        default=forms[0],
        show_default=True,
        help=f"{', '.join(others)} or {last}.",
    )


def limit(default: int, meaning: str) -> Parameter[Any]:
    """The option for how long to wait for a service."""
    return click.option(
        "--time-limit",
        metavar="SECONDS",
        type=click.FloatRange(min=1),
        default=default,
        show_default=True,
        help=meaning,
    )


directory = click.argument(
    "directory",
    metavar="[DIR]",
    default=Path(),
    type=click.Path(path_type=Path),
    shell_complete=complete_directory,
)
target = click.argument(
    "directory", metavar="[DIR|FILE]", default=Path(), type=click.Path(path_type=Path), shell_complete=complete_file
)
output_format = form("text", "json")
report_format = form("text", "json", "markdown", "sarif", "junit")
color = click.option(
    "--color",
    metavar="WHEN",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    help="auto (a terminal without NO_COLOR), always or never.",
)
endpoint = click.option("--endpoint", metavar="URL", help="emulator, graph or a URL instead of tenant.endpoint.")
surfaces = click.option(
    "--surface",
    "surfaces",
    metavar="NAME",
    multiple=True,
    type=click.Choice(["topology", "apps", "hosts"]),
    help="Only topology, apps or hosts; repeatable.",
)
time_limit = limit(READING, "Give up reading after so long.")
acknowledge = click.option(
    "--ack",
    "acknowledged",
    metavar="ADDRESS",
    multiple=True,
    shell_complete=complete_thing,
    help="Acknowledge what a guard refuses of it; repeatable.",
)
quiet = click.option("--quiet", is_flag=True, help="No progress and no notes on stderr.")
quiet_or_verbose = (
    click.option("--quiet", is_flag=True, cls=_ToldByTheNext, help="No progress and no notes on stderr."),
    click.option("--verbose", is_flag=True, cls=_TellsBoth, help="Less on stderr, or more: steps, calls, request ids."),
)


def asking(*parameters: Parameter[Any]) -> Parameter[Any]:
    """Give a verb these parameters; what they say comes as one value, `asked`, and all else as it is."""

    def decorate(verb: Callable[..., T]) -> Callable[..., T]:
        @wraps(verb)
        def asks(**words: Any) -> T:  # noqa: ANN401 - whatever click parsed
            telling = Telling(**_taken(words, Telling._fields))
            return verb(asked=Asked(telling=telling, **_taken(words, Asked._fields)), **words)

        decorated: Callable[..., T] = asks
        for parameter in reversed(parameters):
            decorated = parameter(decorated)
        return decorated

    return decorate


def of_a_service(
    *more: Parameter[Any],
    where: Parameter[Any] = directory,
    forms: Parameter[Any] = output_format,
    patience: Parameter[Any] = time_limit,
) -> Parameter[Any]:
    """What every verb that reads a service can be asked, and `more`."""
    return asking(where, *more, surfaces, endpoint, patience, forms, color, *quiet_or_verbose)


of_one_thing = asking(directory, endpoint, time_limit, output_format, color, *quiet_or_verbose)
"""What a verb can be asked that reads a service for the sake of one thing."""

of_the_state = asking(directory, endpoint, output_format, color, quiet)
"""What a verb can be asked that reads no service but the state of it."""


def _taken(words: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """Take from what was parsed what goes by these names."""
    return {name: words.pop(name) for name in names if name in words}
