"""Apply: plan or take a plan, ask, carry it out under the lock, and plan again: the second plan must be empty.

lock → ledger → settle what a broken run left open → survey → plan → stale? reviewed? guards? ask
  → survey again where a person answered: stale? guards? → execute → adopt → plan
"""

from __future__ import annotations

import os
from asyncio import CancelledError, sleep
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from reconciler.apply.adopt import adopted
from reconciler.apply.closing import Doubt
from reconciler.apply.execute import NEXT_RUN, ApplyOutcome, execute
from reconciler.apply.ports import LONGEST_CONFIRM, Patience, Ports, Short
from reconciler.apply.recover import recover
from reconciler.apply.stale import refuse_stale, refuse_unreviewed, refuse_used
from reconciler.errors import ExitCode, GuardRefused, Interrupted, StalePlan, Unreadable, strongest
from reconciler.ledger.ledger import Ledger, open_ledger
from reconciler.model.address import Address
from reconciler.model.events import Event
from reconciler.model.fields import Surface
from reconciler.model.finding import Finding, in_order
from reconciler.model.plan import Change, Plan, PlannedStep, Ruling
from reconciler.model.spec import Spec
from reconciler.model.states import LiveState
from reconciler.msgraph.transport.budget import Ceiling, Meter
from reconciler.operations.edges.author import who
from reconciler.operations.edges.connect import Connection, connected
from reconciler.operations.edges.interrupts import StopWish, end_on_interrupt, stop_on_interrupt
from reconciler.operations.edges.secrets import read_secrets
from reconciler.operations.edges.state import held, refuse_to_begin_anew, store_of
from reconciler.operations.edges.system import SystemChance, SystemClock
from reconciler.operations.run import Ground, Request, service_of, survey
from reconciler.operations.validate import Validation, quoted, valid_spec
from reconciler.policy.availability import Shortfall, broken
from reconciler.policy.rules.registry import judge_secrets


class Person(Struct, frozen=True):
    """Who watches an apply: `show` gets the plan with its findings, `ask` says yes or no, `tell` gets every event.

    Where somebody `answers`, time passes until `ask` returns.
    """

    show: Callable[[Plan, tuple[Finding, ...], Validation], None]
    ask: Callable[[Plan], bool]
    tell: Callable[[Event], None]
    answers: bool = False


class Applied(Struct, frozen=True):
    """What an apply came to. `outcome` is None where there was nothing to do or the person said no.

    Where it was `interrupted` nobody looked what is left, not even after the last step.
    """

    plan: Plan
    findings: tuple[Finding, ...]
    outcome: ApplyOutcome | None = None
    left: Plan | None = None
    declined: bool = False
    interrupted: bool = False

    # `asyncio.run` makes a repr of what it gives, before Python 3.11.8 and 3.12.2; that of a large plan takes seconds.
    __repr__ = object.__repr__

    @property
    def exit_code(self) -> ExitCode:
        """What the process tells its caller."""
        return strongest(self._codes())

    @property
    def blocked(self) -> tuple[Change, ...]:
        """What is not as the spec says in the end, because somebody has to do something first."""
        return (self.left or self.plan).blocked

    def _codes(self) -> Iterator[ExitCode]:
        if self.declined:
            yield ExitCode.ERROR
        if self.interrupted:
            yield ExitCode.INTERRUPTED
        if self.outcome is not None and (self.outcome.failed or self.outcome.skipped):
            yield ExitCode.PARTLY_APPLIED if self.outcome.done else ExitCode.ERROR
        if self.left is not None and not self.left.is_empty:
            yield ExitCode.PARTLY_APPLIED
        if self.left is not None and self.left.reads_failed:
            yield ExitCode.UNREADABLE
        if self.blocked:
            yield ExitCode.CHANGES


