"""`reconciler explain RULE|ADDRESS [DIR]`: why a rule exists, or everything that is known of one thing."""

from __future__ import annotations

import asyncio
import re
import sys

import click

from reconciler.cli import options
from reconciler.cli.asked import Asked, Telling
from reconciler.cli.completion import complete_subject
from reconciler.cli.verbs.examples import with_examples

_RULE = re.compile(r"[A-Za-z]+[0-9]+")


@click.command("explain", epilog=with_examples("reconciler explain EPR007", "reconciler explain app/hr-sql contoso"))
@click.argument("subject", metavar="RULE|ADDRESS", shell_complete=complete_subject)
@options.of_a_service()
def command(asked: Asked, subject: str) -> int:
    """Explain a rule, or a thing: each field as desired, live and applied, and who manages it.

    Exit codes: 0 explained, 1 error, 7 a surface could not be read completely.
    """
    telling = asked.telling
    if _RULE.fullmatch(subject):
        return _explain_rule(_number(subject), telling)
    from reconciler.cli.requests import address_of, request_of

    address, request = address_of(subject), request_of(asked)
    from reconciler.cli.output import note_findings, plain_lines, stream_terminal, write
    from reconciler.operations.explaining import explain
    from reconciler.report.explanation import thing_json, thing_text

    known = asyncio.run(explain(request, address, plain_lines(telling)))
    if telling.form == "json":
        about = (str(address), known.live_id, known.place, known.stories, known.origins, known.findings)
        write(thing_json(*about, ledger=known.ledger))
        return known.exit_code
    note_findings(known.findings, telling, known.validation.sources)
    title = f"{address}, {known.live_id}" if known.live_id else str(address)
    shown = stream_terminal(sys.stdout, telling.color)
    write(thing_text(title, known.place, known.stories, known.origins, shown, ledger=known.ledger))
    return known.exit_code


def _number(subject: str) -> str:
    """A rule's id as it is written, from as few digits as a person may type."""
    letters = subject.rstrip("0123456789")
    return f"{letters.upper()}{subject[len(letters) :].zfill(3)}"


def _explain_rule(rule: str, telling: Telling) -> int:
    """Print a rule. Raises UsageError for an id that no rule has."""
    from difflib import get_close_matches

    from reconciler.cli.output import stream_terminal, write
    from reconciler.cli.rulebook import rulebook
    from reconciler.errors import UsageError
    from reconciler.report.explanation import rule_json, rule_text
    from reconciler.report.rule_examples import example_of

    found = rulebook().get(rule)
    if found is None:
        near = get_close_matches(rule, rulebook(), n=1)
        hint = f"did you mean {near[0]}?" if near else "docs/reference/rules.md lists them all"
        raise UsageError(f"there is no rule {rule}", hint=hint)
    example = example_of(rule)
    shown = stream_terminal(sys.stdout, telling.color)
    write(rule_json(found, example) if telling.form == "json" else rule_text(found, example, shown))
    return 0
