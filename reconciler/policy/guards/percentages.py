"""Percentages: how much of what is managed one plan may remove or change unasked."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from reconciler.model.address import Kind
from reconciler.model.plan import Change, GuardResult, Ruling
from reconciler.model.words import counted
from reconciler.policy.guards.case import Case

REMOVALS = "removals"
APPS_CHANGED = "apps changed"


def check(case: Case) -> Iterator[GuardResult]:
    """Removals of each kind, and changed apps, as parts of the live managed things of that kind."""
    limits = case.spec.policy.limits
    for kind in (Kind.GROUP, Kind.APP):
        yield from _part(case, REMOVALS, kind, case.removals(kind), "removed", limits.max_removals_percent)
    yield from _part(case, APPS_CHANGED, Kind.APP, case.of(Kind.APP), "changed", limits.max_apps_changed_percent)


def _part(
    case: Case, guard: str, kind: Kind, filling: Collection[Change], done: str, limit: int | None
) -> Iterator[GuardResult]:
    whole = max(case.number(kind), len(filling))
    if limit is None or not filling:
        return
    message = f"{len(filling)} of {counted(whole, kind.value)} would be {done}"
    measured, most = f"{100 * len(filling) / whole:.0f} %", f"{limit} %"
    if 100 * len(filling) > limit * whole:
        yield case.result(guard, message, filling, measured=measured, limit=most)
    else:
        yield GuardResult(guard, Ruling.PASS, message, measured, most)
