"""What came of an apply, as a page for the summary of a run: the verdict, what failed, what is left, what was done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from types import MappingProxyType

from msgspec import Struct

from reconciler.model.finding import Finding
from reconciler.model.plan import Change, Plan, PlannedStep
from reconciler.model.words import counted
from reconciler.report.markdown.changes import changes_fold, changes_table
from reconciler.report.markdown.findings import Sources, findings_fold, findings_points
from reconciler.report.markdown.page import Fold, page, shortened
from reconciler.report.markdown.plan import POINTS, blocked_fold, blocked_points, unblocked, where
from reconciler.report.markdown.text import code, fence, prose
from reconciler.report.steps import describe
from reconciler.report.terminal import escape


class Outcome(Struct, frozen=True):
    """What came of a plan's steps, and the plan that is `left`: None where nobody looked.

    `stopped` says why the apply did not come to its end; "" where it did.
    """

    done: tuple[PlannedStep, ...] = ()
    failed: tuple[PlannedStep, ...] = ()
    skipped: tuple[PlannedStep, ...] = ()
    left: Plan | None = None
    stopped: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether the apply came to its end and nothing of the plan was left out on the way."""
        return not (self.stopped or self.failed or self.skipped)


def applied_markdown(
    plan: Plan, outcome: Outcome, findings: Iterable[Finding] = (), sources: Sources = MappingProxyType({})
) -> str:
    """What came of a plan, as markdown of at most 60,000 characters."""
    found = tuple(findings)
    return page(_head(plan, outcome, found), _folds(plan, outcome, found, sources), f"Digest {code(plan.digest)}")


def _head(plan: Plan, outcome: Outcome, found: Sequence[Finding]) -> Iterator[str]:
    left = plan if outcome.left is None else outcome.left
    yield f"## Apply: {_verdict(plan, outcome, left.blocked)}"
    yield f"**Stopped: {prose(outcome.stopped)}.**" if outcome.stopped else ""
    yield _counts(outcome)
    yield where(plan)
    yield "\n".join(_failed(outcome.failed))
    yield "\n".join(blocked_points(left.blocked))
    if found:
        yield "**Know this too:**"
        yield "\n".join(findings_points(found, POINTS))
    if outcome.left is not None and unblocked(outcome.left):
        yield "Left to do:"
        yield changes_table(unblocked(outcome.left))
    if unblocked(plan):
        yield "What was done:" if outcome.is_whole else "What the plan was:"
        yield changes_table(unblocked(plan))


def _verdict(plan: Plan, outcome: Outcome, blocked: Sequence[Change]) -> str:
    """What the reader has to know before anything else, in our own words."""
    if outcome.stopped:
        return "stopped"
    if not outcome.is_whole:
        return f"{len(outcome.done)} of {counted(len(plan.steps), 'step')} done"
    if outcome.left is not None and not outcome.left.is_empty:
        return "done, but the service is not yet as the spec says"
    if blocked:
        return f"done but for {counted(len(blocked), 'blocked change')}"
    return "done, the service is as the spec says" if plan.steps else "nothing to do"


def _counts(outcome: Outcome) -> str:
    if not (outcome.done or outcome.failed or outcome.skipped):
        return ""
    done = counted(len(outcome.done), "step")
    return f"**{done} done, {len(outcome.failed)} failed, {len(outcome.skipped)} skipped.**"


def _failed(failed: Sequence[PlannedStep]) -> Iterator[str]:
    for planned in failed[:POINTS]:
        yield f"- failed: {prose(describe(planned.step))}"
    if len(failed) > POINTS:
        yield f"- and {len(failed) - POINTS} more failed, below"


def _folds(plan: Plan, outcome: Outcome, found: Sequence[Finding], sources: Sources) -> Iterator[Fold]:
    yield changes_fold(unblocked(plan), "What was done" if outcome.is_whole else "What the plan was")
    if outcome.left is not None:
        yield changes_fold(unblocked(outcome.left), "What is left")
        yield blocked_fold(outcome.left.blocked)
    else:
        yield blocked_fold(plan.blocked)
    yield findings_fold(found, sources)
    yield _steps(outcome)


def _steps(outcome: Outcome) -> Fold:
    """Each step with what came of it, those that failed first."""
    came = (("failed", outcome.failed), ("skipped", outcome.skipped), ("done", outcome.done))
    lines = [f"{word:7}  {escape(describe(each.step))}" for word, steps in came for each in steps]
    return Fold(f"What came of {counted(len(lines), 'step')}", "list", bool(lines), [fence(shortened(lines))])
