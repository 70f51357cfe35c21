"""A wait that a person can end: the time passes in slices, and after each one it is asked whether to go on."""

from __future__ import annotations

from collections.abc import Callable

from reconciler.model.ports import Clock

SLICE = 0.5
"""Seconds after which a wait looks whether the user asked to stop."""


def never() -> bool:
    """The wish of a user who stops nothing."""
    return False


async def slept(clock: Clock, seconds: float, stopped: Callable[[], bool] = never) -> bool:
    """Let so many seconds pass. False, and soon, where the user asked or asks to stop."""
    if stopped is never:
        await clock.sleep(seconds)
        return True
    end = clock.monotonic() + seconds
    while not stopped() and (left := end - clock.monotonic()) > 0:
        await clock.sleep(min(left, SLICE))
    return not stopped()
