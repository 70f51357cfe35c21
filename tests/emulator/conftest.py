"""One tenant of the emulator, called as a client would call it; its time is the test's."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import pytest

from reconciler.emulator.app import Emulator, create
from reconciler.emulator.ports import SeededIds

T = TypeVar("T")
BEGAN = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
PROVISIONING = "/beta/onPremisesPublishingProfiles/provisioning"


class TestClock:
    """A clock that moves when something sleeps, and remembers how long."""

    __test__ = False

    def __init__(self) -> None:
        self._now = BEGAN
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self._now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self._now += timedelta(seconds=seconds)


@dataclass(frozen=True)
class Got:
    """An answer; `body` is its JSON, None where it has none."""

    status: int
    headers: dict[str, str]
    raw: bytes
    pieces: int

    @property
    def body(self) -> Any:
        return json.loads(self.raw) if self.raw else None

    @property
    def value(self) -> list[Any]:
        return list(self.body["value"])

    @property
    def code(self) -> str:
        return str(self.body["error"]["code"])

    @property
    def message(self) -> str:
        return str(self.body["error"]["message"])


def driven(awaitable: Awaitable[T]) -> T:
    """The result of what never waits for anything outside."""
    coroutine = awaitable.__await__()
    try:
        next(coroutine)
    except StopIteration as stop:
        result: T = stop.value
        return result
    raise AssertionError("the emulator waited for something outside")


@dataclass
class Tenant:
    """An emulator and the one who calls it."""

    app: Emulator
    clock: TestClock

    def call(
        self,
        method: str,
        address: str,
        body: object = None,
        *,
        raw: bytes | None = None,
        client: tuple[str, int] | None = ("127.0.0.1", 50000),
        **headers: str,
    ) -> Got:
        """One request; `address` is below the origin or a whole nextLink. Keyword `content_type` is a header."""
        url = urlsplit(address)
        sent = json.dumps(body).encode() if raw is None and body is not None else raw or b""
        named = {"host": "graph.test:8080", **({"content-type": "application/json"} if sent else {})}
        named |= {name.replace("_", "-"): value for name, value in headers.items()}
        scope = {
            "type": "http",
            "method": method,
            "scheme": "http",
            "path": url.path,
            "raw_path": url.path.encode(),
            "query_string": url.query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in named.items()],
            "client": client,
            "server": ("127.0.0.1", 8080),
        }
        messages: list[Any] = []

        async def receive() -> dict[str, object]:
            return {"type": "http.request", "body": sent, "more_body": False}

        async def send(message: Any) -> None:
            messages.append(message)

        driven(self.app(scope, receive, send))
        start, *pieces = messages
        answer = {name.decode().lower(): value.decode() for name, value in start["headers"]}
        return Got(start["status"], answer, b"".join(piece["body"] for piece in pieces), len(pieces))

    def get(self, address: str, **headers: str) -> Got:
        return self.call("GET", address, **headers)

    def post(self, address: str, body: object = None, **headers: str) -> Got:
        return self.call("POST", address, body, **headers)

    def patch(self, address: str, body: object) -> Got:
        return self.call("PATCH", address, body)

    def delete(self, address: str) -> Got:
        return self.call("DELETE", address)

    def advance(self, seconds: float) -> None:
        assert self.post("/emulator/clock", {"advance": seconds}).status == 200

    def switch(self, **switches: object) -> None:
        got = self.post("/emulator/switches", switches)
        assert got.status == 200, got.body

    def fault(self, **rule: object) -> None:
        got = self.post("/emulator/faults", {"rules": [rule]})
        assert got.status == 200, got.body

    def group(self, name: str = "HR") -> str:
        """The id of a new agent group."""
        got = self.post(f"{PROVISIONING}/agentGroups", {"displayName": name})
        assert got.status == 201, got.body
        return str(got.body["id"])

    def resource(self, name: str = "hr-sql") -> str:
        """The id of a new published resource."""
        got = self.post(f"{PROVISIONING}/publishedResources", {"displayName": name, "resourceName": name})
        assert got.status == 201, got.body
        return str(got.body["id"])

    def join(self, agent: str, group: str) -> Got:
        return self.post(f"{PROVISIONING}/agents/{agent}/agentGroups/$ref", reference(group))

    def assign(self, resource: str, group: str) -> Got:
        return self.post(f"{PROVISIONING}/publishedResources/{resource}/agentGroups/$ref", reference(group))

    def agent(self, machine: str) -> str:
        """The id of a seeded agent."""
        return next(
            str(each["id"]) for each in self.get(f"{PROVISIONING}/agents").value if each["machineName"] == machine
        )


def reference(group: str) -> dict[str, str]:
    """The body that refers to a group, as the pages write it: to Microsoft's own host, with a slash at its end."""
    address = "https://graph.microsoft.com/beta/onPremisesPublishingProfiles/provisioning/agentGroups"
    return {"@odata.id": f"{address}/{group}/"}


SMALL = {
    "version": 1,
    "agents": [
        {"machineName": "ams-1", "externalIp": "203.0.113.1", "version": "1.1.1586.0"},
        {"machineName": "ams-2", "externalIp": "203.0.113.2"},
        {"machineName": "fra-1", "externalIp": "203.0.113.3", "down": True},
    ],
    "users": [{"displayName": name} for name in ("Ada", "Grace", "Alan")],
    "groups": [{"displayName": "Employees", "members": ["Ada", "Grace"]}],
    "apps": [{"displayName": "HR (SQL)", "template": "onPremisesEcma", "assigned": ["Ada", "Employees"]}],
}

Tenants = Callable[..., Tenant]


@pytest.fixture
def tenants() -> Tenants:
    """Make a tenant from a seed; the small one where none is given, over which keywords are laid."""
    made: list[Tenant] = []

    def make(db: Path | str = ":memory:", seed: dict[str, object] | None = None, **sections: object) -> Tenant:
        clock = TestClock()
        app = create(db, {**(SMALL if seed is None else seed), **sections}, clock=clock, ids=SeededIds(7))
        made.append(Tenant(app, clock))
        return made[-1]

    return make


@pytest.fixture
def tenant(tenants: Tenants) -> Tenant:
    """The small tenant."""
    return tenants()
