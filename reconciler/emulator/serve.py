"""Serve the emulator on a port.

The first line on stdout is `listening on http://HOST:PORT`, or https; then a second line says whom clients must trust.
SIGINT and SIGTERM stop it after the requests in flight.
"""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TextIO

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from reconciler.emulator.app import Emulator, create
from reconciler.emulator.errors import ConnectionDropped
from reconciler.emulator.start import Start

Connections = dict[tuple[str, int], asyncio.Transport]
"""The open connections by the address of their peer."""

GRACE = 5
"""Seconds that requests in flight have when the server is told to stop."""


def run(
    port: int = 0,
    db: Path | str = ":memory:",
    seed: Path | None = None,
    start: Start | None = None,
    host: str = "127.0.0.1",
    out: TextIO = sys.stdout,
    authority: Path | None = None,
) -> None:
    """Serve until a signal comes. Port 0 takes a free one; `start` is said over seed and database.

    With `authority` it speaks TLS, and the certificate that clients have to trust is written to that file.
    Raises OSError where the port or the file cannot be had, and what `create` raises.
    """
    listener = socket.create_server((host, port), backlog=2048, family=_family(host))
    with listener:
        emulator = create(db, seed, start=start)
        _server(emulator, listener, out, authority).run(sockets=[listener])


def served(emulator: Emulator, connections: Connections) -> Starlette:
    """The application as it is served: dropped connections are closed, and the database with the server."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        emulator.close()

    dropping = Middleware(_Dropping, connections=connections)
    return Starlette(routes=[Mount("/", app=emulator)], middleware=[dropping], lifespan=lifespan)


class _Dropping:
    """Close the connection of a request that is dropped, as a broken network does."""

    def __init__(self, app: ASGIApp, connections: Connections) -> None:
        self._app = app
        self._connections = connections

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except ConnectionDropped:
            await self._drop(scope, receive, started=started)

    async def _drop(self, scope: Scope, receive: Receive, *, started: bool) -> None:
        transport = self._connections.get(tuple(scope["client"])) if scope.get("client") else None
        if transport is None:
            return
        # What was sent of an answer must arrive, so that the other side sees it end too early.
        transport.close() if started else transport.abort()
        while (await receive())["type"] != "http.disconnect":
            pass


class _Server(uvicorn.Server):
    """Says where it listens, and leaves signals to the shell when it has stopped."""

    def __init__(self, config: uvicorn.Config, listener: socket.socket, out: TextIO, authority: Path | None) -> None:
        super().__init__(config)
        self._listener = listener
        self._out = out
        self._authority = authority

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if not self.should_exit:
            host, port = self._listener.getsockname()[:2]
            shown = f"[{host}]" if ":" in host else host
            self._out.write(f"listening on {'https' if self._authority else 'http'}://{shown}:{port}\n")
            if self._authority:
                self._out.write(f"clients have to trust {self._authority}\n")
            self._out.flush()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """A signal asks for a graceful stop; it is not raised again afterwards, so that the process ends well."""
        signals = (signal.SIGINT, signal.SIGTERM)
        before = {number: signal.signal(number, self.handle_exit) for number in signals}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _server(emulator: Emulator, listener: socket.socket, out: TextIO, authority: Path | None) -> _Server:
    connections: Connections = {}
    config = uvicorn.Config(
        served(emulator, connections),
        http=_protocol(connections),
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        date_header=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE,
    )
    config.load()
    if authority:
        from reconciler.emulator.certificates import tls_for_loopback  # noqa: PLC0415 (slow to import)

        config.ssl = tls_for_loopback(authority)
    return _Server(config, listener, out, authority)


def _protocol(connections: Connections) -> type[H11Protocol]:
    """The HTTP protocol that remembers its connections, so that they can be dropped."""

    class Remembering(H11Protocol):
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            if self.client is not None:
                connections[self.client] = transport

        def connection_lost(self, exc: Exception | None) -> None:
            # A TLS transport that is closed has forgotten its peer.
            if self.client is not None:
                connections.pop(self.client, None)
            super().connection_lost(exc)

    return Remembering


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
