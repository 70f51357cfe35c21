"""The wait until new memberships and assignments serve: how long it still is, and a wait that can be interrupted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from reconciler.model.ports import Clock
from reconciler.model.states import Edge

SLICE = 0.5
"""Seconds after which a wait looks whether the user asked to stop, and tells how much is left."""


def left_to_settle(edges: Iterable[Edge], seconds: float, since: Mapping[Edge, datetime], now: datetime) -> float:
    """Seconds until all these edges serve. Of an edge whose age nobody knows, none of its time has passed.

    A clock that was set back makes no wait longer than `seconds`.
    """
    ages = (max(0.0, (now - since[edge]).total_seconds()) if edge in since else 0.0 for edge in edges)
    return max((seconds - min(age, seconds) for age in ages), default=0.0)


def unsettled(since: Mapping[Edge, datetime], seconds: float, now: datetime) -> frozenset[Edge]:
    """The edges of the ledger that do not serve yet, so that a plan knows what an earlier run left unsettled."""
    return frozenset(edge for edge in since if left_to_settle((edge,), seconds, since, now) > 0)


async def wait_until(end: float, clock: Clock, stopped: Callable[[], bool], tell: Callable[[], None]) -> None:
    """Let the time pass until the clock's `monotonic` says `end`, or the user asks to stop. `tell` is called often."""
    while (left := end - clock.monotonic()) > 0 and not stopped():
        tell()
        await clock.sleep(min(left, SLICE))
