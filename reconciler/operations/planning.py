"""Plan: read the spec, the ledger and the service, and say what would change. Nothing is written anywhere."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from reconciler.errors import ExitCode
from reconciler.ledger.read import read_ledger
from reconciler.model.drift import Drift, drift_of
from reconciler.model.events import Tell, nobody
from reconciler.model.finding import Finding, in_order
from reconciler.model.plan import Plan
from reconciler.model.states import Edge
from reconciler.model.trail import authors_of
from reconciler.operations.edges.connect import connected
from reconciler.operations.edges.state import store_of
from reconciler.operations.edges.system import SystemChance, SystemClock
from reconciler.operations.run import Ground, Request, service_of, survey
from reconciler.operations.validate import Validation, quoted, valid_spec


class Planned(Struct, frozen=True):
    """A plan, the findings of making it, what of it is drift, and what it was made from."""

    plan: Plan
    findings: tuple[Finding, ...]
    validation: Validation
    drift: Drift
    ground: Ground

    # `asyncio.run` makes a repr of what it gives, before Python 3.11.8 and 3.12.2; that of a large plan takes seconds.
    __repr__ = object.__repr__

    @property
    def edges(self) -> frozenset[Edge]:
        """The memberships and assignments that the service holds."""
        return self.ground.live.edges

    @property
    def reads_failed(self) -> bool:
        """Whether a chosen surface could not be read completely."""
        return self.plan.reads_failed


AUTHORS_SECONDS = 20.0
"""The most that reading the audit log may take: who changed something is worth a wait, but not every wait."""


async def make_plan(request: Request, tell: Tell = nobody, *, authors: bool = False) -> Planned:
    """Plan what the spec below the request's root wants; `tell` is told of calls and long waits.

    With `authors` the audit log is read where something drifted, once for all of it.
    Raises Refused for a faulty spec, Unreadable.
    """
    clock = SystemClock()
    spec, validation = valid_spec(request.root)
    spec = request.over(spec)
    service = service_of(spec)
    with quoted(validation):
        store, notes = store_of(request.root, spec, service)
    document = read_ledger(store, service, spec.tenant.id)
    async with connected(spec, request.root, clock, SystemChance(), tell=tell) as connection:
        client = connection.client(document.united, seconds=request.time_limit)
        with quoted(validation):
            ground = await survey(spec, document.united, document.edges, client, clock.now())
        made = ground.plan(request.acknowledgements)
        drift = drift_of(made, ledger=document.applied.known)
        if authors and drift.drift:
            trail = await connection.audit_log(min(request.time_limit, AUTHORS_SECONDS)).trail()
            known = authors_of(drift.drift, ground.bindings, trail)
            drift = replace(drift, authors=known, nobody=trail.gap)
    findings = in_order((*notes, *ground.findings_with(made)))
    return Planned(made, findings, validation, drift, ground)


def exit_code_of_plan(planned: Planned, *, detailed: bool) -> ExitCode:
    """7 where a read failed; with `detailed` 2 where the service is not as the spec says, blocked or not; else 0."""
    if planned.reads_failed:
        return ExitCode.UNREADABLE
    return ExitCode.CHANGES if detailed and planned.plan.differs else ExitCode.DONE


def exit_code_of_drift(planned: Planned) -> ExitCode:
    """7 where a read failed, else 2 where somebody changed what this repository manages, else 0."""
    if planned.reads_failed:
        return ExitCode.UNREADABLE
    return ExitCode.CHANGES if planned.drift.drift else ExitCode.DONE
