"""Counts: how many things one plan may remove or change unasked."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from reconciler.model.address import Kind
from reconciler.model.plan import Action, Change, GuardResult, Ruling
from reconciler.model.words import counted
from reconciler.policy.guards.case import Case
from reconciler.policy.guards.percentages import APPS_CHANGED, REMOVALS


def check(case: Case) -> Iterator[GuardResult]:
    """All removals together, and all changed apps."""
    limits = case.spec.policy.limits
    removals = tuple(change for change in case.changes if change.action is Action.REMOVE)
    yield from _number(case, REMOVALS, removals, ("thing", "removed"), limits.max_removals)
    yield from _number(case, APPS_CHANGED, case.of(Kind.APP), ("app", "changed"), limits.max_apps_changed)


def _number(
    case: Case, guard: str, filling: Collection[Change], words: tuple[str, str], limit: int | None
) -> Iterator[GuardResult]:
    if limit is None or not filling:
        return
    noun, done = words
    message = f"{counted(len(filling), noun)} would be {done}"
    if len(filling) > limit:
        yield case.result(guard, message, filling, measured=str(len(filling)), limit=str(limit))
    else:
        yield GuardResult(guard, Ruling.PASS, message, str(len(filling)), str(limit))
