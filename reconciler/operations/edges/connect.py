"""The way to the service that a spec names: the embedded emulator, Graph, or a URL."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator, Callable, Container
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.errors import Refused, Unreadable
from reconciler.model.address import Address
from reconciler.model.events import Tell, nobody
from reconciler.model.fields import Surface
from reconciler.model.ports import Chance, Clock
from reconciler.model.service import AppPart
from reconciler.model.spec import Spec
from reconciler.model.states import AppliedState
from reconciler.msgraph.auth import Credential, NoToken
from reconciler.msgraph.client import GraphClient, keep_nothing, open_chain
from reconciler.msgraph.clouds import base_of
from reconciler.msgraph.demands import demands
from reconciler.msgraph.rules import NO_TOKEN
from reconciler.msgraph.sign_in import credential_for
from reconciler.msgraph.transport.budget import Allowance, Ceiling, Meter
from reconciler.operations.edges.memory import machine_memory

if TYPE_CHECKING:
    import httpx

    from reconciler.msgraph.audit_log import AuditLog
    from reconciler.msgraph.transport.chain import Chain

EMULATOR_BASE = "http://emulator/beta"
"""Where the embedded emulator seems to stand; no socket is opened for it."""


@dataclass(slots=True)
class Connection:
    """A way to one service. Clients that are opened over it are closed with it.

    Where there is a `meter`, all clients share it: it is the budget of a whole run. `tell` is told of calls and
    of long waits.
    """

    spec: Spec
    base: str
    credential: Credential
    clock: Clock
    chance: Chance
    transport: httpx.AsyncBaseTransport | None = None
    meter: Meter | None = None
    tell: Tell = nobody
    _clients: list[GraphClient | AuditLog] = field(default_factory=list)

    def client(
        self,
        applied: AppliedState,
        *,
        seconds: float = inf,
        renews: bool = False,
        keep: Callable[[Address, bytes], None] = keep_nothing,
        only: AppPart | None = None,
    ) -> GraphClient:
        """A client for what the spec and the ledger manage; of every app `only` these parts, where that is said.

        Its calls may take so many seconds in all, unless all clients share a meter. With `renews`, each success gives
        back what was spent.
        """
        chain = self._chain(Allowance(self.meter or Meter(self.clock, Ceiling(seconds)), renews, self.tell))
        managed = demands(self.spec.desired, applied, only)
        opened = GraphClient(chain, self.clock, demands=managed, surfaces=self.spec.surfaces, keep=keep)
        self._clients.append(opened)
        return opened

    @property
    def audit_surface(self) -> Surface:
        """The surface with whose token the audit log is read."""
        return Surface.APPS if Surface.APPS in self.spec.surfaces else Surface.TOPOLOGY

    def audit_log(self, seconds: float) -> AuditLog:
        """The service's audit log; its calls may take so many seconds in all."""
        from reconciler.msgraph.audit_log import AuditLog  # noqa: PLC0415 - only where something drifted

        chain = self._chain(Allowance(Meter(self.clock, Ceiling(seconds)), tell=self.tell))
        opened = AuditLog(chain, self.audit_surface)
        self._clients.append(opened)
        return opened

    def _chain(self, allowance: Allowance) -> Chain:
        return open_chain(
            self.base,
            self.credential,
            self.clock,
            self.chance,
            os.environ,
            transport=self.transport,
            allowance=allowance,
        )

    async def require_tenant(self) -> None:
        """Raise Refused where a token for Graph belongs to another tenant than the spec's. Asked before a write."""
        if self.spec.tenant.endpoint != "graph":
            return
        from reconciler.msgraph.token_tenant import check_tenant  # noqa: PLC0415 - for an apply on Graph alone

        for surface in self.spec.surfaces & {Surface.TOPOLOGY, Surface.APPS}:
            finding = check_tenant(await self.credential.token(surface), self.spec.tenant.id)
            if finding is not None:
                raise Refused("the credentials do not fit the spec, so nothing was applied", (finding,))

    async def aclose(self) -> None:
        """Close every client."""
        for opened in self._clients:
            await opened.aclose()


@asynccontextmanager
async def connected(
    spec: Spec,
    root: Path,
    clock: Clock,
    chance: Chance,
    *,
    meter: Meter | None = None,
    tell: Tell = nobody,
    signed_in: bool = True,
) -> AsyncIterator[Connection]:
    """A connection to the service that the spec names, for the time of the block.

    `meter` is the budget of all its clients together, where they share one; `tell` is told of calls and long waits.
    Raises Unreadable where nobody can sign in for a chosen surface, unless `signed_in` is False: then the caller asks.
    """
    endpoint = spec.tenant.endpoint
    credential = await _signed_in(spec, spec.surfaces if signed_in else ())
    if endpoint == "emulator":
        from reconciler.operations.edges.embedded import embedded  # noqa: PLC0415 - the service may be elsewhere

        async with embedded(root, spec.tenant.seed) as transport:
            connection = Connection(spec, EMULATOR_BASE, credential, clock, chance, transport, meter, tell)
            try:
                yield connection
            finally:
                await connection.aclose()
        return
    base = base_of(endpoint, spec.tenant.cloud)
    connection = Connection(spec, base, credential, clock, chance, None, meter, tell)
    try:
        yield connection
    finally:
        await connection.aclose()


async def _signed_in(spec: Spec, surfaces: Container[Surface]) -> Credential:
    """Who gives the tokens, asked once for each surface: one finding before the first call, not one for each call."""
    try:
        credential = credential_for(spec.tenant, os.environ, _tell, machine_memory(os.environ))
        for surface in (Surface.TOPOLOGY, Surface.APPS):
            if surface in surfaces:
                await credential.token(surface)
    except NoToken as error:
        finding = NO_TOKEN.finding(error.message, place=spec.tenant.place, hint=error.hint)
        raise Unreadable("there is no token, so nothing was read", (finding,)) from error
    return credential


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")
