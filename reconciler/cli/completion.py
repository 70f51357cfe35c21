"""What a shell completes behind a verb: rules, files, and the addresses of the spec in DIR and of its ledger.

Nothing here asks a service or a remote, and a spec that has faults completes what is whole in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import click
from click.shell_completion import CompletionItem

KINDS = ("agent", "group", "app", "proxy", "connectorHost")
"""The kinds of thing that a spec defines."""


def complete_file(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Files and folders, as the shell knows them."""
    return [CompletionItem(incomplete, type="file")]


def complete_directory(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Folders, as the shell knows them."""
    return [CompletionItem(incomplete, type="dir")]


def complete_thing(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """The things of the spec; kinds at first, where several begin so."""
    from reconciler.operations.completing import addresses

    return _kinds(incomplete) or _found(lambda: addresses(_directory(context)), incomplete)


def complete_field(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """The things of the spec, and behind one of them its fields."""
    from reconciler.operations.completing import fields

    if incomplete.count("/") < _OF_A_FIELD:
        return complete_thing(context, parameter, incomplete)
    return _found(lambda: fields(incomplete), incomplete)


def complete_record(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """The things on record, and behind one of them what of it is."""
    from reconciler.operations.recorded import recorded

    if incomplete.count("/") < _OF_A_FIELD:
        return complete_recorded_thing(context, parameter, incomplete)
    return _found(lambda: recorded(_directory(context), parts=True), incomplete)


def complete_recorded_thing(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """The things on record, whether or not the spec still names them."""
    from reconciler.operations.recorded import recorded

    return _found(lambda: recorded(_directory(context)), incomplete)


def complete_subject(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Rules, things and their fields."""
    rules: list[str] = []
    if incomplete.upper().startswith("E"):
        from reconciler.cli.rulebook import rulebook

        rules = [rule for rule in rulebook() if rule.startswith(incomplete.upper())]
    return [*rules, *complete_field(context, parameter, incomplete)]


_OF_A_FIELD = 2
"""Slashes from which on an address names a part of a thing."""


def _kinds(incomplete: str) -> list[str]:
    """The kinds that begin so, where there are several: a single one would be taken for the whole answer."""
    kinds = [f"{kind}/" for kind in KINDS if kind.startswith(incomplete)]
    return kinds if len(kinds) > 1 else []


def _directory(context: click.Context) -> Path:
    """The DIR that is typed already; behind an option without its value click leaves all words where they are."""
    given = context.params.get("root") or context.params.get("directory") or Path()
    typed = [Path(word) for word in context.args if not word.startswith("-")]
    return next((path for path in typed if path.is_dir()), Path(given))


def _found(look: Callable[[], Iterator[str]], incomplete: str) -> list[str]:
    """What begins so, as far as it can be read."""
    from reconciler.errors import ReconcilerError

    try:
        return [found for found in look() if found.startswith(incomplete)]
    except (ReconcilerError, OSError, ValueError):
        return []
