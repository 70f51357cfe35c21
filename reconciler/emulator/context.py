"""What a handler is given and what it gives back.

A resource module holds a table of operations and the handlers that they name:

    OPERATIONS = (
        Operation("GET", "/servicePrincipals/{principal}/synchronization/jobs", list_jobs, "list jobs", PAGE),
    )

    async def list_jobs(context: Context, call: Call) -> Answer: ...

Literal segments of a template are compared without case. `{name}` is a key: it takes `…/ID` as well as `…('ID')`, and
`…(appId='ID')`, of which `Key.alternate` is then `appId`. A call with an empty pair of parentheses (`functions()`)
matches the template without them. `directory.principal_of` finds a service principal by either key.

Reading: `context.view` is what callers can see now, `context.truth` all that was written. A write addresses only what
both show (else 404), then changes the truth: `with context.transaction() as writing: writing.put(...)`. How long reads
do not show it follows from the switches; a handler does nothing about it. Items of a `$batch` come as calls of their
own, each with a context of its own moment.
"""

from __future__ import annotations

import json
import math
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from http import HTTPStatus

from msgspec import Struct, field

from reconciler.emulator.errors import GraphError, Json, bad_request
from reconciler.emulator.ports import Clock, Ids
from reconciler.emulator.store import TRUTH, Document, Store, Transaction, View
from reconciler.emulator.switches import Switches

JSON_TYPE = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"
MAX_JSON_DEPTH = 100


class Tenant(Struct, frozen=True):
    """Whose directory it is."""

    id: str
    name: str
    domain: str


class Context(Struct, frozen=True):
    """Everything around one call. `origin` is scheme and host as the caller wrote them, `version` beta or v1.0."""

    store: Store
    clock: Clock
    ids: Ids
    switches: Switches
    tenant: Tenant
    origin: str
    version: str
    moment: float
    """Seconds since 1970 at which reads look: the present, or (lag `flapping`) a moment at which all is visible."""

    @property
    def now(self) -> datetime:
        """The present, aware and in UTC."""
        return self.clock.now()

    @property
    def base(self) -> str:
        """The address under which the version's resources stand, without a slash at its end."""
        return f"{self.origin}/{self.version}"

    @property
    def view(self) -> View:
        """What callers can see."""
        return self.store.view(self.moment)

    @property
    def truth(self) -> View:
        """All that was written."""
        return self.store.view(TRUTH)

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Writes that are done together or not at all, visible after the delay that the switches say."""
        return self.store.transaction(self.now.timestamp(), self.switches.visibility_seconds)


class Key(Struct, frozen=True):
    """A key in an address: `ID`, or `(alternate='ID')`."""

    value: str
    alternate: str | None = None


class Call(Struct, frozen=True):
    """One request, or one item of a batch. Header names are in small letters; query names and values are decoded."""

    method: str
    path: str
    """The path below the version as the caller wrote it, still encoded, as in `/applications/ID`."""
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    keys: Mapping[str, Key] = field(default_factory=dict)

    def key(self, name: str) -> str:
        """The value of a key whose alternates the operation does not know.

        Raises GraphError 400 where an alternate key was used.
        """
        key = self.keys[name]
        if key.alternate is not None:
            raise bad_request(f"The key '{key.alternate}' is not a key of this resource.")
        return key.value

    def json(self) -> Json:
        """The body's JSON. Raises GraphError 400 where it is none, 415 where it says that it is something else."""
        if self.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            raise GraphError(
                HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
                "Request_BadRequest",
                "A supported MIME type could not be found that matches the content type of the request.",
            )
        return parse_json(self.body)

    def json_object(self) -> Document:
        """The body's JSON object without its `@odata.…` annotations. Raises as `json` does, and 400 for other JSON."""
        found = self.json()
        if not isinstance(found, dict):
            raise bad_request("An object was expected in the request's body.")
        return {name: value for name, value in found.items() if not name.startswith("@odata.")}


class Answer(Struct, frozen=True):
    """What a handler gives back. `body` is JSON to be encoded, or bytes that are sent as they are; None for none.

    The headers that every answer has are added by the service.
    """

    status: int
    body: Json | Document | bytes = None
    headers: tuple[tuple[str, str], ...] = ()
    content_type: str = JSON_TYPE


NO_CONTENT = Answer(HTTPStatus.NO_CONTENT)

Handler = Callable[[Context, Call], Awaitable[Answer]]


class Operation(Struct, frozen=True):
    """One supported call: what matches it, who answers it, what it is for, and the page that documents it.

    `versions` are those that have it. `units` are its resource units before options are counted, `writes` whether it
    counts as a write. `reports` puts it under the limit of reports, which is far below that of other calls.
    """

    method: str
    template: str
    handler: Handler
    intent: str
    page: str
    versions: tuple[str, ...] = ("beta", "v1.0")
    units: int = 1
    reports: bool = False


def parse_json(body: bytes) -> Json:
    """The JSON of a body.

    Raises GraphError 400 for anything else: NaN, numbers that no double holds, half a surrogate pair, depth beyond
    MAX_JSON_DEPTH.
    """
    try:
        text = body.decode("utf-8")
        found: Json = json.loads(text, parse_constant=_no_constant, parse_float=_finite)
        if "\\u" in text:
            encode(found)
    except (ValueError, RecursionError):
        raise bad_request("Unable to read JSON request payload. Please ensure Content-Type and body match.") from None
    if _deeper(found, MAX_JSON_DEPTH):
        raise bad_request("The JSON in the request's body is nested too deeply.")
    return found


def encode(body: Json | Document) -> bytes:
    """The JSON text of an answer's body."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def utc(moment: datetime) -> str:
    """A time as the service writes it: `2026-11-24T10:00:00Z`."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _no_constant(name: str) -> Json:
    raise ValueError(f"{name} is no JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("the number is too large")
    return number


def _deeper(found: Json, most: int) -> bool:
    """Whether objects and lists stand deeper in each other; level by level, so that no depth can exhaust the stack."""
    level = [found]
    for _ in range(most + 1):
        level = [child for node in level for child in _children(node) if isinstance(child, dict | list)]
        if not level:
            return False
    return True


def _children(node: Json) -> Iterable[Json]:
    if isinstance(node, dict):
        return node.values()
    return node if isinstance(node, list) else ()
