"""What the client's tests stand on: a clock that does not wait, and a small service on a real socket."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
import uvicorn

from reconciler.model.secret import SecretText


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


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serve an ASGI application on a free port of this machine; give its origin."""
    running: list[tuple[uvicorn.Server, threading.Thread]] = []

    def start(app: object) -> str:
        listening = socket.create_server(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off", ws="none"))
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        running.append((server, thread))
        return f"http://127.0.0.1:{listening.getsockname()[1]}"

    yield start
    for server, _ in running:
        server.should_exit = True
    for _, thread in running:
        thread.join(10)


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
