"""The service as the rest of the program sees it: read to plan, perform steps, look to confirm."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from reconciler.model.address import Address
from reconciler.model.assembly import live_state, with_read_jobs
from reconciler.model.bindings import Bindings
from reconciler.model.cells import Reason, Unreadable
from reconciler.model.fields import Surface
from reconciler.model.finding import Finding
from reconciler.model.inventory import AppReading, Inventory, Topology
from reconciler.model.ports import Chance, Clock
from reconciler.model.principals import PrincipalQuery
from reconciler.model.secret import SecretSource, SecretText
from reconciler.model.service import Scope
from reconciler.model.states import LiveState
from reconciler.model.steps import Step
from reconciler.msgraph.auth import Credential
from reconciler.msgraph.demands import Demand
from reconciler.msgraph.reader import Reader, calls_needed
from reconciler.msgraph.transport.budget import Allowance
from reconciler.msgraph.transport.chain import Chain
from reconciler.msgraph.transport.send import USUAL, Timeouts

if TYPE_CHECKING:
    import httpx

    from reconciler.msgraph.discovery import Discovery
    from reconciler.msgraph.examination import Examination
    from reconciler.msgraph.writer import KeepSchema, Writer

_NOT_READ = Unreadable(Reason.NOT_READ)
_OUT_OF_SCOPE = Unreadable(Reason.OUT_OF_SCOPE)


def keep_nothing(_app: Address, _document: bytes) -> None:
    """For a client that never writes a schema."""


class GraphClient:
    """One service, for one run.

    `demands` says what is managed of each app, and so what its reading needs; `surfaces` what may be read at all.
    """

    def __init__(
        self,
        chain: Chain,
        clock: Clock,
        *,
        demands: Mapping[Address, Demand] | None = None,
        surfaces: Iterable[Surface] = Surface,
        keep: KeepSchema = keep_nothing,
    ) -> None:
        self._chain = chain
        self._demands = demands or {}
        self._surfaces = frozenset(surfaces)
        self._reader = Reader(chain)
        self._clock = clock
        self._keep = keep

    @cached_property
    def _writer(self) -> Writer:
        from reconciler.msgraph.writer import Writer  # noqa: PLC0415 - a plan reads only

        return Writer(self._chain, self._clock, self._keep)

    @cached_property
    def discovery(self) -> Discovery:
        """What finds the applications that nobody has named yet."""
        from reconciler.msgraph.discovery import Discovery  # noqa: PLC0415 - for an import alone

        return Discovery(self._chain, self._reader.failures)

    @cached_property
    def examination(self) -> Examination:
        """What tries which reads the service allows."""
        from reconciler.msgraph.examination import Examination  # noqa: PLC0415 - for a doctor alone

        return Examination(self._chain)

    @property
    def calls(self) -> int:
        """How many requests were sent so far, retries among them; a batch is one."""
        return self._chain.calls

    @property
    def findings(self) -> tuple[Finding, ...]:
        """One finding for each cause for which a read failed so far."""
        return self._reader.failures.findings

    def calls_needed(self, queries: Sequence[PrincipalQuery]) -> int:
        """How many requests `inventory` and `readings` will take together, where nothing is out of the ordinary."""
        apps = Surface.APPS in self._surfaces
        topology = Surface.TOPOLOGY in self._surfaces
        return calls_needed(queries if apps else (), self._demands if apps else {}, topology=topology)

    async def inventory(self, queries: Sequence[PrincipalQuery]) -> Inventory:
        """Everything that binding looks at. What is out of scope is neither read nor empty."""
        topology, principals = await asyncio.gather(
            self._topology(), self._reader.principals(queries if Surface.APPS in self._surfaces else ())
        )
        return Inventory(topology, principals)

    async def readings(self, bindings: Bindings) -> Mapping[Address, AppReading | Unreadable]:
        """What was read of every app of which something is managed, by the demands."""
        return await self._read(bindings, self._demands)

    async def perform(self, step: Step, bindings: Bindings, secrets: Mapping[SecretSource, SecretText]) -> Bindings:
        """Make the calls of a step. Gives only the bindings that it created. Raises CallFailed."""
        return await self._writer.perform(step, bindings, secrets)

    def begin_anew(self) -> None:
        """Let calls take the whole time again, and try whether the service still throttles."""
        self._chain.begin_anew()

    async def observe(self, scope: Scope, bindings: Bindings) -> LiveState:
        """Read a part of the service anew; what was not asked for is Unreadable, since nobody looked."""
        demands = {
            app: Demand(parts, known.template, known.targets)
            for app, parts in scope.apps.items()
            for known in (self._demands.get(app, Demand()),)
        }
        topology, readings = await asyncio.gather(
            self._topology() if scope.topology else _nothing(), self._read(bindings, demands)
        )
        return live_state(with_read_jobs(bindings, readings), Inventory(topology), readings, self._surfaces)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._chain.aclose()

    async def _topology(self) -> Topology | Unreadable:
        return await self._reader.topology() if Surface.TOPOLOGY in self._surfaces else _OUT_OF_SCOPE

    async def _read(
        self, bindings: Bindings, demands: Mapping[Address, Demand]
    ) -> Mapping[Address, AppReading | Unreadable]:
        return await self._reader.readings(bindings, demands) if Surface.APPS in self._surfaces else {}


async def _nothing() -> Unreadable:
    return _NOT_READ


def open_chain(
    base: str,
    credential: Credential,
    clock: Clock,
    chance: Chance,
    environment: Mapping[str, str],
    *,
    transport: httpx.AsyncBaseTransport | None = None,
    allowance: Allowance | None = None,
    timeouts: Timeouts = USUAL,
) -> Chain:
    """A chain to an endpoint: over the network, or over a transport of the caller's, such as `AsgiTransport`."""
    if transport is None:
        from reconciler.msgraph.transport.network import network_transport  # noqa: PLC0415 - not for the embedded one

        transport = network_transport(base, environment)
    return Chain(base, transport, credential, clock, chance, allowance=allowance, timeouts=timeouts)
