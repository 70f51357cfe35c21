"""What a shell completes behind a verb: rules, and the addresses of the spec in DIR, read without judging it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

KINDS = ("agent", "group", "app", "proxy", "connectorHost")
"""The kinds of thing that a spec defines, so that completing a kind reads nothing."""


def complete_address(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """The addresses that begin so: kinds at first, then the keys of the kind. Nothing where there is no spec."""
    kind, slash, _ = incomplete.partition("/")
    if not slash:
        return [f"{each}/" for each in KINDS if each.startswith(kind)]
    return [address for address in _addresses(_directory(context)) if address.startswith(incomplete)]


def complete_subject(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Rules and addresses."""
    rules: list[str] = []
    if incomplete.upper().startswith("E"):
        from reconciler.cli.rulebook import rulebook

        rules = [rule for rule in rulebook() if rule.startswith(incomplete.upper())]
    return [*rules, *complete_address(context, parameter, incomplete)]


def _directory(context: click.Context) -> Path:
    """The DIR that is typed already; behind an option without its value click leaves all words where they are."""
    typed = [Path(word) for word in context.args if not word.startswith("-")]
    given = context.params.get("directory") or context.params.get("target") or Path()
    return next((path for path in typed if path.is_dir()), Path(given))


def _addresses(root: Path) -> Iterator[str]:
    """The addresses of a spec, as far as it can be read; a faulty spec completes what is whole in it."""
    from reconciler.errors import ReconcilerError
    from reconciler.operations.completing import addresses

    try:
        yield from addresses(root)
    except (ReconcilerError, OSError):
        return
