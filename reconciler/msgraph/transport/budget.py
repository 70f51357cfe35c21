"""What a run may spend on calls: time while calls are under way, and their number."""

from __future__ import annotations

from math import inf

from msgspec import Struct

from reconciler.model.ports import Clock
from reconciler.model.words import counted, duration
from reconciler.msgraph.transport.answer import Answer, Fault, Layer, Trouble
from reconciler.msgraph.wire.request import Request


class Ceiling(Struct, frozen=True):
    """The most that calls may take, in seconds and in number. Waits of the caller between its calls are not counted."""

    seconds: float = inf
    calls: float = inf


UNLIMITED = Ceiling()


class Meter:
    """Counts the requests that are sent, and the time in which at least one call is under way."""

    def __init__(self, clock: Clock, ceiling: Ceiling) -> None:
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

    def fault(self, request: Request, *, uncertain: bool = False) -> Fault:
        """The fault of a call for which nothing is left; in the same words for all of them."""
        if self._calls >= self._ceiling.calls:
            spent = counted(int(self._ceiling.calls), "call")
        else:
            spent = duration(self._ceiling.seconds)
        detail = f"the budget of {spent} for calls to the service is spent"
        return Fault(request.method, request.path, Trouble.SPENT, detail, uncertain=uncertain)


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
