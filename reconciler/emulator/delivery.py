"""Turn what a handler answers, or refuses, into what is sent: the headers of every answer, the body of every error."""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime

from msgspec import Struct

from reconciler.emulator.context import Answer, encode
from reconciler.emulator.errors import GraphError, error_body
from reconciler.emulator.faults import FaultKind, FaultRule


class Delivery(Struct, frozen=True):
    """An answer with all its headers, and how it is to be sent."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    fault: FaultRule | None = None
    """A rule of which the sending has to take care: the kinds `truncate` and `slow`."""


class Trace(Struct, frozen=True):
    """What is told in every header and error of one request."""

    request_id: str
    client_request_id: str
    now: datetime


def refusal(error: GraphError, trace: Trace) -> Answer:
    """The answer that words an error as the service does."""
    date = trace.now.strftime("%Y-%m-%dT%H:%M:%S")
    body = error_body(error, date, trace.request_id, trace.client_request_id)
    return Answer(error.status, body, error.headers, content_type="application/json")


_CODES = {
    401: "InvalidAuthenticationToken",
    403: "Authorization_RequestDenied",
    404: "Request_ResourceNotFound",
    409: "Directory_ConcurrencyViolation",
    429: "TooManyRequests",
    500: "InternalServerError",
    502: "BadGateway",
    503: "ServiceUnavailable",
    504: "GatewayTimeout",
}


def ordered(rule: FaultRule, trace: Trace) -> Answer:
    """The answer that a fault rule orders: its text, else its JSON, else an error as the service words it."""
    headers = (("Retry-After", rule.retry_after),) if rule.retry_after else ()
    if rule.text:
        return Answer(rule.status, rule.text.encode(), headers, content_type="application/json")
    if rule.body is not None:
        return Answer(rule.status, rule.body, headers, content_type="application/json")
    code = rule.code or _CODES.get(rule.status, "Request_BadRequest")
    return refusal(GraphError(rule.status, code, "A fault rule of the emulator answers.", headers=headers), trace)


def delivered(answer: Answer, trace: Trace, rule: FaultRule | None = None) -> Delivery:
    """The answer with the headers that every answer has; `rule` is what struck it, where one did."""
    body = answer.body if isinstance(answer.body, bytes) else b"" if answer.body is None else encode(answer.body)
    if rule is not None and rule.kind is FaultKind.BROKEN_JSON:
        body = body[: len(body) // 2].ljust(len(body))
    headers = [
        ("Cache-Control", "no-cache"),
        ("Date", format_datetime(trace.now, usegmt=True)),
        ("OData-Version", "4.0"),
        ("request-id", trace.request_id),
        ("client-request-id", trace.client_request_id),
        *answer.headers,
    ]
    if answer.body is not None:
        headers += [("Content-Type", answer.content_type), ("Content-Length", str(len(body)))]
    return Delivery(int(answer.status), tuple(headers), body, rule)
