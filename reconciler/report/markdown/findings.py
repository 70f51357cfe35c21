"""Findings as a comment: the verdict and the first of them on one screen, all of them with their source folded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from reconciler.model.finding import Finding, Severity, in_order
from reconciler.model.words import counted
from reconciler.report.findings import counts, finding_lines
from reconciler.report.markdown.changes import WIDE
from reconciler.report.markdown.page import Fold, page, shortened
from reconciler.report.markdown.text import code, fence, prose
from reconciler.report.terminal import Terminal

Sources = Mapping[str, Sequence[str]]
"""The lines of each file of the spec, by its name in places."""

FIRST = 12
"""Findings that are told on the first screen."""

_WEIGHTS = tuple(Severity)


def findings_markdown(
    findings: Iterable[Finding], sources: Sources, *, title: str = "Validation", refused: str = ""
) -> str:
    """All findings as markdown of at most 60,000 characters.

    `title` is our own words for what was done, and `refused` says why it could not be done, where it could not.
    """
    found = in_order(findings)
    among = f" in {counted(len(sources), 'file')}" if sources else ""
    verdict = counts(found, Terminal()) if found else "not done" if refused else "no faults"
    head = [f"## {title}: {verdict}{among}"]
    head += [f"**Not done: {prose(refused)}.**"] if refused else []
    head.append("\n".join(findings_points(found, FIRST)))
    return page(head, [findings_fold(found, sources)])


def findings_points(findings: Iterable[Finding], most: int) -> Iterator[str]:
    """One line each, the gravest first, and how many more there are."""
    found = sorted(in_order(findings), key=lambda finding: _WEIGHTS.index(finding.severity))
    for finding in found[:most]:
        place = f" at {code(str(finding.place))}" if finding.place else ""
        hint = f" ({prose(finding.hint)})" if finding.hint else ""
        yield f"- **{finding.severity.value} {prose(finding.rule)}**{place}: {prose(finding.message)}{hint}"
    if len(found) > most:
        yield f"- and {counted(len(found) - most, 'finding')} more, below"


def findings_fold(findings: Iterable[Finding], sources: Sources) -> Fold:
    """Every finding with its line of source and what would mend it."""
    found = in_order(findings)
    blocks = (fence(shortened(finding_lines(finding, WIDE, sources))) for finding in found)
    return Fold(f"{counted(len(found), 'finding')}, with the lines of source", "finding", len(found), blocks)
