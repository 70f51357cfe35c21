"""The last layer: one call over HTTP, and every way in which that goes wrong as a fault."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from contextlib import aclosing

import msgspec
from msgspec import Struct

import reconciler
from reconciler.errors import ReconcilerError
from reconciler.model.events import CallMade, Tell
from reconciler.model.ports import Chance, Clock
from reconciler.model.secret import SecretText
from reconciler.msgraph.auth import Credential
from reconciler.msgraph.transport.answer import Answer, Fault, Reply, Trouble
from reconciler.msgraph.transport.budget import Meter
from reconciler.msgraph.transport.interpret import answer_of, masked
from reconciler.msgraph.transport.lean import httpx
from reconciler.msgraph.wire.links import same_origin
from reconciler.msgraph.wire.request import BATCH, Body, Request

MOST_BYTES = 64 << 20
"""Bytes that an answer may have, once unpacked."""

MOST_IN_FLIGHT = 16
"""Requests under way at once: beyond that the connection pool takes longer than the service."""

_MOST_REDIRECTS = 5


class Timeouts(Struct, frozen=True):
    """Seconds: to connect, between two parts of an answer, and for a whole answer."""

    connect: float = 10.0
    read: float = 45.0
    whole: float = 100.0


USUAL = Timeouts()


class Send:
    """Sends calls to one endpoint. `base` is its version root; the transport decides how bytes travel.

    It calls the transport itself: httpx's client would add cookies, redirects and authentication, none of them wanted,
    and tie each answer to itself in a cycle that keeps its connection until the garbage collector comes.
    """

    def __init__(
        self,
        base: str,
        transport: httpx.AsyncBaseTransport,
        credential: Credential,
        meter: Meter,
        clock: Clock,
        chance: Chance,
        timeouts: Timeouts,
        tell: Tell,
    ) -> None:
        self._base = base
        self._credential = credential
        self._meter = meter
        self._clock = clock
        self._chance = chance
        self._timeouts = timeouts
        self._tell = tell
        self._slots = asyncio.Semaphore(MOST_IN_FLIGHT)
        self._transport = transport
        timeout = httpx.Timeout(timeouts.read, connect=timeouts.connect)
        self._extensions = {"timeout": timeout.as_dict()}

    async def aclose(self) -> None:
        """Close the connections."""
        await self._transport.aclose()

    async def send(self, requests: tuple[Request, ...]) -> tuple[Answer, ...]:
        """Answer every call, one request each."""
        return tuple(await asyncio.gather(*(self._one(request) for request in requests)))

    async def _one(self, request: Request) -> Answer:
        async with self._slots:
            if self._meter.is_spent:
                return self._meter.fault(request)
            try:
                token = await self._credential.token(request.surface)
            except ReconcilerError as error:
                return Fault(request.method, request.path, Trouble.NO_TOKEN, error.message)
            began = self._clock.monotonic()
            answer = await self._tried(request, token)
            self._tell(_told(request, answer, self._clock.monotonic() - began))
            return answer

    async def _tried(self, request: Request, token: SecretText | None) -> Answer:
        try:
            return await self._sent(request, token)
        except _TooLong:
            return _fault(request, Trouble.TIMEOUT, f"it took longer than {self._timeouts.whole:.0f} s")
        except tuple(_TROUBLES) as error:
            secrets = (*_secrets_in(request.body), *_secrets_in(token))
            return _fault(request, _trouble(error), _words(error, secrets))

    async def _sent(self, request: Request, token: SecretText | None) -> Answer:
        url = self._base + request.path
        try:
            content = None if request.body is None else msgspec.json.encode(request.body, enc_hook=_reveal)
        except RecursionError:
            return Fault(request.method, request.path, Trouble.MALFORMED, "what would be sent is nested too deep")
        until = self._clock.monotonic() + min(self._timeouts.whole, self._meter.left)
        for _ in range(_MOST_REDIRECTS + 1):
            self._meter.count()
            headers = self._headers(token, has_body=content is not None)
            call = httpx.Request(request.method, url, headers=headers, content=content, extensions=self._extensions)
            async with aclosing(await self._transport.handle_async_request(call)) as response:
                if response.has_redirect_location:
                    target = str(call.url.join(response.headers["location"]))
                    if not request.is_read or not same_origin(self._base, target):
                        return _fault(request, Trouble.FOREIGN, f"a redirect with status {response.status_code}")
                    url = target
                    continue
                body = await self._body(response, until)
            if body is None:
                return _fault(request, Trouble.TOO_LARGE, f"more than {MOST_BYTES >> 20} MiB")
            received = {name.lower(): value for name, value in response.headers.items()}
            secrets = [*_secrets_in(request.body), *_secrets_in(token)]
            return answer_of(request, response.status_code, received, body, now=self._clock.now(), secrets=secrets)
        return _fault(request, Trouble.FOREIGN, "more redirects than anybody needs")

    async def _body(self, response: httpx.Response, until: float) -> bytes | None:
        """The unpacked body; None where it is too large. Raises _TooLong where it only trickles."""
        parts: list[bytes] = []
        size = 0
        async for part in response.aiter_bytes():
            size += len(part)
            if size > MOST_BYTES:
                return None
            if self._clock.monotonic() > until:
                raise _TooLong
            parts.append(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _headers(self, token: SecretText | None, *, has_body: bool) -> Mapping[str, str]:
        number = self._chance.token()
        headers = {
            "Accept": "application/json",
            "Accept-Encoding": "gzip, deflate",
            "User-Agent": f"reconciler/{reconciler.__version__}",
            "client-request-id": "-".join((number[:8], number[8:12], number[12:16], number[16:20], number[20:32])),
        }
        if has_body:
            headers["Content-Type"] = "application/json"
        if token is not None:
            headers["Authorization"] = f"Bearer {token.reveal()}"
        return headers


class _TooLong(Exception):
    """Raised when an answer keeps coming for longer than any answer may."""


_TROUBLES: Mapping[type[Exception], Trouble] = {
    httpx.ConnectError: Trouble.UNREACHABLE,
    httpx.ConnectTimeout: Trouble.UNREACHABLE,
    httpx.PoolTimeout: Trouble.UNREACHABLE,
    httpx.ProxyError: Trouble.UNREACHABLE,
    httpx.UnsupportedProtocol: Trouble.UNREACHABLE,
    httpx.InvalidURL: Trouble.FOREIGN,
    httpx.TimeoutException: Trouble.TIMEOUT,
    httpx.DecodingError: Trouble.BROKEN,
    httpx.TransportError: Trouble.BROKEN,
}
"""What each of the transport's errors means; the first line that fits counts."""


