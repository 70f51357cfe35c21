"""Looks for drift of an applied spec as `drift` does, of a service that varies what it says."""

from __future__ import annotations

from pathlib import Path

from reconciler.emulator.app import Emulator
from reconciler.ledger.read import read_ledger
from reconciler.model.plan import Plan
from reconciler.msgraph.auth import FixedToken
from reconciler.msgraph.client import GraphClient, open_chain
from reconciler.msgraph.demands import demands
from reconciler.msgraph.transport.asgi import AsgiTransport
from reconciler.operations.edges.embedded import embedded_emulator
from reconciler.operations.edges.state import store_of
from reconciler.operations.edges.system import SystemChance, SystemClock
from reconciler.operations.run import service_of, survey
from reconciler.operations.validate import valid_spec
from tests.properties.noise import Noise, Noisy


class Watch:
    """One applied spec, and its embedded service behind noise."""

    def __init__(self, root: Path, noise: Noise) -> None:
        self.spec, _ = valid_spec(root)
        service = service_of(self.spec)
        store, _ = store_of(root, self.spec, service)
        self.ledger = read_ledger(store, service, self.spec.tenant.id)
        self.emulator: Emulator = embedded_emulator(root, self.spec.tenant.seed)
        self.noisy = Noisy(self.emulator, noise)

    def close(self) -> None:
        """Let go of the service."""
        self.emulator.close()

    async def look(self) -> Plan:
        """The plan of one look."""
        clock = SystemClock()
        chain = open_chain(
            "http://emulator/beta", FixedToken(), clock, SystemChance(), {}, transport=AsgiTransport(self.noisy)
        )
        managed = demands(self.spec.desired, self.ledger.united)
        client = GraphClient(chain, clock, demands=managed, surfaces=self.spec.surfaces)
        ground = await survey(self.spec, self.ledger.united, self.ledger.edges, client, clock.now())
        if ground.findings:
            raise AssertionError(ground.findings)
        return ground.plan()
