"""The emulator as an ASGI application: what is served on a port and what runs in process are the same.

`create(...)` is quick: nothing of the server, of the seed's schema check or of cryptography is imported before it is
needed. Lifespan: the database is closed at shutdown; in process, call `close`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from reconciler.emulator.context import Operation
from reconciler.emulator.delivery import Delivery, Trace, delivered
from reconciler.emulator.errors import ConnectionDropped
from reconciler.emulator.faults import FaultKind
from reconciler.emulator.ports import Clock, Ids, SystemClock, SystemIds
from reconciler.emulator.seed import NO_SEED, checked_seed, read_seed
from reconciler.emulator.service import Request, Service
from reconciler.emulator.start import Start
from reconciler.emulator.store import Document, Store
from reconciler.emulator.table import OPERATIONS
from reconciler.emulator.world import World

if TYPE_CHECKING:
    from reconciler.emulator.sign_in import SignIn

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

MAX_BODY = 4 * 1024 * 1024
"""Bytes of a request's body, as in Graph; a longer one is 413."""

MAX_DRAINED = 64 * 1024 * 1024
"""Bytes of a too long body that are read and thrown away, so that its sender is still there for the answer."""

_NO_SIGN_IN = ("/beta/", "/v1.0/", "/his/", "/emulator/")
"""How the addresses begin that are never the sign-in service's."""

PIECES = 10
"""In how many pieces a slow answer is sent."""


class Emulator:
    """The ASGI application."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.service = Service(world, OPERATIONS, lambda: _steering(world))
        self._sign_in: SignIn | None = None

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Everything that it answers: Graph's, the Hybrid Identity Service's and its own calls."""
        return (*OPERATIONS, *_steering(self.world))

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request, or see the lifespan through.

        Raises ConnectionDropped, before the answer or in its middle, where a fault rule says so.
        """
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        if scope["type"] != "http":
            raise ValueError(f"the emulator speaks HTTP, not {scope['type']}")
        body = await _body(receive)
        if body is None:
            await _send(send, _TOO_LARGE)
            return
        request = _request(scope, body)
        await self._deliver(self._signed_in(request) or await self.service.respond(request), send)

    def close(self) -> None:
        """Let go of the database."""
        self.world.store.close()

    def _signed_in(self, request: Request) -> Delivery | None:
        """What the sign-in service answers; None where the request is not for it."""
        if request.raw_path.startswith(_NO_SIGN_IN):
            return None
        if self._sign_in is None:
            from reconciler.emulator.sign_in import SignIn  # noqa: PLC0415 (most runs have their tokens from elsewhere)

            self._sign_in = SignIn(self.world)
        answer = self._sign_in.answer(request.method, request.raw_path, request.origin, request.body)
        if answer is None:
            return None
        ids = self.world.ids
        told = request.headers.get("client-request-id", "")[:128] or ids.uuid()
        return delivered(answer, Trace(ids.uuid(), told, self.world.clock.now()))

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _deliver(self, delivery: Delivery, send: Send) -> None:
        rule = delivery.fault
        if rule is None or rule.kind not in (FaultKind.TRUNCATE, FaultKind.SLOW):
            await _send(send, delivery)
            return
        await send(_start(delivery))
        if rule.kind is FaultKind.TRUNCATE:
            await send(_piece(delivery.body[: len(delivery.body) // 2], more=True))
            raise ConnectionDropped(executed=True)
        size = max(1, -(-len(delivery.body) // PIECES))
        for begin in range(0, len(delivery.body), size):
            await self.world.clock.sleep(rule.seconds / PIECES)
            await send(_piece(delivery.body[begin : begin + size], more=True))
        await send(_piece(b"", more=False))


def create(
    db: Path | str = ":memory:",
    seed: Path | Document | None = None,
    *,
    clock: Clock | None = None,
    ids: Ids | None = None,
    start: Start | None = None,
) -> Emulator:
    """The emulator over a database: a file, or one in memory that is gone with it.

    `seed`, a file or its JSON, is used where the database is empty; `start` is said over seed and database.
    Raises SeedError, WrongFormat, ValueError for what cannot be said so, and OSError or sqlite3.Error where a file
    cannot be used.
    """
    store = Store(db)
    try:
        found = None
        if seed is not None and store.is_empty:
            found = read_seed(seed) if isinstance(seed, Path) else checked_seed(seed)
        if start is not None and start.clock is not None and store.is_empty:
            found = {**(found or NO_SEED), "clock": start.clock.isoformat()}
        world = World(store, clock or SystemClock(), ids or SystemIds(), found)
        if start is not None:
            start.over(world)
    except BaseException:
        store.close()
        raise
    return Emulator(world)


def _steering(world: World) -> tuple[Operation, ...]:
    from reconciler.emulator.control import Control  # noqa: PLC0415 (a program that only uses the service never does)

    return Control(world).operations()


def _request(scope: MutableMapping[str, Any], body: bytes) -> Request:
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    raw_path = scope.get("raw_path") or quote(scope["path"], safe="/$'()=,:@!*~-._").encode()
    host = headers.get("host") or "{}:{}".format(*(scope.get("server") or ("localhost", 80)))
    return Request(
        method=scope["method"].upper(),
        raw_path=raw_path.partition(b"?")[0].decode("latin-1"),
        raw_query=scope.get("query_string", b"").decode("latin-1"),
        headers=headers,
        body=body,
        origin=f"{scope.get('scheme', 'http')}://{host}",
        local=_is_local(scope.get("client")),
    )


def _is_local(client: object) -> bool:
    """Whether a peer is this machine; in process there may be none, or a name that is no address."""
    if not isinstance(client, tuple | list) or not client:
        return True
    try:
        return ip_address(str(client[0])).is_loopback
    except ValueError:
        return True


async def _body(receive: Receive) -> bytes | None:
    """The request's body, None where it is longer than MAX_BODY."""
    pieces: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionDropped(executed=False)
        piece = message.get("body", b"")
        size += len(piece)
        if size <= MAX_BODY:
            pieces.append(piece)
        if not message.get("more_body", False) or size > MAX_DRAINED:
            return b"".join(pieces) if size <= MAX_BODY else None


async def _send(send: Send, delivery: Delivery) -> None:
    await send(_start(delivery))
    await send(_piece(delivery.body, more=False))


def _start(delivery: Delivery) -> Message:
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in delivery.headers]
    return {"type": "http.response.start", "status": delivery.status, "headers": headers}


def _piece(body: bytes, *, more: bool) -> Message:
    return {"type": "http.response.body", "body": body, "more_body": more}


_TOO_LARGE = Delivery(
    413,
    (("Content-Type", "application/json"), ("Connection", "close")),
    b'{"error":{"code":"RequestEntityTooLarge","message":"The size of the request exceeds the maximum size of 4 MB."}}',
)
