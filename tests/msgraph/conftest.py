"""What the client's tests stand on: a clock that does not wait, and a small service on a real socket."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import pytest
import uvicorn

from reconciler.model.secret import SecretText
from reconciler.msgraph.client import GraphClient, open_chain
from reconciler.msgraph.transport.asgi import AsgiTransport
from reconciler.msgraph.transport.send import Timeouts


@dataclass
class Clock:
    """Time that passes only where somebody sleeps; what was slept is on record."""

    seconds: float = 0.0
    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds
        await asyncio.sleep(0)


class Chance:
    """The highest number that may come, so that waits are as long as they get."""

    def uniform(self, low: float, high: float) -> float:
        return high

    def token(self) -> str:
        return "0123456789abcdef" * 2


@dataclass
class Token:
    """A credential that always has this token."""

    text: str | None = None

    async def token(self, surface: object) -> SecretText | None:
        return None if self.text is None else SecretText(self.text)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def chance() -> Chance:
    return Chance()


Serve = Callable[[object], str]


class Server:
    """A server on a free port of this machine, in a thread of its own, whose application can be exchanged."""

    def __init__(self) -> None:
        listening = socket.create_server(("127.0.0.1", 0))
        self.app: object = None
        self.origin = f"http://127.0.0.1:{listening.getsockname()[1]}"
        self._server = uvicorn.Server(
            uvicorn.Config(self._answer, interface="asgi3", log_config=None, lifespan="off", ws="none")
        )
        self._thread = threading.Thread(target=self._server.run, args=([listening],), daemon=True)
        self._thread.start()

    async def _answer(self, scope, receive, send) -> None:
        await self.app(scope, receive, send)

    def close(self) -> None:
        self._server.should_exit = True
        self._thread.join(10)


@pytest.fixture(scope="session")
def servers() -> Iterator[list[Server]]:
    """Servers that no test uses at the moment; starting one takes longer than most tests."""
    idle: list[Server] = []
    yield idle
    for server in idle:
        server.close()


@pytest.fixture
def serve(servers: list[Server]) -> Iterator[Serve]:
    """Serve an ASGI application; give its origin."""
    used: list[Server] = []

    def start(app: object) -> str:
        server = servers.pop() if servers else Server()
        server.app = app
        used.append(server)
        return server.origin

    yield start
    servers.extend(used)


@pytest.fixture
def raw_server() -> Iterator[Callable[[bytes], str]]:
    """A server that answers every connection with these bytes and hangs up; give its origin."""
    sockets: list[socket.socket] = []

    def start(answer: bytes) -> str:
        listening = socket.create_server(("127.0.0.1", 0))
        sockets.append(listening)

        def loop() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(65536)
                    connection.sendall(answer)

        threading.Thread(target=loop, daemon=True).start()
        return f"http://127.0.0.1:{listening.getsockname()[1]}"

    yield start
    for listening in sockets:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()


class Table:
    """A service that answers from a table: `METHOD path` to JSON, to (status, JSON), or to a list of these in turn.

    Queries do not count. What is not in the table is not found. Every call is on record, those in a batch too.
    """

    def __init__(self, **answers: object) -> None:
        self.answers: dict[str, object] = dict(answers)
        self.calls: list[tuple[str, object]] = []

    def named(self, start: str) -> list[tuple[str, object]]:
        return [call for call in self.calls if call[0].startswith(start)]

    def answer(self, method: str, url: str, body: object) -> tuple[int, object]:
        key = f"{method} {url.partition('?')[0]}"
        self.calls.append((key, body))
        found = self.answers.get(key, (404, {"error": {"code": "Request_ResourceNotFound", "message": "m"}}))
        if isinstance(found, list):
            found = found.pop(0) if len(found) > 1 else found[0]
        if isinstance(found, Exception):
            raise found
        return found if isinstance(found, tuple) else (200, found)

    async def __call__(self, scope, receive, send) -> None:
        body = json.loads((await receive())["body"] or b"null")
        path = scope["path"].removeprefix("/beta")
        if path == "/$batch":
            items = [
                (item["id"], *self.answer(item["method"], unquote(item["url"]), item.get("body")))
                for item in body["requests"]
            ]
            headers = {"Content-Type": "application/json"}
            answers = [
                {"id": number, "status": status, "headers": headers, "body": found} for number, status, found in items
            ]
            status, found = 200, {"responses": answers}
        else:
            status, found = self.answer(scope["method"], path, body)
        kind = (b"content-type", b"application/json")
        await send({"type": "http.response.start", "status": status, "headers": [kind]})
        await send({"type": "http.response.body", "body": b"" if found is None else json.dumps(found).encode()})


@pytest.fixture
def table() -> Table:
    return Table()


@pytest.fixture
def client(table: Table, clock: Clock, chance: Chance):
    """Make a client of the table; its calls go over the in-process transport."""

    def make(**options: object) -> GraphClient:
        chain = open_chain(
            "http://table/beta",
            Token(),
            clock,
            chance,
            {},
            transport=AsgiTransport(table, lambda error: isinstance(error, ConnectionError)),
            timeouts=Timeouts(1, 1, 10),
        )
        return GraphClient(chain, clock, **options)

    return make
