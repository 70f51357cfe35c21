"""Drift as a comment or an issue: what somebody changed and what an apply would put back; the rest folded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from types import MappingProxyType

from reconciler.model.drift import Drift
from reconciler.model.finding import Finding
from reconciler.model.states import Edge
from reconciler.model.words import counted
from reconciler.report.authors import nobody_words
from reconciler.report.drawing import drawing
from reconciler.report.drift import CHANGED, DIFFERS, NO_LEDGER, drift_last_line
from reconciler.report.markdown.changes import changes_fold, changes_table, drawing_fold
from reconciler.report.markdown.findings import Sources, findings_fold, findings_points
from reconciler.report.markdown.page import Fold, page
from reconciler.report.markdown.text import code, prose
from reconciler.report.markdown.unknown import failed_points, left_out_points, unknown_fold

POINTS = 5
"""Findings on the first screen."""


def drift_markdown(
    drift: Drift,
    findings: Iterable[Finding] = (),
    edges: Iterable[Edge] = (),
    sources: Sources = MappingProxyType({}),
) -> str:
    """The whole report as markdown of at most 60,000 characters.

    `edges` are the memberships and assignments that the service holds, for the neighbours in the drawing.
    """
    found = tuple(findings)
    return page(_head(drift, found), _folds(drift, found, edges, sources))


def _head(drift: Drift, found: Sequence[Finding]) -> Iterator[str]:
    yield f"## Drift: {_verdict(drift)}"
    yield f"**{prose(drift_last_line(drift))}**"
    tenant = f", tenant {code(drift.tenant_id)}" if drift.tenant_id else ""
    yield f"Service {code(drift.service)}{tenant}."
    yield "" if drift.ledger else NO_LEDGER
    unknown = (*drift.failed, *drift.unverifiable)
    yield "\n".join((*left_out_points(unknown), *failed_points(unknown)))
    if drift.drift:
        yield CHANGED if drift.ledger else DIFFERS
    yield changes_table(drift.drift, authors=drift.authors or None)
    yield prose(nobody_words(drift))
    if found:
        yield "**Know this too:**"
        yield "\n".join(findings_points(found, POINTS))


def _verdict(drift: Drift) -> str:
    """What the reader has to know before anything else, in our own words."""
    if not drift.drift:
        return f"not known, {counted(len(drift.failed), 'field')} could not be read" if drift.failed else "none"
    moved = "changed at the service" if drift.ledger else "not as the spec says"
    changed = f"{counted(len(drift.drift), 'thing')} {moved}"
    return f"{changed}, as far as it could be read" if drift.failed else changed


def _folds(drift: Drift, found: Sequence[Finding], edges: Iterable[Edge], sources: Sources) -> Iterator[Fold]:
    yield drawing_fold(drawing(drift.drift, edges, {}))
    yield changes_fold(drift.drift, "What an apply would put back", drift.authors)
    yield changes_fold(drift.pending, "Pending, the spec moved on")
    yield findings_fold(found, sources)
    yield unknown_fold(drift.unverifiable)
