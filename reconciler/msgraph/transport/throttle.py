"""One gate for all callers: while the service throttles, nobody sends; before that, everybody sends at once.

Page: learn.microsoft.com/graph/throttling.
"""

from __future__ import annotations

from reconciler.model.ports import Chance, Clock
from reconciler.msgraph.transport.answer import Answer, Layer
from reconciler.msgraph.transport.budget import Meter
from reconciler.msgraph.wire.request import Request

_SPREAD = 0.05
"""The most that a caller waits on top, as a part of the wait, so that all do not come back in one moment."""


class Gate:
    """Closed until the latest moment that any answer's Retry-After named."""

    def __init__(self, clock: Clock, chance: Chance, meter: Meter) -> None:
        self._clock = clock
        self._chance = chance
        self._meter = meter
        self._opens = 0.0

    def close(self, seconds: float) -> None:
        """Let nobody through for so long from now."""
        self._opens = max(self._opens, self._clock.monotonic() + seconds)

    def open(self) -> None:
        """Let everybody through again, who may find out that the service still throttles."""
        self._opens = 0.0

    async def passed(self) -> bool:
        """Wait until the gate is open. False where the budget ends before that, or the user asks to stop."""
        while (wait := self._opens - self._clock.monotonic()) > 0:
            if not await self._meter.waited(wait + self._chance.uniform(0, _SPREAD * wait)):
                return False
        return True


class Throttle:
    """The second layer: lets calls through the gate."""

    def __init__(self, inner: Layer, gate: Gate, meter: Meter) -> None:
        self._inner = inner
        self._gate = gate
        self._meter = meter

    async def send(self, requests: tuple[Request, ...]) -> tuple[Answer, ...]:
        """Answer every call, once the gate is open."""
        if not await self._gate.passed():
            return tuple(self._meter.fault(request) for request in requests)
        return await self._inner.send(requests)
