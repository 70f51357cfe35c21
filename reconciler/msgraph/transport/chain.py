"""The chain as a whole: budget → throttle → retry → batch → send."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.model.ports import Chance, Clock
from reconciler.msgraph.auth import Credential
from reconciler.msgraph.transport.answer import Answer, Reply
from reconciler.msgraph.transport.batch import Batch
from reconciler.msgraph.transport.budget import UNLIMITED, Allowance, Budget, Meter
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
        allowance: Allowance | None = None,
        timeouts: Timeouts = USUAL,
    ) -> None:
        self.base = base
        allowed = allowance or Allowance(Meter(clock, UNLIMITED))
        self._meter = allowed.meter
        self._renews = allowed.renews
        self._gate = Gate(clock, chance, self._meter)
        self._send = Send(base, transport, credential, self._meter, clock, chance, timeouts, allowed.tell)
        retry = Retry(Batch(self._send, clock), self._gate, self._meter, chance, allowed.tell)
        self._first = Budget(Throttle(retry, self._gate, self._meter), self._meter)

    @property
    def calls(self) -> int:
        """How many requests were sent so far by all that share the budget, retries among them; a batch is one."""
        return self._meter.calls

    async def send(self, requests: tuple[Request, ...]) -> tuple[Answer, ...]:
        """Answer every call, in their order. Raises nothing: what goes wrong is a Fault."""
        answers = await self._first.send(requests)
        if self._renews and any(isinstance(answer, Reply) for answer in answers):
            self._meter.renew()
        return answers

    async def waited(self, seconds: float) -> bool:
        """Let time pass between two calls. False where the budget ends before that, or the user asks to stop."""
        return await self._meter.waited(seconds)

    def begin_anew(self) -> None:
        """Let calls take the whole time again, and try whether the service still throttles."""
        self._meter.renew()
        self._gate.open()

    async def call(self, request: Request) -> Answer:
        """Answer one call."""
        (answer,) = await self.send((request,))
        return answer

    async def aclose(self) -> None:
        """Close the connections."""
        await self._send.aclose()
