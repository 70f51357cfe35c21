"""The reference page of the command line, made from the verbs themselves."""

from __future__ import annotations

from collections.abc import Iterator

import click

from reconciler.cli.main import program


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
