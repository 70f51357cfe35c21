"""The forms that a review and a nightly run read, markdown, SARIF and JUnit, of what the verbs found."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.cli.output import write
from reconciler.errors import Refused, Unreadable
from reconciler.model.finding import Finding

if TYPE_CHECKING:
    from reconciler.operations.planning import Planned
    from reconciler.operations.validate import Validation

TITLES: Mapping[str, str] = {"validate": "Validation", "plan": "Plan", "drift": "Drift"}
FORMS = ("markdown", "sarif", "junit")
"""The forms that this module knows; each verb writes text and JSON by itself."""


def write_validation_report(form: str, validation: Validation, directory: Path) -> None:
    """Write what validating found."""
    _write_findings(form, "validate", directory, validation.findings, validation.sources)


def write_plan_report(form: str, planned: Planned, directory: Path) -> None:
    """Write a plan with the findings of making it."""
    match form:
        case "markdown":
            from reconciler.report.markdown.plan import plan_markdown
            from reconciler.report.plan import APPLY

            command = APPLY if directory == Path() else f"{APPLY} {shlex.quote(str(directory))}"
            sources = planned.validation.sources
            write(plan_markdown(planned.plan, planned.findings, planned.edges, sources, command=command))
        case "junit":
            from reconciler.report.junit import findings_suites, junit, plan_suite

            suites = findings_suites(planned.findings, planned.validation.sources)
            write(junit([plan_suite(planned.plan), *suites]))
        case _:
            _write_findings(form, "plan", directory, planned.findings, planned.validation.sources)


def write_drift_report(form: str, planned: Planned, directory: Path) -> None:
    """Write what drifted, with the findings of finding out."""
    match form:
        case "markdown":
            from reconciler.report.markdown.drift import drift_markdown

            write(drift_markdown(planned.drift, planned.findings, planned.edges, planned.validation.sources))
        case "junit":
            from reconciler.report.junit import drift_suite, findings_suites, junit

            suites = findings_suites(planned.findings, planned.validation.sources)
            write(junit([drift_suite(planned.drift), *suites]))
        case _:
            _write_findings(form, "drift", directory, planned.findings, planned.validation.sources)


@contextmanager
def reported(form: str, verb: str, directory: Path) -> Iterator[None]:
    """Write the findings of what is refused within in the form that was asked for, so that a review can show them.

    The error goes on to whoever tells it on stderr and chooses the exit code.
    """
    try:
        yield
    except (Refused, Unreadable) as error:
        if form in FORMS:
            sources = error.sources if isinstance(error, Refused) else {}
            _write_findings(form, verb, directory, error.findings, sources, refused=error.message)
        raise


def _write_findings(
    form: str,
    verb: str,
    directory: Path,
    findings: Sequence[Finding],
    sources: Mapping[str, Sequence[str]],
    *,
    refused: str = "",
) -> None:
    match form:
        case "markdown":
            from reconciler.report.markdown.findings import findings_markdown

            write(findings_markdown(findings, sources, title=TITLES[verb], refused=refused))
        case "sarif":
            from reconciler.cli.rulebook import rulebook
            from reconciler.operations.edges.checkout import folder_in_checkout
            from reconciler.report.sarif import findings_sarif

            write(findings_sarif(findings, rulebook(), folder=folder_in_checkout(directory), refused=refused))
        case _:
            from reconciler.report.junit import Case, Suite, findings_suites, junit

            stopped = [Suite(verb, (Case("comes to its end", "error", refused),))] if refused else []
            write(junit([*stopped, *findings_suites(findings, sources)]))
