"""The reference page of the command line, made from the verbs themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import click

from reconciler.cli.main import program


AT_LENGTH: Mapping[str, str] = {
    "--accept ADDRESS": "what the service holds is written into the spec: of a whole thing, or of one field of it, "
    "as `app/hr-sql/provisioning.scope`; may be given several times.",
    "--ack ADDRESS": "what a guard refuses of this thing is accepted, whatever it is; `acks` in the spec accepts exactly "
    "one change. May be given several times.",
    "--color WHEN": "`auto` colours what goes to a terminal, unless the environment sets `NO_COLOR`.",
    "--endpoint URL": "the service to use instead of the spec's `tenant.endpoint`: `emulator`, `graph`, or the URL of a "
    "served emulator. Each service has a ledger of its own.",
    "--expect DIGEST|FILE": "a plan is made anew and applied only where it is the reviewed one: that of this digest, of "
    "a file that `plan --out` saved, or of what `publish reviewed` printed. Any other ends with 4.",
    "--quiet": "neither progress nor notes on stderr; errors and warnings stay.",
    "--surface NAME": "only this surface is read and planned; may be given several times. Without it, those of the spec.",
    "--time-limit SECONDS": "how long reading may take in all. For `apply` it is the longest time in which the service "
    "lets nothing succeed; waits until new memberships serve do not count.",
    "--verbose": "each call with its request id, and each step of an apply, on stderr.",
}
"""What a line of help has no room for."""


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
        "Options that several verbs have, told at length:",
        "",
        *(f"- `{option}`: {meaning}" for option, meaning in AT_LENGTH.items()),
        "",
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
