"""Answer one request as the service does.

respond ─ latency ─ fault? ─ $batch ─┬─ item ─ fault? ─ charge ─ find operation ─ handler
                                     └─ item …
                           ─ charge ─ find operation ─ handler
and around it: the headers of every answer, the body of every error, the log.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import unquote

from msgspec import Struct
from msgspec.structs import replace

from reconciler.emulator.addresses import query_of, segments_of
from reconciler.emulator.audit.recording import record, watched
from reconciler.emulator.authorization import Door
from reconciler.emulator.batch import BatchItem, answer_batch, batch_items
from reconciler.emulator.context import JSON_TYPE, Answer, Call, Context, Operation
from reconciler.emulator.delivery import Delivery, Trace, delivered, ordered, refusal
from reconciler.emulator.errors import ConnectionDropped, GraphError, bad_request
from reconciler.emulator.faults import FaultKind, FaultRule
from reconciler.emulator.odata import QueryError, parse_query
from reconciler.emulator.routes import Match, Routes
from reconciler.emulator.store import Document, LoggedCall
from reconciler.emulator.throttle import Verdict, retry_after, units_of, verdict_headers
from reconciler.emulator.tokens import Caller, caller_of
from reconciler.emulator.world import World

log = logging.getLogger(__name__)

GRAPH_VERSIONS = ("beta", "v1.0")
OWN_VERSIONS = ("his", "emulator")
"""First segments that are no part of Graph: what agents call, and what tests steer the emulator by."""

NO_ANSWER = 0
"""The status that the log tells of a call whose connection was dropped."""

_MAX_ID = 128
_WRONG: Document = {"value": {"unexpected": True}}
_EMPTY: Document = {"value": []}


class Request(Struct, frozen=True):
    """A request as it arrived: path and query still encoded, header names in small letters."""

    method: str
    raw_path: str
    raw_query: str
    headers: dict[str, str]
    body: bytes
    origin: str
    local: bool = True
    """Whether it comes from this machine."""


Execute = Callable[[], Awaitable[Answer]]


@dataclass(slots=True)
class Service:
    """The service over one world and one table of operations; that of the emulator's own calls is made when needed."""

    world: World
    operations: tuple[Operation, ...]
    steering: Callable[[], tuple[Operation, ...]]
    _routes: Routes = field(init=False)
    _steering: Routes | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self._routes = Routes(self.operations)

    async def respond(self, request: Request) -> Delivery:
        """The answer to a request. Raises ConnectionDropped where a fault rule says that there is none."""
        ids = self.world.ids
        told = request.headers.get("client-request-id", "")
        trace = Trace(ids.uuid(), told if 0 < len(told) <= _MAX_ID else ids.uuid(), self.world.clock.now())
        version, rest = _version_of(request.raw_path)
        if version in OWN_VERSIONS:
            return delivered(await self._own(request, version, rest, trace), trace)
        await self._wait()
        path = unquote(request.raw_path)
        rule = self.world.faults.strike(request.method, path)
        try:
            answer = await self._struck(rule, lambda: self._graph(request, version, rest, trace), trace)
        except ConnectionDropped:
            self._log(request.method, path, NO_ANSWER, trace)
            raise
        self._log(request.method, path, answer.status, trace)
        return delivered(answer, trace, rule)

    async def _wait(self) -> None:
        if self.world.switches.latency_ms:
            await self.world.clock.sleep(self.world.switches.latency_ms / 1000)

    async def _own(self, request: Request, version: str, path: str, trace: Trace) -> Answer:
        """The emulator's own calls: never slow, never charged, never faulted, not logged; steering from here only."""
        call = Call(request.method, path, query_of(request.raw_query), request.headers, request.body)
        try:
            _require_local(version, request)
            match = self._own_routes(version).match(call.method, segments_of(path), version)
            return await self._executed(match, call, version, request.origin)
        except GraphError as error:
            return refusal(error, trace)

    def _own_routes(self, version: str) -> Routes:
        if version != "emulator":
            return self._routes
        if self._steering is None:
            self._steering = Routes(self.steering())
        return self._steering

    async def _graph(self, request: Request, version: str, path: str, trace: Trace) -> Answer:
        try:
            _require_graph(version)
            call = Call(request.method, path, query_of(request.raw_query), request.headers, request.body)
            if [segment.lower() for segment in segments_of(path)] == ["$batch"]:
                return await self._batch(call, version, request, trace)
            return await self._call(call, version, request.origin)
        except GraphError as error:
            return refusal(error, trace)

    async def _batch(self, call: Call, version: str, request: Request, trace: Trace) -> Answer:
        if call.method != "POST":
            message = "Specified HTTP method is not allowed for the request target."
            raise GraphError(HTTPStatus.METHOD_NOT_ALLOWED, "Request_BadRequest", message)
        self._door(request.origin).require_known(caller_of(call.headers))
        items = batch_items(call.json())

        async def send(item: BatchItem) -> Answer:
            return await self._item(item, version, request, trace)

        return Answer(HTTPStatus.OK, await answer_batch(items, send, self.world.ids))

    async def _item(self, item: BatchItem, version: str, request: Request, trace: Trace) -> Answer:
        path, _, query = item.url.partition("?")
        path = "/" + path.lstrip("/")
        headers = {"authorization": request.headers.get("authorization", ""), **item.headers}
        call = Call(item.method, path, query_of(query), headers, item.body)
        shown = f"/{version}{unquote(path)}"
        rule = self.world.faults.strike(item.method, shown, item=True)

        async def answered() -> Answer:
            try:
                return await self._call(call, version, request.origin)
            except GraphError as error:
                return refusal(error, trace)

        answer = await self._struck(rule, answered, trace)
        self._log(item.method, shown, answer.status, trace, within=trace.request_id)
        return answer

    async def _struck(self, rule: FaultRule | None, execute: Execute, trace: Trace) -> Answer:
        """The answer to what a rule strikes, or as it is where none does."""
        if rule is None:
            return await execute()
        match rule.kind:
            case FaultKind.STATUS:
                return ordered(rule, trace)
            case FaultKind.DROP_BEFORE:
                raise ConnectionDropped(executed=False)
            case FaultKind.DROP_AFTER:
                await execute()
                raise ConnectionDropped(executed=True)
            case FaultKind.DUPLICATE:
                await execute()
                return await execute()
            case FaultKind.WRONG_JSON:
                return replace(await execute(), body=_WRONG, content_type=JSON_TYPE)
            case FaultKind.WRONG_TYPE:
                return replace(await execute(), content_type="text/html")
            case FaultKind.EMPTY_LIST:
                return replace(await execute(), status=HTTPStatus.OK, body=_EMPTY, content_type=JSON_TYPE)
            case FaultKind.TRUNCATE | FaultKind.SLOW | FaultKind.BROKEN_JSON:
                return await execute()

    async def _call(self, call: Call, version: str, origin: str) -> Answer:
        """One call on Graph. Raises GraphError."""
        caller, door = caller_of(call.headers), self._door(origin)
        door.require_known(caller)
        match = self._routes.match(call.method, segments_of(call.path), version)
        _require_options(call)
        door.require_allowed(caller, match.operation)
        now = self.world.clock.now()
        verdict = self._charged(match.operation, call, caller, now.timestamp())
        headers = verdict_headers(verdict)
        if verdict.wait:
            later = retry_after(self.world.switches.retry_after, verdict.wait, now)
            raise GraphError(
                HTTPStatus.TOO_MANY_REQUESTS,
                "TooManyRequests",
                "Please retry again later.",
                headers=(*headers, *later),
            )
        answer = await self._executed(match, call, version, origin, caller)
        return replace(answer, headers=(*answer.headers, *headers))

    def _charged(self, operation: Operation, call: Call, caller: Caller, now: float) -> Verdict:
        throttle = self.world.throttle
        if operation.reports:
            return throttle.charge_report(caller.app, now)
        return throttle.charge(caller.app, units_of(operation, call.query), writes=call.method != "GET", now=now)

    async def _executed(
        self, match: Match, call: Call, version: str, origin: str, caller: Caller | None = None
    ) -> Answer:
        """What the operation's handler answers; a fault of the emulator itself is a 500 that tells nothing."""
        context, called = self.world.context(origin, version), replace(call, keys=match.keys)
        try:
            if caller is not None:
                return await _audited(match.operation, context, called, caller)
            return await match.operation.handler(context, called)
        except GraphError:
            raise
        except Exception as error:  # noqa: BLE001 (no caller may see a traceback)
            # Only where it happened is logged: the message of an exception may bear what a caller sent.
            log.error("the emulator failed at %s with %s", _place(error), type(error).__name__)  # noqa: TRY400
            message = "An internal server error occurred."
            raise GraphError(HTTPStatus.INTERNAL_SERVER_ERROR, "InternalServerError", message) from None

    def _door(self, origin: str) -> Door:
        world = self.world
        return Door(world.switches, world.tenant.id, world.clock.now().timestamp(), origin)

    def _log(self, method: str, path: str, status: int, trace: Trace, within: str = "") -> None:
        self.world.store.log(LoggedCall(trace.now.isoformat(), method, path, int(status), trace.request_id, within))


