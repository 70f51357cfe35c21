"""The chain as a whole: budget → throttle → retry → batch → send."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.model.ports import Chance, Clock
from reconciler.msgraph.auth import Credential
from reconciler.msgraph.transport.answer import Answer
from reconciler.msgraph.transport.batch import Batch
from reconciler.msgraph.transport.budget import UNLIMITED, Budget, Ceiling, Meter
from reconciler.msgraph.transport.retry import Retry
from reconciler.msgraph.transport.send import USUAL, Send, Timeouts
from reconciler.msgraph.transport.throttle import Gate, Throttle
from reconciler.msgraph.wire.request import Request

if TYPE_CHECKING:
    import httpx


class Chain:
    """Takes calls and gives answers. `base` is the endpoint's version root, such as `https://host/beta`."""

    def __init__(
        self,
        base: str,
        transport: httpx.AsyncBaseTransport,
        credential: Credential,
        clock: Clock,
        chance: Chance,
        *,
        ceiling: Ceiling = UNLIMITED,
        timeouts: Timeouts = USUAL,
    ) -> None:
        self.base = base
        self._meter = Meter(clock, ceiling)
        gate = Gate(clock, chance, self._meter)
        self._send = Send(base, transport, credential, self._meter, clock, chance, timeouts)
        retry = Retry(Batch(self._send, clock), gate, self._meter, clock, chance)
        self._first = Budget(Throttle(retry, gate, self._meter), self._meter)

    @property
    def calls(self) -> int:
        """How many requests were sent so far, retries among them; a batch is one."""
        return self._meter.calls

    async def send(self, requests: tuple[Request, ...]) -> tuple[Answer, ...]:
        """Answer every call, in their order. Raises nothing: what goes wrong is a Fault."""
        return await self._first.send(requests)

    async def call(self, request: Request) -> Answer:
        """Answer one call."""
        (answer,) = await self.send((request,))
        return answer

    async def aclose(self) -> None:
        """Close the connections."""
        await self._send.aclose()
