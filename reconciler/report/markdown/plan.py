"""A plan as a comment: the verdict, what must be acknowledged, what happens, what could go wrong; the rest folded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from types import MappingProxyType

from reconciler.model.address import Address
from reconciler.model.finding import Finding
from reconciler.model.plan import Change, Plan, PlannedStep, Ruling
from reconciler.model.states import Edge
from reconciler.model.words import counted
from reconciler.report.drawing import drawing
from reconciler.report.markdown.changes import WIDE, changes_fold, changes_table, drawing_fold
from reconciler.report.markdown.findings import Sources, findings_fold, findings_points
from reconciler.report.markdown.page import Fold, page, shortened
from reconciler.report.markdown.text import code, fence, prose
from reconciler.report.markdown.unknown import failed_points, left_out_points, unknown_fold
from reconciler.report.plan import APPLY, unmanaged_lines
from reconciler.report.steps import describe, waves
from reconciler.report.terminal import Terminal, escape
from reconciler.report.verdict import accept_command, acks_lines, guard_text, last_line, refused

ASKED = 6
"""Addresses whose acknowledgement is told on the first screen; more are folded."""

POINTS = 5
"""Points of one kind on the first screen."""


def plan_markdown(
    plan: Plan,
    findings: Iterable[Finding] = (),
    edges: Iterable[Edge] = (),
    sources: Sources = MappingProxyType({}),
    *,
    command: str = APPLY,
) -> str:
    """A whole plan as markdown of at most 60,000 characters.

    `edges` are the memberships and assignments that the service holds, for the neighbours in the drawing; `command` is
    what applies the plan.
    """
    found = tuple(findings)
    head = (*_head(plan, command), *_warnings(plan, found))
    return page(head, _folds(plan, found, edges, sources), f"Digest {code(plan.digest)}")


def _head(plan: Plan, command: str) -> Iterator[str]:
    interrupted = plan.verdict.fewest.interrupted if plan.verdict.fewest else ()
    yield f"## Plan: {_verdict(plan)}"
    yield f"**{prose(last_line(plan, Terminal()))}**"
    yield where(plan)
    yield "\n".join((*left_out_points(plan.unverifiable), *failed_points(plan.unverifiable)))
    yield "\n\n".join(_asked(plan, command))
    yield "\n".join(blocked_points(plan.blocked))
    yield changes_table(unblocked(plan), {address for address, _ in refused(plan)}, interrupted)


def _verdict(plan: Plan) -> str:
    """What a reviewer has to know before anything else, in our own words."""
    asked = len(refused(plan))
    if plan.reads_failed:
        return "incomplete, the service could not be read"
    if asked:
        return f"refused until {counted(asked, 'change')} {'is' if asked == 1 else 'are'} acknowledged"
    if plan.verdict.ruling is Ruling.REFUSED:
        return "refused"
    if not plan.differs:
        return "nothing to change"
    if plan.is_empty:
        return "nothing can be changed until somebody acts"
    return "ready to be applied"


def where(plan: Plan) -> str:
    """The service and the tenant that a plan is for."""
    tenant = f", tenant {code(plan.tenant_id)}" if plan.tenant_id else ""
    return f"Service {code(plan.service)}{tenant}."


def _asked(plan: Plan, command: str) -> Iterator[str]:
    """What the guards refuse, and the words that accept it where they are few; a comment to be read by itself."""
    results = [guard for guard in plan.verdict.guards if guard.ruling is Ruling.REFUSED]
    if not results:
        return
    yield "**Refused, and applied by nobody before it is accepted:**"
    points = [f"- {prose(guard_text(guard))}" for guard in results[:POINTS]]
    if len(results) > POINTS:
        points.append(f"- and {counted(len(results) - POINTS, 'guard')} more")
    yield "\n".join(points)
    pairs = refused(plan)
    if 0 < len(pairs) <= ASKED:
        yield from _accepting(pairs, command)
    elif pairs:
        yield f"How to accept each of the {len(pairs)} changes is folded below."


def _accepting(pairs: Sequence[tuple[Address, str]], command: str) -> Iterator[str]:
    yield "Accept exactly this in the spec, or any change of the same things at the terminal:"
    yield fence(acks_lines(pairs), "yaml")
    yield fence([accept_command(pairs, command)], "sh")


def blocked_points(blocked: Sequence[Change]) -> Iterator[str]:
    """A point for each blocked change, with what somebody has to do first."""
    for change in blocked[:POINTS]:
        yield f"- blocked: {code(str(change.address))}: {prose(change.blocked)}"
    if len(blocked) > POINTS:
        yield f"- and {len(blocked) - POINTS} more blocked, below"


def blocked_fold(blocked: Sequence[Change]) -> Fold:
    """Every blocked change, field by field."""
    return changes_fold(blocked, "Blocked, until somebody has done what is said")


def unblocked(plan: Plan) -> Sequence[Change]:
    """The changes that a plan makes."""
    return [change for change in plan.changes if not change.blocked]


def _warnings(plan: Plan, found: Sequence[Finding]) -> Iterator[str]:
    """What else a reviewer should know: findings of the run, and the plan's own notes."""
    points = [*findings_points(found, POINTS), *(f"- {prose(note)}" for note in plan.notes[:POINTS])]
    if points:
        yield "**Know this too:**"
        yield "\n".join(points)


def _folds(plan: Plan, found: Sequence[Finding], edges: Iterable[Edge], sources: Sources) -> Iterator[Fold]:
    yield drawing_fold(drawing(unblocked(plan), edges, plan.names))
    pairs = refused(plan) if len(refused(plan)) > ASKED else ()
    points = (f"- {code(f'--ack {address}')}, or in the spec {code(digest)}" for address, digest in pairs)
    yield Fold(f"How to accept what is refused: {counted(len(pairs), 'change')}", "acknowledgement", len(pairs), points)
    yield changes_fold(unblocked(plan), "What changes")
    yield blocked_fold(plan.blocked)
    yield findings_fold(found, sources)
    yield _steps(plan)
    yield unknown_fold(plan.unverifiable)
    unmanaged = shortened(unmanaged_lines(plan, WIDE))
    yield Fold("Not managed here, never touched", "list", bool(unmanaged), [fence(unmanaged)])


def _steps(plan: Plan) -> Fold:
    """Each wave as a block: whatever stands in one may run at the same time."""
    done = waves(plan.steps)
    title = f"Steps: {counted(len(plan.steps), 'step')} in {counted(len(done), 'wave')}"
    return Fold(title, "wave", len(done), (_wave(number, wave) for number, wave in enumerate(done, start=1)))


def _wave(number: int, wave: Iterable[PlannedStep]) -> str:
    lines = (f"  {escape(planned.id)}  {escape(describe(planned.step))}" for planned in wave)
    return fence(shortened([f"wave {number}", *lines]))