async def _audited(operation: Operation, context: Context, call: Call, caller: Caller) -> Answer:
    """What the handler answers, told of in the audit log where it changed something."""
    seen = watched(context, operation, call)
    answer = await operation.handler(context, call)
    if seen is not None:
        record(context, call, seen, answer, caller)
    return answer


def _version_of(raw_path: str) -> tuple[str, str]:
    """The first segment in small letters, and the path below it as it stands."""
    first, _, rest = raw_path.lstrip("/").partition("/")
    return unquote(first).lower(), f"/{rest}"


def _require_local(version: str, request: Request) -> None:
    if version == "emulator" and not request.local:
        raise GraphError(HTTPStatus.FORBIDDEN, "Forbidden", "The emulator is steered from its own machine only.")


def _require_graph(version: str) -> None:
    if version not in GRAPH_VERSIONS:
        raise GraphError(HTTPStatus.BAD_REQUEST, "BadRequest", f"Invalid version: {version[:32]}")


def _require_options(call: Call) -> None:
    """Refuse options that no resource has before anything is done: after a write it would be too late."""
    try:
        query = parse_query(call.query)
    except QueryError as error:
        raise GraphError(HTTPStatus.BAD_REQUEST, "BadRequest", error.message) from None
    if call.method != "GET" and (query.filter or query.order or query.top or query.skip or query.count):
        raise bad_request("Query options $filter, $orderby, $count, $skip and $top apply only to collections.")


def _place(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "an unknown place"