@dataclass(slots=True)
class Apply:
    """One apply under the lock: everything that it works with."""

    request: Request
    spec: Spec
    validation: Validation
    connection: Connection
    ledger: Ledger
    ports: Ports
    person: Person
    meter: Meter
    stop: StopWish
    notes: list[Finding] = field(default_factory=list)
    surveyed: float = 0.0

    async def run(self, given: Plan | None) -> Applied:
        """Settle, survey, plan, ask, execute, and plan again."""
        if given is not None:
            refuse_used(given, self.ledger)
        ground = await self._ground()
        made = self._judged(given, ground)
        findings = in_order((*self.notes, *ground.findings_with(made)))
        self.person.show(made, findings, self.validation)
        _refuse_unread(made)
        if self.request.reviewed is not None:
            refuse_unreviewed(made, self.request.reviewed)
        if made.is_empty:
            self._adopt(ground, made)
            return Applied(made, findings)
        _refuse_guarded(made)
        if not await self._agreed(made):
            return Applied(made, findings, declined=True)
        if self.person.answers:
            ground = await self._looked_again(made)
        await self.connection.require_tenant()
        with stop_on_interrupt(self.stop):
            outcome = await self._executed(made, ground)
        found = in_order((*findings, *outcome.findings))
        if self.stop.asked or outcome.failed:
            return Applied(made, found, outcome, interrupted=self.stop.asked)
        ground, left = await self._rest(outcome.done)
        self._adopt(ground, left)
        failed = ground.findings if left.reads_failed else ()
        outcome = replace(outcome, findings=in_order((*outcome.findings, *failed)))
        return Applied(made, in_order((*found, *failed)), outcome, left)

    async def _ground(self) -> Ground:
        ground = await self._survey()
        if not self.ledger.open_steps:
            return ground
        recovery = await recover(ground.bindings, self.ports)
        self.notes.extend(recovery.findings)
        return await self._survey()

    async def _survey(self) -> Ground:
        """Look at the service. All looks of a run and its steps share one budget; a whole look renews it."""
        client = self.connection.client(self.ledger.applied)
        self.surveyed = self.ports.clock.monotonic()
        ground = await survey(self.spec, self.ledger.applied, self.ledger.edges, client, self.ports.clock.now())
        if not client.findings:
            self.meter.renew()
        return ground

    def _judged(self, given: Plan | None, ground: Ground) -> Plan:
        """The plan to apply: a new one, or the given one where what it was made from still holds and guards allow."""
        if given is None:
            return ground.plan(self.request.acknowledgements)
        if given.service != service_of(self.spec) or given.tenant_id != self.spec.tenant.id:
            raise StalePlan(
                f"this plan is for {given.service}, tenant {given.tenant_id}",
                hint="make the plan from this spec",
            )
        refuse_stale(given, ground.live)
        fresh = ground.plan(self.request.acknowledgements)
        if fresh.digest != given.digest:
            raise StalePlan(
                "the spec or the ledger moved since this plan was made: it would come out differently now",
                hint="make a new plan and read it before it is applied",
            )
        return replace(given, verdict=fresh.verdict)

    async def _agreed(self, made: Plan) -> bool:
        with end_on_interrupt():
            await sleep(0)  # A Ctrl-C that came since the last read ends the apply here, not after the answer.
            return self.person.ask(made)

    async def _looked_again(self, made: Plan) -> Ground:
        """The ground as it is after an answer, which may have taken long: it must still be that of the plan.

        Not asked for is the same plan: edges that settled meanwhile make it wait for less.
        """
        ground = await self._survey()
        now = ground.plan(self.request.acknowledgements)
        _refuse_unread(now)
        refuse_stale(made, ground.live)
        _refuse_guarded(now)
        return ground

    async def _executed(self, made: Plan, ground: Ground) -> ApplyOutcome:
        try:
            return await execute(made, ground.live, ground.bindings, ground.applied, self.ports, looked=self.surveyed)
        except CancelledError:
            raise Interrupted("interrupted while steps were under way", hint=NEXT_RUN) from None

    async def _rest(self, done: Iterable[PlannedStep]) -> tuple[Ground, Plan]:
        """What is left. Reads may fall behind a write that was confirmed, so that no single look proves a rest."""
        clock, patience = self.ports.clock, self.ports.patience
        doubt = Doubt.after(done, patience)
        end, pause = clock.monotonic() + patience.confirm, patience.first_pause
        while True:
            ground = await self._survey()
            left = ground.plan(self.request.acknowledgements)
            if not doubt.about(left) or clock.monotonic() >= end:
                return ground, left
            await clock.sleep(min(pause, end - clock.monotonic()))
            pause = min(pause * 2, patience.longest_pause)

    def _adopt(self, ground: Ground, made: Plan) -> None:
        everything = {Surface.TOPOLOGY, Surface.APPS} <= self.spec.surfaces
        self.ledger.record(adopted(ground.applied, self.spec.desired, ground.bindings, made, forget=everything))


async def apply(request: Request, person: Person, given: Plan | None = None) -> Applied:
    """Apply the spec below the request's root, or a given plan of it.

    Raises Refused for a faulty spec or missing secrets, LockHeld, StalePlan, GuardRefused and Unreadable before the
    first write; PartlyApplied where the state could not be written any more; Interrupted at the second Ctrl-C.
    """
    clock, chance, stop = SystemClock(), SystemChance(), StopWish()
    meter = Meter(clock, Ceiling(request.time_limit), stop)
    spec, validation = valid_spec(request.root)
    spec = request.over(spec)
    service = service_of(spec)
    with quoted(validation):
        store, notes = store_of(request.root, spec, service)
        refuse_to_begin_anew(notes)
    with quoted(validation), held(store, clock, chance) as left_behind:
        ledger = open_ledger(store, service, spec.tenant.id, clock, chance, by=who(os.environ))
        async with connected(spec, request.root, clock, chance, meter=meter, tell=person.tell) as connection:
            ports = Ports(
                connection.client(ledger.applied, renews=True, keep=ledger.keep),
                ledger,
                clock,
                emit=person.tell,
                stopped=stop,
                secrets=partial(read_secrets, root=request.root, environment=os.environ, desired=spec.desired),
                judge=partial(judge_secrets, spec),
                short=fewer_than_must(spec),
                patience=Patience(confirm=min(LONGEST_CONFIRM, request.time_limit)),
            )
            return await Apply(
                request, spec, validation, connection, ledger, ports, person, meter, stop, [*notes, *left_behind]
            ).run(given)


def fewer_than_must(spec: Spec) -> Short:
    """The invariant of a plan's order, for an executor: of apps, those that too few agents serve in a state."""

    def short(start: LiveState, final: LiveState, now: LiveState, apps: Iterable[Address]) -> Iterable[Shortfall]:
        return broken(start, final, spec, now, apps)

    return short


def _refuse_unread(made: Plan) -> None:
    if made.reads_failed:
        raise Unreadable("a chosen surface could not be read completely, so nothing was applied", ())


def _refuse_guarded(made: Plan) -> None:
    if made.verdict.ruling is Ruling.REFUSED:
        raise GuardRefused("a guard refused this plan, so nothing was applied", hint=_acknowledge(made))


def _acknowledge(made: Plan) -> str:
    asked = [str(address) for guard in made.verdict.guards for address, _ in guard.addresses]
    if not asked:
        return "the plan says what would unblock it"
    return "read what it refuses, and acknowledge it: " + " ".join(f"--ack {address}" for address in sorted(set(asked)))
