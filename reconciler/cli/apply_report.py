"""The page about an apply, for the summary of a run: written once, whatever became of the apply."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reconciler.cli.output import write
from reconciler.errors import ReconcilerError, Refused, Unreadable

if TYPE_CHECKING:
    from reconciler.model.finding import Finding
    from reconciler.model.plan import Plan
    from reconciler.operations.applying import Applied


@dataclass(slots=True)
class ApplyReport:
    """What is known of an apply by now. Nothing is written where another form was asked for."""

    form: str
    _plan: Plan | None = None
    _findings: tuple[Finding, ...] = ()
    _sources: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def saw(self, plan: Plan, findings: tuple[Finding, ...], sources: Mapping[str, Sequence[str]]) -> None:
        """Know the plan that is about to be applied."""
        self._plan, self._findings, self._sources = plan, findings, sources

    def came(self, applied: Applied) -> None:
        """Write what an apply came to."""
        if self.form != "markdown":
            return
        from reconciler.report.markdown.applied import Outcome, applied_markdown

        steps = applied.outcome
        outcome = Outcome(left=applied.left, stopped=_stopped(applied))
        if steps is not None:
            outcome = Outcome(steps.done, steps.failed, steps.skipped, applied.left, _stopped(applied))
        write(applied_markdown(applied.plan, outcome, applied.findings, self._sources))

    @contextmanager
    def until_it_ends(self) -> Iterator[None]:
        """Write what ended the apply within; the error goes on to whoever tells it and chooses the exit code."""
        try:
            yield
        except ReconcilerError as error:
            if self.form == "markdown":
                write(self._page_of(error))
            raise

    def _page_of(self, error: ReconcilerError) -> str:
        from reconciler.report.markdown.applied import Outcome, applied_markdown
        from reconciler.report.markdown.findings import findings_markdown

        why = f"{error.message} ({error.hint})" if error.hint else error.message
        findings = error.findings if isinstance(error, Refused | Unreadable) else ()
        sources = error.sources if isinstance(error, Refused) else self._sources
        if self._plan is None:
            return findings_markdown(findings, sources, title="Apply", refused=why)
        return applied_markdown(self._plan, Outcome(stopped=why), (*self._findings, *findings), sources)


def _stopped(applied: Applied) -> str:
    if applied.declined:
        return "nobody agreed to this plan, so nothing was applied"
    return "interrupted; what was begun is done, and the next apply does the rest" if applied.interrupted else ""
