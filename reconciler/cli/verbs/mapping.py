"""`reconciler mapping eval|test`: expressions and mappings, tried before they reach anybody."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from reconciler.cli import options
from reconciler.cli.asked import Asked
from reconciler.cli.completion import complete_file
from reconciler.cli.verbs.examples import with_examples

_FILE = click.Path(path_type=Path, allow_dash=True)


@click.group(
    "mapping",
    subcommand_metavar="VERB [ARGS]...",
    epilog=with_examples(
        "reconciler mapping eval 'ToLower([mail])' --user ada.json",
        "reconciler mapping eval --batch lines.jsonl",
    ),
)
def command() -> None:
    """Try expressions and mappings before they reach anybody."""


@command.command(
    "eval",
    short_help="Evaluate an expression for a user, or a file of both.",
    epilog=with_examples(
        'reconciler mapping eval \'Join(" ", "Ada", "Lovelace")\' --trace',
        "reconciler mapping eval --batch lines.jsonl",
    ),
)
@click.argument("expression", required=False)
@click.option("--user", type=_FILE, metavar="FILE", shell_complete=complete_file, help="The user, a JSON object.")
@click.option("--now", metavar="MOMENT", help="What time it is, in ISO 8601.")
@click.option("--trace", is_flag=True, help="Show each part of the expression with its value.")
@click.option("--batch", type=_FILE, metavar="FILE", shell_complete=complete_file, help="Lines of JSON, as below.")
@options.output_format
def evaluate(
    expression: str | None, user: Path | None, now: str | None, batch: Path | None, form: str, *, trace: bool
) -> int:
    """Evaluate an expression, with or without the `=` of the spec, as the service does.

    A line of a batch is {"expression", "user"}, and may hold "now" and "taken". It gives {"value"}, with "flow": false
    where nothing flows, or {"value": {"error"}, "column"}. A dash for FILE reads stdin.

    Exit codes: 0 evaluated, 1 the expression is none, or failed.
    """
    from reconciler.errors import UsageError

    if (expression is None) == (batch is None):
        raise UsageError("give an expression, or --batch with a file of them")
    if batch is not None:
        return _lines(batch)
    return _one(expression or "", user, now, form, with_trace=trace)


def _lines(path: Path) -> int:
    from reconciler.operations.edges.given import lines_of
    from reconciler.operations.edges.system import SystemClock, below
    from reconciler.operations.evaluating import evaluate_lines

    for line in evaluate_lines(lines_of(path), below, SystemClock().now):
        sys.stdout.write(f"{line}\n")
    return 0


def _one(text: str, user: Path | None, now: str | None, form: str, *, with_trace: bool) -> int:
    from reconciler.cli.output import write
    from reconciler.errors import ExitCode
    from reconciler.operations.edges.given import content_of
    from reconciler.operations.edges.system import SystemClock, below
    from reconciler.operations.evaluating import evaluate_text, moment_of, user_in
    from reconciler.report.evaluation import evaluation_json, evaluation_text, fault_text

    moment = moment_of(now) if now else SystemClock().now()
    person = user_in(content_of(user)) if user else {}
    found = evaluate_text(text.removeprefix("="), person, moment, below, with_trace=with_trace)
    if form == "json":
        write(evaluation_json(found.ending, found.trace))
    elif found.fault is None:
        write(evaluation_text(found.ending, found.trace))
    else:
        sys.stderr.write(fault_text(found.text, found.fault, found.trace))
    return ExitCode.DONE if found.fault is None else ExitCode.ERROR


@command.command(
    "test",
    short_help="Run the tests of the spec's mappings.",
    epilog=with_examples("reconciler mapping test", "reconciler mapping test contoso --format junit"),
)
@options.asking(options.directory, options.form("text", "junit"), options.color)
def run(asked: Asked) -> int:
    """Run the tests of the spec's mappings, and tell what they do not reach.

    A test gives a user and says what is expected: values, nothing that flows, a fault, the scope, the match. `validate`
    runs them too; here each failure shows every part of its expression.

    Exit codes: 0 all tests hold, 1 one does not, or the spec has other errors.
    """
    from reconciler.cli.output import note_findings, stream_terminal, write
    from reconciler.errors import ExitCode
    from reconciler.operations.mapping_tests import OWN_RULE, run_tests
    from reconciler.report.junit import findings_suites, junit
    from reconciler.report.mapping_tests import suite_of, tests_text

    tests = run_tests(asked.directory)
    others = [finding for finding in tests.validation.findings if finding.rule != OWN_RULE]
    if not tests.can_run:
        note_findings(others, asked.telling, tests.validation.sources)
    results = [
        (each.address, each.tests, [(failure.broken, failure.trace) for failure in each.failures], each.reach)
        for each in tests.tested
    ]
    if asked.telling.form == "junit" and not tests.can_run:
        write(junit(findings_suites(others, tests.validation.sources)))
    elif asked.telling.form == "junit":
        write(junit(suite_of(address, count, failures) for address, count, failures, _ in results))
    elif tests.can_run:
        write(tests_text(results, stream_terminal(sys.stdout, asked.telling.color)))
    return ExitCode.DONE if tests.passed else ExitCode.ERROR
