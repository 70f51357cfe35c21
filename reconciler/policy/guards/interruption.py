"""Interruption: an app that provisions, and that nobody serves for a while or from now on, is asked for."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.plan import Action, Change, GuardResult
from reconciler.model.words import duration
from reconciler.policy.guards.case import Case, field_of

NAME = "interruption"


def check(case: Case) -> Iterator[GuardResult]:
    """Every app that the order interrupts, and every app that is gone from the spec while its job runs."""
    wait = duration(case.spec.policy.settle_seconds)
    for change in case.changes:
        if change.address in case.interrupted:
            message = f"{change.address} would be unserved for about {wait}, its job paused, while it moves"
            yield case.result(NAME, message, (change,), measured=wait)
        elif _ends(change):
            message = f"{change.address} would provision nobody any more: its job runs, and would be paused"
            yield case.result(NAME, message, (change,))


def _ends(change: Change) -> bool:
    """Whether a change takes an app away whose job runs. A job that the spec itself pauses is meant to be paused."""
    job = field_of(change, "job.enabled")
    return change.action is Action.REMOVE and job is not None and job.after is False
