"""Interruption: an app that nobody serves for a while, because it cannot be in two groups at once, is asked for."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.plan import GuardResult
from reconciler.model.words import duration
from reconciler.policy.guards.case import Case

NAME = "interruption"


def check(case: Case) -> Iterator[GuardResult]:
    """Every app that the order interrupts."""
    wait = duration(case.spec.policy.settle_seconds)
    for change in case.changes:
        if change.address in case.interrupted:
            message = f"{change.address} would be unserved for about {wait}, its job paused, while it moves"
            yield case.result(NAME, message, (change,), measured=wait)
