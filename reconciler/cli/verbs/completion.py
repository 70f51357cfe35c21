"""`reconciler completion SHELL`: the script that lets a shell complete verbs, options and addresses."""

from __future__ import annotations

import click

from reconciler.cli.verbs.examples import with_examples

SHELLS = ("bash", "zsh", "fish")
_SETUP = """\b
Where to put it:
  bash  source <(reconciler completion bash)   in ~/.bashrc
  zsh   source <(reconciler completion zsh)    in ~/.zshrc, after compinit
  fish  reconciler completion fish | source    in ~/.config/fish/config.fish

"""


@click.command("completion", epilog=_SETUP + with_examples("reconciler completion bash", "reconciler completion fish"))
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print what makes a shell complete verbs, options, rules, and the addresses of the spec in DIR."""
    from click.shell_completion import get_completion_class

    script = get_completion_class(shell)
    if script is not None:
        click.echo(script(context.find_root().command, {}, "reconciler", "_RECONCILER_COMPLETE").source())
