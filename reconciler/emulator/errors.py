"""How the service says no: one exception, one body.

Page: https://learn.microsoft.com/graph/errors
"""

from __future__ import annotations

from http import HTTPStatus

from msgspec import Struct

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


class Detail(Struct, frozen=True):
    """One entry of an error's `details`."""

    code: str
    message: str
    target: str | None = None


class GraphError(Exception):
    """An answer of 400 or more that the service gives on purpose.

    `code` may be empty, as the service's sometimes is. `headers` are added to the answer. No secret may stand in it.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        target: str | None = None,
        details: tuple[Detail, ...] = (),
        headers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.target = target
        self.details = details
        self.headers = headers


class ConnectionDropped(Exception):
    """The connection ends here, without an answer or in the middle of one.

    It leaves the ASGI application: an in-process transport maps it to what a closed socket would be, and the served
    application closes the connection. `executed` tells a test whether the request had its effect before.
    """

    def __init__(self, *, executed: bool) -> None:
        super().__init__("the connection was dropped by a fault rule")
        self.executed = executed


def bad_request(message: str, *, target: str | None = None) -> GraphError:
    """400: the request cannot be understood or is not allowed as it stands."""
    return GraphError(HTTPStatus.BAD_REQUEST, "Request_BadRequest", message, target=target)


def not_found(identifier: str) -> GraphError:
    """404: there is no such resource, or it cannot be seen yet."""
    message = "does not exist or one of its queried reference-property objects are not present."
    return GraphError(HTTPStatus.NOT_FOUND, "Request_ResourceNotFound", f"Resource '{identifier[:128]}' {message}")


def error_body(error: GraphError, date: str, request_id: str, client_request_id: str) -> dict[str, Json]:
    """The body of an error answer; `date` is an ISO time without offset, as the service writes it."""
    inner: dict[str, Json] = {"date": date, "request-id": request_id, "client-request-id": client_request_id}
    if error.status == HTTPStatus.TOO_MANY_REQUESTS:
        inner = {"code": "429", "message": "Please retry after", "status": "429", **inner}
    body: dict[str, Json] = {"code": error.code, "message": error.message}
    if error.target is not None:
        body["target"] = error.target
    if error.details:
        body["details"] = [_detail(detail) for detail in error.details]
    return {"error": {**body, "innerError": inner}}


def _detail(detail: Detail) -> Json:
    return {"code": detail.code, "message": detail.message, "target": detail.target}
