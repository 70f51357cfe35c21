"""One tenant with applications to provision, called as a client would."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest

from reconciler.emulator.addresses import query_of, segments_of
from reconciler.emulator.context import Answer, Call, Context, Tenant
from reconciler.emulator.errors import GraphError
from reconciler.emulator.ports import SeededIds, ShiftedClock
from reconciler.emulator.routes import Routes
from reconciler.emulator.store import TRUTH, Kind, Store
from reconciler.emulator.switches import Switches
from reconciler.emulator.synchronization.catalogue.kinds import AppKind
from reconciler.emulator.synchronization.operations import OPERATIONS
from reconciler.emulator.synchronization.records import cycles

TENANT = "7f3c1d52-6a0e-4a57-9d0b-3b8a5c2f9e10"
BEGAN = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


class StoppedClock:
    """A clock that stands; tests move it ahead by a ShiftedClock."""

    def now(self) -> datetime:
        return BEGAN

    async def sleep(self, seconds: float) -> None:
        raise AssertionError("nothing here sleeps")


@dataclass(frozen=True)
class Got:
    """What a call was answered with."""

    status: int
    body: Any = None
    content_type: str = ""

    @property
    def code(self) -> str:
        return str(self.body["error"]["code"])

    @property
    def message(self) -> str:
        return str(self.body["error"]["message"])


@dataclass
class Service:
    """The operations on provisioning over a store of their own."""

    store: Store = field(default_factory=lambda: Store(":memory:"))
    clock: ShiftedClock = field(default_factory=lambda: ShiftedClock(StoppedClock()))
    ids: SeededIds = field(default_factory=lambda: SeededIds(7))
    switches: Switches = field(default_factory=Switches)
    routes: Routes = field(default_factory=lambda: Routes(OPERATIONS))

    def principal(self, kind: AppKind = AppKind.ON_PREMISES_SCIM) -> str:
        """The id of a new service principal of an application of this kind."""
        identifier = self.ids.uuid()
        document: dict[str, object] = {
            "id": identifier,
            "appId": f"app-{identifier}",
            "applicationTemplateId": kind.application_template,
        }
        with self.store.transaction(self.clock.now().timestamp()) as writing:
            writing.put(Kind.SERVICE_PRINCIPAL, identifier, document, alias=f"app-{identifier}")
        return identifier

    def application(self, principal: str) -> str:
        """The object id of the application that the principal stands for."""
        identifier = self.ids.uuid()
        with self.store.transaction(self.clock.now().timestamp()) as writing:
            document: dict[str, object] = {"id": identifier, "appId": f"app-{principal}"}
            writing.put(Kind.APPLICATION, identifier, document, alias=f"app-{principal}")
        return identifier

    def job(self, principal: str, template: str = "onPremisesScim") -> str:
        """The address of a new job, below the version."""
        created = self.post(f"/servicePrincipals/{principal}/synchronization/jobs", {"templateId": template})
        assert created.status == 201, created
        return f"/servicePrincipals/{principal}/synchronization/jobs/{created.body['id']}"

    def switch(self, **values: Any) -> None:
        self.switches = dataclasses.replace(self.switches, **values)

    def advance(self, seconds: float) -> None:
        self.clock.advance(seconds)

    def cycles(self, job: str) -> int:
        """How many initial cycles the job at this address made."""
        wanted = job.rpartition("/")[2]
        return next(
            int(str(found["initialCycles"])) for found in cycles(self.store.view(TRUTH)) if found["job"] == wanted
        )

    def get(self, url: str) -> Got:
        return self.call("GET", url)

    def post(self, url: str, body: Any = None) -> Got:
        return self.call("POST", url, body)

    def put(self, url: str, body: Any) -> Got:
        return self.call("PUT", url, body)

    def patch(self, url: str, body: Any) -> Got:
        return self.call("PATCH", url, body)

    def delete(self, url: str) -> Got:
        return self.call("DELETE", url)

    def call(self, method: str, url: str, body: Any = None) -> Got:
        parts = urlsplit(url)
        sent = b"" if body is None else json.dumps(body).encode()
        headers = {"content-type": "application/json"} if sent else {}
        now = self.clock.now().timestamp()
        context = Context(
            self.store,
            self.clock,
            self.ids,
            self.switches,
            Tenant(TENANT, "contoso", "contoso.com"),
            "http://h",
            "beta",
            now,
        )
        try:
            match = self.routes.match(method, segments_of(parts.path), "beta")
            call = Call(method, parts.path, query_of(parts.query), headers, sent, match.keys)
            return got(answered(match.operation.handler(context, call)))
        except GraphError as error:
            return Got(error.status, {"error": {"code": error.code, "message": error.message}})


def answered(handler: Awaitable[Answer]) -> Answer:
    """Run a handler to its end; none of these awaits anything."""
    try:
        handler.__await__().send(None)
    except StopIteration as end:
        answer: Answer = end.value
        return answer
    raise AssertionError("a handler waited for something")


def got(answer: Answer) -> Got:
    body = answer.body
    if isinstance(body, bytes):
        body = json.loads(body)
    return Got(answer.status, body, answer.content_type)


@pytest.fixture
def service() -> Service:
    return Service()
