"""What a run may spend on calls: time while calls are under way, and their number; and whether it is to go on."""

from __future__ import annotations

from collections.abc import Callable
from math import inf

from msgspec import Struct

from reconciler.model.events import Tell, nobody
from reconciler.model.ports import Clock
from reconciler.model.waiting import never, slept
from reconciler.model.words import counted, duration
from reconciler.msgraph.transport.answer import Answer, Fault, Layer, Trouble
from reconciler.msgraph.wire.request import Request


class Ceiling(Struct, frozen=True):
    """The most that calls may take, in seconds and in number. Waits of the caller between its calls are not counted."""

    seconds: float = inf
    calls: float = inf


UNLIMITED = Ceiling()


class Meter:
    """Counts the requests that are sent, and the time in which at least one call is under way.

    Several chains may share one, and then they share what is left. `stopped` says whether the user asked to stop.
    """

    def __init__(self, clock: Clock, ceiling: Ceiling, stopped: Callable[[], bool] = never) -> None:
        self.stopped = stopped
        self._clock = clock
        self._ceiling = ceiling
        self._calls = 0
        self._used = 0.0
        self._under_way = 0
        self._since = 0.0

    @property
    def calls(self) -> int:
        """How many requests were sent, retries among them; a batch is one."""
        return self._calls

    @property
    def left(self) -> float:
        """Seconds that calls may still take."""
        running = self._clock.monotonic() - self._since if self._under_way else 0.0
        return self._ceiling.seconds - self._used - running

    @property
    def is_spent(self) -> bool:
        """Whether no further request may be sent."""
        return self.left <= 0 or self._calls >= self._ceiling.calls

    def count(self) -> None:
        """A request is about to be sent."""
        self._calls += 1

    def renew(self) -> None:
        """Something was achieved: calls may take the whole time again."""
        self._used, self._since = 0.0, self._clock.monotonic()

    async def waited(self, seconds: float) -> bool:
        """Let time pass between two tries. False where the budget ends before that, or the user asks to stop."""
        if seconds <= 0:
            return not self.stopped()
        return seconds < self.left and await slept(self._clock, seconds, self.stopped)

    def begin(self) -> None:
        """A call is under way from now on."""
        if self._under_way == 0:
            self._since = self._clock.monotonic()
        self._under_way += 1

    def end(self) -> None:
        """A call that was under way is over."""
        self._under_way -= 1
        if self._under_way == 0:
            self._used += self._clock.monotonic() - self._since

    def fault(self, request: Request, *, uncertain: bool = False, last: str = "") -> Fault:
        """The fault of a call for which nothing is left, or which the user's wish to stop overtook.

        `last` is the cause for which it was to be tried again.
        """
        if self.stopped():
            return Fault(request.method, request.path, Trouble.STOPPED, uncertain=uncertain)
        if self._calls >= self._ceiling.calls:
            spent = counted(int(self._ceiling.calls), "call")
        else:
            spent = duration(self._ceiling.seconds)
        detail = f"the budget of {spent} for calls to the service is spent"
        if last:
            detail = f"{detail}; last, {last}"
        return Fault(request.method, request.path, Trouble.SPENT, detail, uncertain=uncertain)


class Allowance(Struct, frozen=True):
    """What a chain may spend. With `renews`, each success renews it. `tell` is told of calls and of long waits."""

    meter: Meter
    renews: bool = False
    tell: Tell = nobody


class Budget:
    """The first layer: lets calls through while something is left, and measures the time that they take."""

    def __init__(self, inner: Layer, meter: Meter) -> None:
        self._inner = inner
        self._meter = meter

    async def send(self, requests: tuple[Request, ...]) -> tuple[Answer, ...]:
        """Answer every call, or say of every call that nothing is left for it."""
        if self._meter.is_spent:
            return tuple(self._meter.fault(request) for request in requests)
        self._meter.begin()
        try:
            return await self._inner.send(requests)
        finally:
            self._meter.end()