def _trouble(error: Exception) -> Trouble:
    return next(trouble for kind, trouble in _TROUBLES.items() if isinstance(error, kind))


def _fault(request: Request, trouble: Trouble, detail: str) -> Fault:
    nothing_sent = trouble is Trouble.UNREACHABLE
    return Fault(request.method, request.path, trouble, detail, uncertain=not (request.is_read or nothing_sent))


def _told(request: Request, answer: Answer, seconds: float) -> CallMade:
    """What those who watch are told of a call: nothing of its body but the calls of a batch."""
    match request.body:
        case {"requests": [*calls]} if request.path == BATCH:
            items = tuple(f"{call['method']} {call['url']}" for call in calls if isinstance(call, Mapping))
        case _:
            items = ()
    match answer:
        case Reply(status, headers):
            made = CallMade(request.method, request.path, status, seconds, headers.get("request-id", ""), "", items)
        case Fault() as fault:
            why = "" if fault.status else fault.cause
            made = CallMade(request.method, request.path, fault.status, seconds, fault.request_id, why, items)
    return made


def _words(error: Exception, secrets: Iterable[str]) -> str:
    """An error of the transport in one line; its class where it says nothing.

    What the transport itself refuses to send it quotes with its escapes, where no secret could be found any more.
    """
    if isinstance(error, httpx.LocalProtocolError):
        return "a header of the request holds what no header can"
    return masked(" ".join(str(error).split()), secrets)[:160] or type(error).__name__


def _reveal(value: object) -> str:
    if isinstance(value, SecretText):
        return value.reveal()
    raise TypeError(f"a body cannot hold {type(value).__name__}")


def _secrets_in(body: Body) -> Iterator[str]:
    """Every secret of a body, so that an answer that quotes one can be masked. Any depth is fine."""
    left = [body]
    while left:
        found = left.pop()
        if isinstance(found, SecretText):
            yield found.reveal()
        elif isinstance(found, Mapping):
            left.extend(found.values())
        elif isinstance(found, list | tuple):
            left.extend(found)
