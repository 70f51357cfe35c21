"""All guards in one table, and their verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from reconciler.model.plan import Fewest, GuardResult, Verdict
from reconciler.policy.guards import availability, counts, floors, interruption, percentages, protection
from reconciler.policy.guards.case import Case

Guard = Callable[[Case], Iterator[GuardResult]]

GUARDS: tuple[Guard, ...] = (
    protection.check,
    floors.check,
    availability.check,
    interruption.check,
    percentages.check,
    counts.check,
)


def judge(case: Case, fewest: Fewest | None = None, besides: Iterable[GuardResult] = ()) -> Verdict:
    """What all guards say of a plan. `besides` are results that came of ordering it."""
    return Verdict((*besides, *(result for guard in GUARDS for result in guard(case))), fewest)
