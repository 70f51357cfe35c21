"""Answer `$batch`: several calls in one, each with its own answer.

The whole batch is refused where its envelope breaks a rule. Items run one after another, in the order given, which is
one of the orders that the service allows; their answers come back in any order.
Page: https://learn.microsoft.com/graph/json-batching
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from msgspec import Struct

from reconciler.emulator.context import Answer, encode
from reconciler.emulator.errors import GraphError, Json
from reconciler.emulator.ports import Ids
from reconciler.emulator.store import Document

MAX_ITEMS = 20
METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


class BatchItem(Struct, frozen=True):
    """One call of a batch. `url` is as the caller wrote it; header names are in small letters."""

    id: str
    method: str
    url: str
    headers: dict[str, str]
    body: bytes
    depends_on: tuple[str, ...]


Send = Callable[[BatchItem], Awaitable[Answer]]


def batch_items(body: Json) -> tuple[BatchItem, ...]:
    """The items of a batch's body. Raises GraphError 400 where the envelope breaks a rule."""
    requests = body.get("requests") if isinstance(body, dict) else None
    if not isinstance(requests, list):
        raise _refused("Invalid batch payload format: 'requests' is missing.")
    if len(requests) > MAX_ITEMS:
        raise _refused(f"Number of batch request steps exceeds the maximum value of {MAX_ITEMS}.")
    items: list[BatchItem] = []
    seen: set[str] = set()
    for request in requests:
        item = _item(request)
        if item.id.casefold() in seen:
            raise _refused(f"Request Id '{item.id}' has to be unique in a batch.")
        unknown = [name for name in item.depends_on if name.casefold() not in seen]
        if unknown:
            raise _refused(f"Invalid dependency for request Id : {item.id}: {unknown[0][:64]}")
        seen.add(item.id.casefold())
        items.append(item)
    return tuple(items)


async def answer_batch(items: tuple[BatchItem, ...], send: Send, ids: Ids) -> bytes:
    """The JSON of the batch's answer; an item of which a dependency failed is answered 424 and not sent."""
    statuses: dict[str, int] = {}
    responses: list[bytes] = []
    for item in items:
        failed = any(statuses[name.casefold()] >= HTTPStatus.BAD_REQUEST for name in item.depends_on)
        answer = _failed_dependency() if failed else await send(item)
        statuses[item.id.casefold()] = answer.status
        responses.append(_response(item, answer))
    responses.sort(key=lambda _: ids.random())
    return b'{"responses":[' + b",".join(responses) + b"]}"


def _item(request: Json) -> BatchItem:
    if not isinstance(request, dict):
        raise _refused("Invalid batch payload format: a request is no object.")
    identifier, method, url = (request.get(name) for name in ("id", "method", "url"))
    if not isinstance(identifier, str) or not identifier or len(identifier) > 256:
        raise _refused("Request Id is missing or no text.")
    if not isinstance(method, str) or method.upper() not in METHODS:
        raise _refused(f"Request with id '{identifier}' has an invalid method.")
    if not isinstance(url, str) or not url:
        raise _refused(f"Request with id '{identifier}' has no url.")
    headers = _headers(identifier, request.get("headers"))
    if method.upper() in _WITH_BODY and ("content-type" not in headers or "body" not in request):
        raise _refused(f"Write request id : {identifier} does not contain Content-Type header or body.")
    body = _body(request.get("body"))
    return BatchItem(identifier, method.upper(), url, headers, body, _dependencies(identifier, request))


def _headers(identifier: str, value: Json) -> dict[str, str]:
    if value is None:
        return {}
    if not isinstance(value, dict) or not all(isinstance(each, str) for each in value.values()):
        raise _refused(f"Request with id '{identifier}' has invalid headers.")
    return {name.lower(): str(each) for name, each in value.items()}


def _body(value: Json) -> bytes:
    match value:
        case None:
            return b""
        case str():
            return value.encode()
    return encode(value)


def _dependencies(identifier: str, request: dict[str, Json]) -> tuple[str, ...]:
    value = request.get("dependsOn")
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise _refused(f"Invalid dependency for request Id : {identifier}")
    return tuple(str(each) for each in value)


def _response(item: BatchItem, answer: Answer) -> bytes:
    """An item's answer. A body that is JSON text already is put in as it stands: a schema is large."""
    headers: dict[str, Json] = {"Cache-Control": "no-cache", "OData-Version": "4.0", **dict(answer.headers)}
    head: dict[str, Json] = {"id": item.id, "status": int(answer.status), "headers": headers}
    if answer.body is None:
        return encode(head)
    headers["Content-Type"] = answer.content_type
    return encode(head)[:-1] + b',"body":' + _embedded(answer) + b"}"


def _embedded(answer: Answer) -> bytes:
    if not isinstance(answer.body, bytes):
        return encode(answer.body)
    if answer.content_type.startswith("application/json"):
        return answer.body
    return encode(b64encode(answer.body).decode("ascii"))


def _failed_dependency() -> Answer:
    message = "The request could not be performed because a request that it depends on failed."
    body: Document = {"error": {"code": "FailedDependency", "message": message}}
    return Answer(HTTPStatus.FAILED_DEPENDENCY, body)


def _refused(message: str) -> GraphError:
    return GraphError(HTTPStatus.BAD_REQUEST, "BadRequest", message)
