"""The table of verbs, and the group that imports a verb only when it runs."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, NamedTuple

import click


class Verb(NamedTuple):
    """A verb: the module below this package whose `command` it is, and the line that `--help` shows of it."""

    module: str
    summary: str


VERBS: Mapping[str, Verb] = {
    "init": Verb("init", "Begin a spec: a small one that plans on the embedded emulator."),
    "import": Verb("import_", "Write the spec of what a tenant holds."),
    "validate": Verb("validate", "Check a spec offline and report every fault at once."),
    "fmt": Verb("fmt", "Put the files of a spec into their canonical form."),
    "plan": Verb("plan", "Show what would change, in which order, and what it costs."),
    "show": Verb("show", "Print a saved plan."),
    "apply": Verb("apply", "Carry out a plan, or plan a directory and carry that out."),
    "drift": Verb("drift", "Tell what changed at the service behind the spec's back."),
    "status": Verb("status", "Tell how agents, groups, apps and jobs are, worst first."),
    "doctor": Verb("doctor", "Tell what the credentials at hand can do, and what they lack."),
    "explain": Verb("explain", "Explain a rule, or all that is known of one thing."),
    "mapping": Verb("mapping", "Try expressions and mappings before they reach anybody."),
    "history": Verb("history", "Tell what was applied, by whom and with what result."),
    "state": Verb("state", "Look at the ledger, and change what it says of one thing."),
    "publish": Verb("publish", "Publish a report at GitHub: a comment or an issue, in place."),
    "emulator": Verb("emulator", "Serve, seed or reset the Graph-compatible emulator."),
    "schema": Verb("schema", "Print one of the JSON Schemas of this program."),
    "completion": Verb("completion", "Print the script that lets a shell complete what you type."),
}


class VerbGroup(click.Group):
    """A group of verbs that are imported one at a time, so that `--help` imports none."""

    def __init__(self, *args: Any, verbs: Mapping[str, Verb], **kwargs: Any) -> None:  # noqa: ANN401 - click's own
        super().__init__(*args, **kwargs)
        self.verbs = verbs

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The verbs in the order of a day's work."""
        return list(self.verbs)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import a verb's module and give its command; None where no verb has this name."""
        verb = self.verbs.get(cmd_name)
        if verb is None:
            return None
        command: click.Command = import_module(f"{__name__}.{verb.module}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the verb; a word that is none gets the nearest one."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from difflib import get_close_matches

            near = get_close_matches(args[0], self.verbs, n=1)
            if not near:
                raise
            raise click.UsageError(f"{error.message} Did you mean '{near[0]}'?", ctx) from error

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the verbs alone: the line of usage holds the two options, so that all fits a screen."""
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        """Write the table of verbs without importing them."""
        with formatter.section("Verbs"):
            formatter.write_dl([(name, verb.summary) for name, verb in self.verbs.items()])
