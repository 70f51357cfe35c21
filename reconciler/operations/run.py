"""What a run is asked to do and what it stands on: the spec, the service, and what was applied before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from reconciler.apply.settling import unsettled
from reconciler.errors import Refused, UsageError
from reconciler.ledger.names import service_name
from reconciler.model.address import Address
from reconciler.model.assembly import live_state, with_known_jobs, with_read_jobs
from reconciler.model.binding import bind
from reconciler.model.bindings import Bindings
from reconciler.model.fields import Surface
from reconciler.model.finding import Finding, has_errors, in_order
from reconciler.model.plan import Plan
from reconciler.model.principals import principal_queries
from reconciler.model.reviewed import Reviewed
from reconciler.model.spec import Acknowledgement, Spec
from reconciler.model.states import AppliedState, Edge, LiveState
from reconciler.msgraph.client import GraphClient
from reconciler.plan.planner import plan, stale_acknowledgements
from reconciler.plan.world import World
from reconciler.policy.rules.registry import judge_live


class Request(Struct, frozen=True):
    """What the command line asks of a run. An empty endpoint or no surface leaves it to the spec.

    `reviewed` is the one plan that may be applied, None where any may.
    """

    root: Path
    endpoint: str = ""
    surfaces: frozenset[Surface] = frozenset()
    time_limit: float = 60.0
    acknowledged: tuple[Address, ...] = ()
    reviewed: Reviewed | None = None

    def over(self, spec: Spec) -> Spec:
        """The spec with what the command line says instead. Raises UsageError where nothing would be read at all."""
        tenant = replace(spec.tenant, endpoint=self.endpoint) if self.endpoint else spec.tenant
        surfaces = self.surfaces or spec.surfaces
        if not surfaces & {Surface.TOPOLOGY, Surface.APPS}:
            raise UsageError("the service is not read on the surfaces chosen", hint="choose topology, apps or both")
        return replace(spec, tenant=tenant, surfaces=surfaces)

    @property
    def acknowledgements(self) -> tuple[Acknowledgement, ...]:
        """The acknowledgements of the command line, each for any change of its address."""
        return tuple(Acknowledgement(address) for address in self.acknowledged)


def service_of(spec: Spec) -> str:
    """The name of the service whose state a spec works on."""
    return service_name(spec.tenant.endpoint, spec.tenant.cloud, spec.tenant.id)


class Ground(Struct, frozen=True):
    """What a plan is made from, by the keys that the spec uses now, and what was found on the way.

    `survey_calls` is what another look like the one that it comes from takes.
    """

    spec: Spec
    live: LiveState
    applied: AppliedState
    bindings: Bindings
    findings: tuple[Finding, ...] = field(default=())
    survey_calls: int = 0

    def plan(self, acknowledgements: tuple[Acknowledgement, ...] = ()) -> Plan:
        """The plan that this ground comes to. Where it does anything, the look that ends an apply costs calls too."""
        made = plan(self.spec, self.live, self.applied, self.bindings, service_of(self.spec), acknowledgements)
        if made.is_empty:
            return made
        return replace(made, budget=replace(made.budget, calls=made.budget.calls + self.survey_calls))

    def findings_with(self, made: Plan) -> tuple[Finding, ...]:
        """All findings of a plan's run: of binding, of live rules, of failed reads, of stale acknowledgements."""
        judged = judge_live(self.spec, self.live, self.applied)
        return in_order((*self.findings, *judged, *stale_acknowledgements(self.spec, self.live, made.changes)))


async def survey(
    spec: Spec, applied: AppliedState, edges: Mapping[Edge, datetime], client: GraphClient, now: datetime
) -> Ground:
    """Read the service as far as the spec's surfaces go, and bind the spec to it.

    `edges` tells when this repository made each membership and assignment. A read that failed makes Unreadable cells
    and a finding; nothing is raised for it. Raises Refused where the spec cannot be bound, since then no plan can be
    trusted.
    """
    queries = principal_queries(spec.desired, applied)
    inventory = await client.inventory(queries)
    binding = bind(spec.desired, applied, inventory)
    if has_errors(binding.findings):
        raise Refused("the spec cannot be bound to what the service holds", binding.findings)
    readings = await client.readings(with_known_jobs(binding.bindings, applied))
    bindings = with_read_jobs(binding.bindings, readings)
    live = live_state(bindings, inventory, readings, spec.surfaces)
    live = replace(live, unsettled=unsettled(edges, spec.policy.settle_seconds, now))
    rekeyed = World.of(spec, live, applied, bindings).applied
    findings = in_order((*binding.findings, *client.findings))
    return Ground(spec, live, rekeyed, bindings, findings, client.calls_needed(queries))
