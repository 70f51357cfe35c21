"""What a report does not know, as points: surfaces that nobody looked at, and reads that failed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.model.cells import Reason
from reconciler.model.fields import Surface, surface_of
from reconciler.model.plan import Unverifiable
from reconciler.model.words import counted
from reconciler.report.markdown.changes import WIDE
from reconciler.report.markdown.page import Fold, shortened
from reconciler.report.markdown.text import fence, prose
from reconciler.report.unknown import unverifiable_lines

_CAUSES = 3
"""Causes of failed reads that are told."""

_SURFACES = {
    Surface.TOPOLOGY: "Topology was not looked at: agents, groups and assignments are neither compared nor planned.",
    Surface.APPS: "Apps were not looked at: jobs, mappings and connections are neither compared nor planned.",
    Surface.HOSTS: "Agent hosts were not looked at.",
}


def left_out_points(unknown: Iterable[Unverifiable]) -> Iterator[str]:
    """A point for every surface that the run left out."""
    left_out = {surface_of(each.address.kind, each.key) for each in unknown if each.cell.reason is Reason.OUT_OF_SCOPE}
    return (f"- {words}" for surface, words in _SURFACES.items() if surface in left_out)


def failed_points(unknown: Iterable[Unverifiable]) -> Iterator[str]:
    """A point for every cause of failed reads, with how much nobody knows because of it."""
    failed = [each for each in unknown if each.cell.is_failure]
    causes = dict.fromkeys(each.cell.detail or each.cell.reason.value for each in failed)
    for cause in list(causes)[:_CAUSES]:
        yield f"- could not be read: {prose(cause)}"
    if failed:
        things = len({each.address for each in failed})
        unknown_fields = f"{counted(len(failed), 'field')} of {counted(things, 'thing')}"
        yield f"- so nobody knows {unknown_fields}: neither in sync nor drift"


def unknown_fold(unknown: Iterable[Unverifiable]) -> Fold:
    """What cannot be known by nature."""
    lines = shortened(unverifiable_lines(unknown, WIDE))
    return Fold("What nobody can verify", "list", bool(lines), [fence(lines)])
