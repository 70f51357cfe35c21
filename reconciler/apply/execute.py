"""Carry a plan out, wave after wave, on one asyncio loop.

    ready steps ─┬─ waits ──→ run beside everything else, until their edges serve
                 └─ calls ──→ intents durable → calls → confirm by reading → results durable ─→ what is ready now?
                       what takes something away is looked at once more before that, and withheld where it is needed;
                       so is what is left of a wave that takes longer than such a look counts

A step that fails drops what needs it, nothing else. When the user stops, or the service lets nothing succeed for as
long as the user waits, the calls under way are finished and recorded, and the rest is skipped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from reconciler.apply.causes import Cause, Causes
from reconciler.apply.ports import Ports
from reconciler.apply.schedule import Schedule
from reconciler.apply.secrets import SecretTexts, collect
from reconciler.apply.settling import left_to_settle, unsettled, wait_until
from reconciler.apply.touched import makes_edge, touched
from reconciler.apply.wave import Attempt, StepEnd, WaveEnd, intent_of, look, not_tried, send
from reconciler.apply.withhold import Guard, Promise, Withheld
from reconciler.errors import PartlyApplied, ReconcilerError
from reconciler.model.bindings import Bindings
from reconciler.model.events import ApplyEnded, ApplyStarted, StepDone, StepFailed, StepSkipped, StepStarted, Waiting
from reconciler.model.finding import Finding, in_order
from reconciler.model.plan import Plan, PlannedStep
from reconciler.model.record import Ending
from reconciler.model.recording import recorded
from reconciler.model.states import AppliedState, Edge, LiveState
from reconciler.model.steps import Assign, DeleteGroup, Settle, Step, WriteConnection
from reconciler.model.subjects import edge_of
from reconciler.model.transitions import after

ONE_GROUP = "the service holds one group per app, which is known from now on: plan again, and the app moves paused"
NEXT_RUN = "run the apply again: it finds out by reading what came of the steps under way, and does what is left"


class ApplyOutcome(Struct, frozen=True):
    """What an apply came to, in the order in which it came. `bindings` and `live` are as they are now."""

    done: tuple[PlannedStep, ...]
    failed: tuple[PlannedStep, ...]
    skipped: tuple[PlannedStep, ...]
    findings: tuple[Finding, ...]
    interrupted: bool
    bindings: Bindings
    live: LiveState


async def execute(
    plan: Plan,
    live: LiveState,
    bindings: Bindings,
    applied: AppliedState,
    ports: Ports,
    *,
    looked: float | None = None,
) -> ApplyOutcome:
    """Apply a plan over the state that was read for it, and record everything.

    `looked` is the clock's `monotonic` when that state was read; without it, just now.
    `applied` is what the ledger says, by the keys that the spec uses now. Raises Refused where a secret is missing or
    the plan's steps make no sense: then nothing was sent. Raises PartlyApplied where the state cannot be written any
    more; the next run settles what was under way.
    """
    schedule = Schedule.of(plan.steps)
    secrets, warnings = collect(plan.steps, applied, ports)
    guard = Guard(Promise.of(plan, live), ports, ports.clock.monotonic() if looked is None else looked)
    run = _Run(schedule, ports, guard, secrets, live, bindings, applied, dict(ports.ledger.edges), list(warnings))
    ports.ledger.begin(plan, applied)
    ports.emit(ApplyStarted(len(plan.steps)))
    try:
        await run.to_the_end()
    except ReconcilerError as error:
        raise PartlyApplied(f"the apply broke off: {error.message}", hint=error.hint or NEXT_RUN) from error
    outcome = run.outcome()
    counts = len(outcome.done), len(outcome.failed), len(outcome.skipped)
    ports.ledger.end(*counts)
    ports.emit(ApplyEnded(*counts))
    return outcome


@dataclass(slots=True)
class _Run:
    schedule: Schedule
    ports: Ports
    guard: Guard
    secrets: SecretTexts
    live: LiveState
    bindings: Bindings
    applied: AppliedState
    edges: dict[Edge, datetime]
    findings: list[Finding]
    done: list[PlannedStep] = field(default_factory=list)
    failed: list[PlannedStep] = field(default_factory=list)
    skipped: list[PlannedStep] = field(default_factory=list)
    interrupted: bool = False
    gave_up: bool = False
    _causes: Causes = field(default_factory=Causes)
    _waits: dict[str, float] = field(default_factory=dict)

    async def to_the_end(self) -> None:
        """Run what is ready until nothing is, the user stops, or the time for calls is spent."""
        while not (self.ports.stopped() or self.gave_up):
            self._end_waits()
            ready = self.schedule.ready()
            calls = [planned for planned in ready if not isinstance(planned.step, Settle)]
            for planned in ready:
                if isinstance(planned.step, Settle):
                    self._begin_wait(planned, planned.step)
            if calls:
                await self._wave(calls)
            elif self._waits:
                await self._wait()
            elif not ready:
                break
        left = list(self.schedule.left())
        self.interrupted = bool(left)
        reason = "the time limit was reached" if self.gave_up else "the apply was interrupted"
        for planned in left:
            self._skip(planned, reason)

    def outcome(self) -> ApplyOutcome:
        """What the run came to."""
        done, failed, skipped = tuple(self.done), tuple(self.failed), tuple(self.skipped)
        findings = in_order((*self.findings, *self._causes.findings))
        return ApplyOutcome(done, failed, skipped, findings, self.interrupted, self.bindings, self.live)

    def _begin_wait(self, planned: PlannedStep, step: Settle) -> None:
        self.ports.emit(StepStarted(planned))
        left = left_to_settle(step.edges, step.seconds, self.edges, self.ports.clock.now())
        self._waits[planned.id] = self.ports.clock.monotonic() + left

    async def _wait(self) -> None:
        """Wait for the first of the waits to end."""
        first = min(self._waits, key=lambda step: self._waits[step])
        end, planned, clock = self._waits[first], self.schedule.steps[first], self.ports.clock
        await wait_until(
            end, clock, self.ports.stopped, lambda: self.ports.emit(Waiting(planned, end - clock.monotonic()))
        )

    def _end_waits(self) -> None:
        now = self.ports.clock.monotonic()
        for step in [step for step, end in self._waits.items() if end <= now]:
            del self._waits[step]
            planned = self.schedule.steps[step]
            self.live = self._settled(after(self.live, planned.step), planned.step)
            self.guard.outdate()
            self._succeed(planned)

    def _settled(self, live: LiveState, step: Step) -> LiveState:
        """The state once edges of ours have settled that no wait is for, since this plan takes them away."""
        seconds = step.seconds if isinstance(step, Settle) else 0.0
        young = unsettled(self.edges, seconds, self.ports.clock.now())
        return replace(live, unsettled=frozenset(e for e in live.unsettled if e in young or e not in self.edges))

    async def _wave(self, calls: list[PlannedStep]) -> None:
        self.live, withheld = await self.guard.judge(calls, self.live, self.bindings, self.edges)
        self.ports.ledger.intend([intent_of(planned, self.live, self.applied) for planned in calls])
        attempts = await self._sent(calls, withheld)
        wave = await look(calls, attempts, self.bindings, self.live, self.ports)
        self._take_over(wave)
        self.ports.ledger.conclude([end.result for end in wave.ends], self.applied, self.edges)
        self.gave_up = any(end.attempt.gave_up for end in wave.ends)
        causes = [self._cause(end) for end in wave.ends]
        for end, cause in zip(wave.ends, causes, strict=True):
            self._tell(end, cause)
        for end in wave.ends:
            if end.attempt.crash is not None:
                raise end.attempt.crash

    async def _sent(self, calls: list[PlannedStep], withheld: Withheld) -> Mapping[str, Attempt]:
        """Make the calls of a wave. Where that takes long, what is left is judged on a new look, again and again."""
        attempts = await self._send(calls, withheld)
        while (left := [planned for planned in calls if planned.id not in attempts]) and not self._is_over(attempts):
            sent = [planned.step for planned in calls if planned.id in attempts and attempts[planned.id].may_be_done]
            self.live, withheld = await self.guard.judge(left, self.live, self.bindings, self.edges, sent)
            attempts = {**attempts, **await self._send(left, withheld)}
        now = self.ports.clock.now()
        return {**attempts, **{planned.id: not_tried(now) for planned in left}}

    async def _send(self, calls: list[PlannedStep], withheld: Withheld) -> Mapping[str, Attempt]:
        return await send(calls, self.bindings, self.secrets, self.ports, withheld, self.guard.lets_begin)

    def _is_over(self, attempts: Mapping[str, Attempt]) -> bool:
        return self.ports.stopped() or any(attempt.gave_up for attempt in attempts.values())

    def _take_over(self, wave: WaveEnd) -> None:
        """Let states and edges say what was observed, before it is recorded."""
        self.bindings = wave.bindings
        for end in wave.ends:
            if end.result.ending is Ending.DONE:
                step = end.planned.step
                self.applied = self._digests(recorded(self.applied, step, self.live, self.bindings), step)
                self.live = observed(after(self.live, step), step, end.live)
                self.edges = edges_after(self.edges, step, end.attempt.at)
            self.applied = learned(self.applied, end, self.live)

    def _digests(self, applied: AppliedState, step: Step) -> AppliedState:
        """The applied state with the salted digests of the secrets that a step wrote."""
        if not isinstance(step, WriteConnection) or not step.secrets:
            return applied
        ledger = self.ports.ledger
        written = {
            step.app.within(key): ledger.fingerprint(self.secrets[source]) for key, source in step.secrets.items()
        }
        return replace(applied, secret_digests={**applied.secret_digests, **written})

    def _cause(self, end: StepEnd) -> Cause | None:
        """Why a step failed; None where it did not."""
        if end.finding is None or end.result.ending is Ending.NOT_TRIED:
            return None
        finding = replace(end.finding, hint=ONE_GROUP) if refuses_second_group(end, self.live) else end.finding
        return self._causes.add(end.planned, finding, end.attempt.cause)

    def _tell(self, end: StepEnd, cause: Cause | None) -> None:
        if cause is not None:
            self._fail(end.planned, cause)
        elif end.result.ending is Ending.DONE:
            self._succeed(end.planned)

    def _succeed(self, planned: PlannedStep) -> None:
        self.done.append(planned)
        self.schedule.done(planned.id)
        self.ports.emit(StepDone(planned))

    def _fail(self, failed: PlannedStep, cause: Cause) -> None:
        self.failed.append(failed)
        self.ports.emit(StepFailed(failed, self._causes.untold(cause)))
        for planned in self.schedule.failed(failed.id):
            self._skip(planned, f"it needs {failed.id}, which failed")

    def _skip(self, planned: PlannedStep, reason: str) -> None:
        self.skipped.append(planned)
        self.ports.emit(StepSkipped(planned, reason))


def observed(meant: LiveState, step: Step, seen: LiveState | None) -> LiveState:
    """The state that a step means, with what was really seen of its fields."""
    if seen is None or isinstance(step, DeleteGroup):
        return meant
    secrets = step.secrets if isinstance(step, WriteConnection) else {}
    for address, key in touched(step):
        if key not in secrets:
            meant = meant.with_cells(address, {key: seen.cell(address, key)})
    return meant


def edges_after(edges: Mapping[Edge, datetime], step: Step, at: datetime) -> dict[Edge, datetime]:
    """The edges that are ours once a step is done, with the moment when each was made."""
    edge = edge_of(step)
    if edge is not None:
        rest = {other: since for other, since in edges.items() if other != edge}
        return {**rest, edge: at} if makes_edge(step) else rest
    if isinstance(step, DeleteGroup):
        return {other: since for other, since in edges.items() if other.group != step.group}
    return dict(edges)


BAD_REQUEST = 400


def refuses_second_group(end: StepEnd, live: LiveState) -> bool:
    """Whether a step ended because the service holds one group per resource."""
    match end.planned.step:
        case Assign(app, group):
            others = live.members(app, "group") - {group}
            return end.result.ending is Ending.REFUSED and end.attempt.status == BAD_REQUEST and bool(others)
    return False


def learned(applied: AppliedState, end: StepEnd, live: LiveState) -> AppliedState:
    """What a second assignment of one resource taught: whether the service takes several groups per resource."""
    match end.planned.step:
        case Assign(app, group):
            pass
        case _:
            return applied
    others = live.members(app, "group") - {group}
    known = applied.capabilities.several_groups_per_resource
    if end.result.ending is Ending.DONE and others:
        known = True
    elif refuses_second_group(end, live):
        known = False
    return replace(applied, capabilities=replace(applied.capabilities, several_groups_per_resource=known))
