"""Calls to an application in this process that fail as they would over a socket: drops, half bodies, time-outs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field

from reconciler.msgraph.transport.lean import httpx

Message = MutableMapping[str, object]
Receive = Callable[[], Awaitable[Message]]
SendMessage = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, SendMessage], Awaitable[None]]


def _never(_: BaseException) -> bool:
    return False


class _Body(httpx.AsyncByteStream):
    """What arrived of a body, and then the error with which it broke off, if it did."""

    def __init__(self, parts: list[bytes], broken: bool) -> None:
        self._parts = parts
        self._broken = broken

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self._parts:
            yield part
        if self._broken:
            raise httpx.RemoteProtocolError("peer closed connection without sending complete message body")


@dataclass(slots=True)
class _Heard:
    """What the application sent so far."""

    status: int | None = None
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    parts: list[bytes] = field(default_factory=list)
    complete: bool = False

    async def take(self, message: Message) -> None:
        """Take one message of the application."""
        if message["type"] == "http.response.start":
            self.status = int(str(message["status"]))
            self.headers = list(_pairs(message.get("headers")))
        elif message["type"] == "http.response.body":
            body = message.get("body", b"")
            if isinstance(body, bytes) and body:
                self.parts.append(body)
            self.complete = not message.get("more_body", False)


class AsgiTransport(httpx.AsyncBaseTransport):
    """Calls an application. `is_drop` says of an error of the application that it stands for a lost connection."""

    def __init__(self, app: Application, is_drop: Callable[[BaseException], bool] = _never) -> None:
        self._app = app
        self._is_drop = is_drop

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request. Raises httpx's errors, as over a socket."""
        heard = _Heard()
        body = await request.aread()
        timeout = request.extensions.get("timeout", {}).get("read")
        try:
            async with asyncio.timeout(timeout):
                await self._app(_scope(request), _once(body), heard.take)
        except TimeoutError:
            if heard.status is None:
                raise httpx.ReadTimeout("the application did not answer in time", request=request) from None
        except Exception as error:  # noqa: BLE001 - whatever an application raises, its client sees a lost connection
            if heard.status is None and not self._is_drop(error):
                return httpx.Response(500, request=request)
        if heard.status is None:
            raise httpx.RemoteProtocolError("Server disconnected without sending a response.", request=request)
        return httpx.Response(heard.status, headers=heard.headers, stream=_Body(heard.parts, _is_broken(heard)))


def _is_broken(heard: _Heard) -> bool:
    declared = dict(heard.headers).get(b"content-length")
    length = sum(map(len, heard.parts))
    return not heard.complete or (declared is not None and int(declared) != length)


def _scope(request: httpx.Request) -> Message:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "scheme": request.url.scheme,
        "path": request.url.path,
        "raw_path": request.url.raw_path.split(b"?")[0],
        "query_string": request.url.query,
        "server": (request.url.host, request.url.port),
        "client": ("127.0.0.1", 0),
        "root_path": "",
    }


def _once(body: bytes) -> Receive:
    """A receiver that gives the body, and after that waits for ever, as an open connection does."""
    messages = iter(({"type": "http.request", "body": body, "more_body": False},))

    async def receive() -> Message:
        message = next(messages, None)
        if message is None:
            await asyncio.Event().wait()
        return dict(message or {})

    return receive


def _pairs(headers: object) -> list[tuple[bytes, bytes]]:
    pairs = headers if isinstance(headers, list | tuple) else ()
    return [(bytes(name).lower(), bytes(value)) for name, value in pairs]
