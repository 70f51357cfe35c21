"""The reference page of the command line, made from the verbs themselves."""

from __future__ import annotations

from collections.abc import Iterator

import click

from reconciler.cli.main import program

AT_LENGTH = """\
What a line of help has no room for:

- `--accept ADDRESS` writes what the service holds into the spec: of a whole thing, or of one field of it, such as
  `app/hr-sql/provisioning.scope`. It may be given several times.
- `--ack ADDRESS` accepts whatever a guard refuses of this thing; `acks` in the spec accept exactly one change each.
- `--color auto` colours what goes to a terminal, unless the environment sets `NO_COLOR`.
- `--endpoint` is used instead of the spec's `tenant.endpoint`: `emulator`, `graph`, or the URL of a served emulator.
  Each service has a ledger of its own.
- `--expect` takes a digest, a file that `plan --out` saved, or what `publish reviewed` printed. A plan is made anew,
  and any other than that one is refused with 4.
- `--quiet` tells neither progress nor notes on stderr; errors and warnings stay.
- `--surface NAME` reads and plans this surface alone; without it, those of the spec are read.
- `--time-limit` is how long reading may take in all. For `apply` it is the longest time in which the service lets
  nothing succeed; waits until new memberships serve do not count.
- `--verbose` tells each call with its request id, and each step of an apply, on stderr.
"""


def commands_page() -> str:
    """A markdown page with the help of every verb, as the program prints it."""
    context = click.Context(
        program, info_name="reconciler", max_content_width=100, terminal_width=100, help_option_names=["-h", "--help"]
    )
    lines = [
        "# The command line",
        "",
        "What each verb prints with `--help`. Exit codes: [exit-codes.md](exit-codes.md).",
        "",
        AT_LENGTH,
    ]
    for name, text in _helps(program, context, "reconciler"):
        lines += [f"## `{name}`", "", "```text", text, "```", ""]
    return "\n".join(lines)


def _helps(command: click.Command, context: click.Context, name: str) -> Iterator[tuple[str, str]]:
    yield name, command.get_help(context).rstrip()
    if isinstance(command, click.Group):
        for verb in command.list_commands(context):
            found = command.get_command(context, verb)
            if found is not None:
                below = click.Context(found, info_name=verb, parent=context, max_content_width=100, terminal_width=100)
                yield from _helps(found, below, f"{name} {verb}")
