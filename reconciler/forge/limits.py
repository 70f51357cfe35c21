"""How long to wait before a call is sent again, and whether it may be.

Page: docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api.
"""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from reconciler.forge.faults import Answer

MOST_RETRIES = 4
"""Times that a call is sent again which fails for a passing reason."""

_SECONDARY = 60.0
"""Seconds of the first wait where a limit does not say how long; each further one is twice as long."""


class Broken(Struct, frozen=True):
    """A call without an answer: what happened, and whether it may have reached GitHub."""

    words: str
    sent: bool


def is_limited(answer: Answer) -> bool:
    """Whether an answer says that too much was asked. Such a call was not carried out."""
    if answer.status == 429:
        return True
    limits = "retry-after" in answer.headers or answer.headers.get("x-ratelimit-remaining") == "0"
    return answer.status == 403 and (limits or b"rate limit" in answer.body.lower())


def wait_of_limit(answer: Answer, now: datetime, retries: int) -> float:
    """Seconds to wait: as Retry-After says, else until the limit is renewed, else a minute and more each time."""
    after = _number(answer.headers.get("retry-after"))
    if after is not None:
        return after
    renewed = _number(answer.headers.get("x-ratelimit-reset"))
    if renewed is not None and answer.headers.get("x-ratelimit-remaining") == "0":
        return max(renewed - now.timestamp(), 1.0)
    return _SECONDARY * 2.0**retries


def is_passing(outcome: Answer | Broken) -> bool:
    """Whether what went wrong may be over in a moment."""
    return isinstance(outcome, Broken) or outcome.status >= 500 or outcome.status == 408


def may_have_happened(outcome: Answer | Broken) -> bool:
    """Whether a call that went wrong may have been carried out all the same."""
    return outcome.sent if isinstance(outcome, Broken) else outcome.status >= 500


def _number(text: str | None) -> float | None:
    if text is None or not text.strip().isdecimal() or len(text) > 12:
        return None
    return float(text)
