"""Status: look at agents, groups, apps and jobs, and say how they are. Nothing is planned and nothing is written."""

from __future__ import annotations

from msgspec import Struct

from reconciler.errors import ExitCode
from reconciler.model.events import Tell, nobody
from reconciler.model.finding import Finding, in_order
from reconciler.model.service import AppPart
from reconciler.operations.edges.connect import connected
from reconciler.operations.edges.system import SystemChance, SystemClock
from reconciler.operations.run import Request, survey
from reconciler.operations.stored import stored
from reconciler.operations.validate import Validation, quoted
from reconciler.policy.health import Health, health


class Status(Struct, frozen=True):
    """How everything is, worst first, with the findings of looking. `failed` tells that a read was tried and failed."""

    service: str
    tenant_id: str
    health: tuple[Health, ...]
    findings: tuple[Finding, ...]
    validation: Validation
    failed: bool = False

    @property
    def exit_code(self) -> ExitCode:
        """7 where a read failed, else 0: how things are is told, not judged."""
        return ExitCode.UNREADABLE if self.failed else ExitCode.DONE


async def status_of(request: Request, tell: Tell = nobody) -> Status:
    """How the things of the spec are now: two calls for the topology, and one for the job of each app, in batches.

    `tell` is told of calls and long waits.
    Raises Refused where the spec cannot be read or bound, Unreadable where nobody can sign in.
    """
    place = stored(request)
    document = place.document
    clock = SystemClock()
    async with connected(place.spec, request.root, clock, SystemChance(), tell=tell) as connection:
        client = connection.client(document.united, seconds=request.time_limit, only=AppPart.JOB)
        with quoted(place.validation):
            ground = await survey(place.spec, document.united, document.edges, client, clock.now())
    found = health(place.spec, ground.live)
    findings = in_order((*place.notes, *ground.findings))
    return Status(place.service, place.spec.tenant.id, found, findings, place.validation, failed=bool(client.findings))
