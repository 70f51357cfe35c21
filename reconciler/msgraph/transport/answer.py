"""What comes of a call: a reply, or a fault that says what is known of it. Neither is ever an exception."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Protocol
from urllib.parse import unquote

from msgspec import Struct

from reconciler.model.finding import Finding
from reconciler.msgraph.rules import BUDGET_SPENT, CALL_FAILED, LEAVES_ENDPOINT
from reconciler.msgraph.wire.decoding import Encoded
from reconciler.msgraph.wire.request import Request


class Trouble(Enum):
    """Why a call did not succeed."""

    STATUS = "the service refused it"
    UNREACHABLE = "the service cannot be reached"
    TIMEOUT = "the service did not answer in time"
    BROKEN = "the answer broke off"
    TOO_LARGE = "the answer is too large"
    MALFORMED = "the answer cannot be understood"
    CONTRADICTION = "two answers contradict each other"
    FOREIGN = "the answer leads away from the endpoint"
    NO_TOKEN = "there is no token to send"  # noqa: S105 - words about a token, not one
    SPENT = "the budget for calls is spent"
    STOPPED = "the run was stopped before it was sent"


class Reply(Struct, frozen=True):
    """A success. Header names are in small letters; `body` is JSON, or empty."""

    status: int
    headers: Mapping[str, str]
    body: Encoded = b""


class Fault(Struct, frozen=True):
    """A call that did not succeed. `uncertain` says that it may have happened all the same.

    `detail` is one line without secrets; `retry_after` is in seconds, None where the service named none.
    """

    method: str
    path: str
    trouble: Trouble
    detail: str = ""
    status: int = 0
    code: str = ""
    request_id: str = ""
    date: str = ""
    retry_after: float | None = None
    uncertain: bool = False

    @property
    def cause(self) -> str:
        """Why, in the words that are the same for every call that fails for this reason."""
        if self.trouble is Trouble.STATUS:
            return f"the service answered {self.status}{f' {self.code}' if self.code else ''}"
        return str(self.trouble.value)

    @property
    def shared_cause(self) -> str:
        """The cause; where the service refuses what is asked for, with its words, which are about that alone."""
        about_the_call = self.trouble is Trouble.STATUS and self.status < 500 and self.status != 429
        return f"{self.cause}: {self.detail}" if about_the_call else self.cause

    @property
    def lacks_permission(self) -> bool:
        """Whether the service refuses the caller: 403, or the 401 without words that provisioning calls give."""
        return self.status == 403 or (self.status == 401 and self.code == "UnknownError")

    @property
    def is_gone(self) -> bool:
        """Whether the service says that there is no such thing."""
        return self.status == 404


Answer = Reply | Fault


class Layer(Protocol):
    """A part of the chain: takes calls that belong together, gives an answer for each, in their order."""

    async def send(self, requests: tuple[Request, ...]) -> tuple[Answer, ...]:
        """Answer every call. Raises nothing."""


_RULES = {Trouble.SPENT: BUDGET_SPENT, Trouble.FOREIGN: LEAVES_ENDPOINT}

_DOCTOR = "`reconciler doctor` tells what still works"

_HINTS: Mapping[int, str] = {
    401: f"sign in again: the token is missing, has run out, or belongs to another tenant or cloud; {_DOCTOR}",
    404: "the object does not exist, or is not visible yet",
    429: "the service throttles; allow more time, or run when less else runs",
}

_TROUBLE_HINTS: Mapping[Trouble, str] = {
    Trouble.UNREACHABLE: "check the endpoint, the network and HTTPS_PROXY",
    Trouble.CONTRADICTION: "wait a while and run it again: the service's lists follow its objects with a delay",
    Trouble.SPENT: "allow more with --time-limit, or find out what holds the service up",
}


LONGEST_PATH = 120
"""Characters of a call's path that a message shows."""


def finding_of(fault: Fault, address: str = "", others: int = 0) -> Finding:
    """The finding of a failed call, its cause first; `others` more failed for the same cause."""
    if fault.trouble is Trouble.SPENT:
        what = fault.detail
    else:
        why = f"{fault.cause}: {fault.detail.rstrip('.')}" if fault.detail else fault.cause
        what = f"{why}, at {fault.method} {_short(fault.path)}"
    if others:
        what = f"{what} ({others} more calls failed for this cause)"
    traces = (("request-id", fault.request_id), ("date", fault.date))
    found = ", ".join(f"{name} {value}" for name, value in traces if value)
    hint = _lacking(fault) or _HINTS.get(fault.status) or _TROUBLE_HINTS.get(fault.trouble, "")
    return _RULES.get(fault.trouble, CALL_FAILED).finding(what, address=address, found=found, hint=hint)


def _lacking(fault: Fault) -> str:
    """Which permission a refused call needs; "" for what failed otherwise."""
    if not fault.lacks_permission:
        return ""
    from reconciler.msgraph.wire.permissions import capability_of  # noqa: PLC0415 - only where something is refused

    capability = capability_of(fault.method, fault.path)
    needs = capability.needs if capability else "a permission or a role that the identity lacks"
    return f"this call needs {needs}; {_DOCTOR}"


def _short(path: str) -> str:
    """A path as a person reads it: a long query says nothing that its options do not say."""
    whole = unquote(path)
    if len(whole) <= LONGEST_PATH:
        return whole
    place, _, query = whole.partition("?")
    options = "&".join(f"{option.partition('=')[0]}=…" for option in query.split("&") if option.startswith("$"))
    return f"{place}?{options}" if options else f"{place[:LONGEST_PATH]}…"


def one_per_cause(faults: Iterable[Fault]) -> tuple[Finding, ...]:
    """One finding for each cause, of its first call, which says how many more there were.

    Calls that need different permissions are refused for different causes.
    """
    causes: dict[tuple[str, str], list[Fault]] = {}
    for fault in faults:
        causes.setdefault((fault.cause, _lacking(fault)), []).append(fault)
    return tuple(finding_of(found[0], others=len(found) - 1) for found in causes.values())
