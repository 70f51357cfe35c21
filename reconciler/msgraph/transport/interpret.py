"""A status, headers and a body become a reply or a fault, in the same way for a whole answer and for a batch's item.

Page: learn.microsoft.com/graph/errors.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import isfinite

import msgspec

from reconciler.msgraph.transport.answer import Answer, Fault, Reply, Trouble
from reconciler.msgraph.wire.decoding import Encoded, Malformed, decode
from reconciler.msgraph.wire.request import Request

LONGEST_ERROR = 1 << 20
"""Bytes of an error's body from which it is not looked at."""

LONGEST_RETRY_AFTER = 86_400.0
"""Seconds; a service that names a longer wait is taken to name this one, which no budget allows."""

_MASK = "***"


class _Inner(msgspec.Struct):
    request_id: str | None = msgspec.field(name="request-id", default=None)
    date: str | None = None


class _Error(msgspec.Struct):
    code: str | None = None
    message: str | None = None
    inner_error: _Inner | None = msgspec.field(name="innerError", default=None)
    innererror: _Inner | None = None


class _ErrorBody(msgspec.Struct):
    error: _Error


def answer_of(
    request: Request,
    status: int,
    headers: Mapping[str, str],
    body: Encoded,
    *,
    now: datetime,
    secrets: Iterable[str] = (),
) -> Answer:
    """What a call's status, headers (names in small letters) and body mean. `secrets` never stand in a fault."""
    if 200 <= status < 300:
        return _success(request, status, headers, body)
    return _refusal(request, status, headers, body, now, secrets)


def _success(request: Request, status: int, headers: Mapping[str, str], body: Encoded) -> Answer:
    empty = not memoryview(body).nbytes
    is_json = "json" in headers.get("content-type", "").lower()
    if (is_json and not empty) or (empty and not request.is_read):
        return Reply(status, headers, body)
    detail = "it has no body" if empty else f"its content type is {_line(headers.get('content-type') or 'missing', 60)}"
    return Fault(
        request.method,
        request.path,
        Trouble.MALFORMED,
        detail,
        status,
        request_id=_line(headers.get("request-id", ""), 80),
        date=_line(headers.get("date", ""), 40),
        uncertain=not request.is_read,
    )


def masked(text: str, secrets: Iterable[str]) -> str:
    """A text in which no secret stands any more."""
    for secret in secrets:
        text = text.replace(secret, _MASK) if secret else text
    return text


def _refusal(
    request: Request,
    status: int,
    headers: Mapping[str, str],
    body: Encoded,
    now: datetime,
    secrets: Iterable[str],
) -> Fault:
    error = _error_in(body)
    inner = error.inner_error or error.innererror or _Inner()
    message = masked(error.message or "", secrets)
    return Fault(
        request.method,
        request.path,
        Trouble.STATUS,
        _line(message, 200),
        status,
        _line(error.code or "", 80),
        _line(headers.get("request-id") or inner.request_id or "", 80),
        _line(headers.get("date") or inner.date or "", 40),
        _retry_after(headers.get("retry-after"), now),
        uncertain=_may_have_happened(status) and not request.is_read,
    )


def _may_have_happened(status: int) -> bool:
    return status == 408 or (status >= 500 and status != 501)


def _error_in(body: Encoded) -> _Error:
    """The error that a body describes; an empty one where it describes none."""
    if not 0 < memoryview(body).nbytes <= LONGEST_ERROR:
        return _Error()
    try:
        return decode(body, _ErrorBody).error
    except Malformed:
        return _Error()


def _retry_after(text: str | None, now: datetime) -> float | None:
    """Seconds to wait, whole or fractional, from a number or an HTTP date; None where there is neither."""
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        try:
            moment = parsedate_to_datetime(text)
        except ValueError:
            return None
        seconds = (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds()
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER) if isfinite(seconds) else None


def _line(text: str, most: int) -> str:
    """Text from outside as one printable line of so many characters at most."""
    printable = "".join(character if character.isprintable() else " " for character in text[: most * 4])
    return " ".join(printable.split())[:most]
