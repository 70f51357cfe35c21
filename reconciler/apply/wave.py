"""Send the steps of one wave, find out what came of them, and say it as results.

intents durable → calls, some at a time → one shared look, again and again → results
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from msgspec import Struct

from reconciler.apply.causes import named
from reconciler.apply.confirm import Confirmation, Seen, Sighting, confirm, shows
from reconciler.apply.ports import Ports
from reconciler.apply.rules import NOBODY_KNOWS, UNCONFIRMED
from reconciler.apply.secrets import SecretTexts
from reconciler.apply.touched import touched
from reconciler.errors import ReconcilerError
from reconciler.model.address import Address
from reconciler.model.bindings import Bindings
from reconciler.model.cells import ABSENT, Known, LiveCell, Value
from reconciler.model.events import StepSent, StepStarted
from reconciler.model.finding import Finding
from reconciler.model.plan import PlannedStep
from reconciler.model.record import Ending, FieldRecord, Intent, Result
from reconciler.model.secret import SecretSource
from reconciler.model.service import CallFailed, Outcome
from reconciler.model.states import AppliedState, FieldValue, LiveState
from reconciler.model.steps import Step, WriteConnection
from reconciler.model.transitions import after

Secrets = Mapping[str, SecretSource]

NOTHING: Mapping[str, Finding] = MappingProxyType({})


class Attempt(Struct, frozen=True):
    """What is known of a step's calls once they ended: DONE stands for accepted, and not yet confirmed.

    `created` are the bindings that it made; `at` is when the last answer came; `status` is that of a refusal. `cause`
    and `gave_up` are those of a failed call.
    """

    ending: Ending
    at: datetime
    created: Bindings
    finding: Finding | None = None
    status: int = 0
    cause: str = ""
    gave_up: bool = False
    crash: BaseException | None = None

    @property
    def may_be_done(self) -> bool:
        """Whether the service accepted the step, or may have."""
        return self.ending in (Ending.DONE, Ending.UNKNOWN)


class StepEnd(Struct, frozen=True):
    """What came of one step: the result for the record, and the finding for the user where it did not succeed."""

    planned: PlannedStep
    result: Result
    attempt: Attempt
    live: LiveState | None = None
    finding: Finding | None = None


class WaveEnd(Struct, frozen=True):
    """What came of a wave, and the bindings after it."""

    ends: tuple[StepEnd, ...]
    bindings: Bindings


def intent_of(planned: PlannedStep, live: LiveState, applied: AppliedState) -> Intent:
    """What a step is about to do: its fields before it, and as the model says they will be."""
    step = planned.step
    meant = after(live, step)
    fields = touched(step)
    secrets = _secrets(step)
    before = tuple(FieldRecord(a, key, _before(a, key, live, applied, secrets)) for a, key in fields)
    intended = tuple(FieldRecord(a, key, _intended(a, key, meant, secrets)) for a, key in fields)
    return Intent(planned, before, intended)


def _secrets(step: Step) -> Secrets:
    return step.secrets if isinstance(step, WriteConnection) else {}


def _before(
    address: Address, key: str, live: LiveState, applied: AppliedState, secrets: Secrets
) -> LiveCell[FieldValue]:
    if key not in secrets:
        return live.cell(address, key)
    match applied.cell(address, key):
        case Value(SecretSource(version)):
            return Known(version)
    return ABSENT


def _intended(address: Address, key: str, meant: LiveState, secrets: Secrets) -> LiveCell[FieldValue]:
    return Known(secrets[key].version) if key in secrets else meant.cell(address, key)


async def send(
    wave: Sequence[PlannedStep],
    bindings: Bindings,
    secrets: SecretTexts,
    ports: Ports,
    withheld: Mapping[str, Finding] = NOTHING,
    lets_begin: Callable[[PlannedStep], bool] = lambda _: True,
) -> Mapping[str, Attempt]:
    """Make the calls of all steps but those `withheld`, `ports.concurrency` at a time.

    Those not begun when the user stops, or when a call gives up since the time for calls is spent, are not tried.
    One that `lets_begin` holds back at its turn is left out of what is given.
    """
    room = asyncio.Semaphore(ports.concurrency)
    gave_up: list[PlannedStep] = []

    async def attempt(planned: PlannedStep) -> Attempt | None:
        if planned.id in withheld:
            return Attempt(Ending.WITHHELD, ports.clock.now(), Bindings(), withheld[planned.id])
        async with room:
            if ports.stopped() or gave_up:
                return not_tried(ports.clock.now())
            if not lets_begin(planned):
                return None
            ports.emit(StepStarted(planned))
            try:
                created = await ports.service.perform(planned.step, bindings, secrets)
            except CallFailed as error:
                gave_up.extend([planned] if error.gave_up else ())
                return _failed(error, ports.clock.now())
            ports.emit(StepSent(planned))
            return Attempt(Ending.DONE, ports.clock.now(), created)

    ended = await asyncio.gather(*map(attempt, wave), return_exceptions=True)
    now = ports.clock.now()
    return {planned.id: _attempted(end, now) for planned, end in zip(wave, ended, strict=True) if end is not None}


def not_tried(now: datetime) -> Attempt:
    """The attempt of a step that was not begun before its run came to an end."""
    return Attempt(Ending.NOT_TRIED, now, Bindings())


_ENDINGS = {
    Outcome.NOT_SENT: Ending.NOT_TRIED,
    Outcome.REFUSED: Ending.REFUSED,
    Outcome.UNKNOWN: Ending.UNKNOWN,
}


def _failed(error: CallFailed, now: datetime) -> Attempt:
    ending = _ENDINGS[error.outcome]
    return Attempt(ending, now, Bindings(), error.finding, error.status, error.cause, error.gave_up)


def _attempted(end: Attempt | BaseException, now: datetime) -> Attempt:
    match end:
        case Attempt():
            return end
        case ReconcilerError(message=message, hint=hint):
            return Attempt(Ending.UNKNOWN, now, Bindings(), NOBODY_KNOWS.finding(message, hint=hint))
    return Attempt(Ending.UNKNOWN, now, Bindings(), crash=end)


async def look(
    wave: Iterable[PlannedStep], attempts: Mapping[str, Attempt], bindings: Bindings, live: LiveState, ports: Ports
) -> WaveEnd:
    """Find out by reading what came of a wave, even where its calls gave up. `live` is the state before it."""
    sent = [planned for planned in wave if attempts[planned.id].may_be_done]
    for attempt in attempts.values():
        bindings = bindings.merged(attempt.created)
    patience = ports.patience
    if ports.stopped() or any(attempt.gave_up for attempt in attempts.values()):
        ports.service.begin_anew()
    seen = await confirm(sent, bindings, ports.service, ports.clock, patience, patience.confirm, ports.stopped)
    ends = (_end(planned, attempts[planned.id], seen, live) for planned in wave)
    return WaveEnd(tuple(ends), seen.bindings)


def _end(planned: PlannedStep, attempt: Attempt, seen: Confirmation, live: LiveState) -> StepEnd:
    sighting = seen.sightings.get(planned.id)
    if sighting is None:
        finding = attempt.finding
        message = named((planned,), finding).message if finding else ""
        return StepEnd(planned, Result(planned.id, attempt.ending, message=message), attempt, finding=finding)
    ending = _ending(planned.step, attempt, sighting, live)
    observed = fields_seen(planned.step, sighting.live)
    if ending is Ending.DONE:
        return StepEnd(planned, Result(planned.id, ending, observed), attempt, sighting.live)
    finding = _why(attempt, sighting)
    message = named((planned,), finding).message
    return StepEnd(planned, Result(planned.id, ending, observed, message), attempt, sighting.live, finding)


def _ending(step: Step, attempt: Attempt, sighting: Sighting, live: LiveState) -> Ending:
    """A step whose call had no answer is done where it shows; a write of secrets alone shows nothing, and is due again.

    Secrets count as written only where settings that were written with them have come to show.
    """
    if attempt.ending is Ending.DONE:
        return Ending.DONE if sighting.seen is Seen.DONE else Ending.UNCONFIRMED
    if sighting.seen is not Seen.DONE:
        return Ending.UNKNOWN
    proves = sighting.live is not None and not (_secrets(step) and shows(live, step) is not False)
    return Ending.DONE if proves else Ending.NOT_DONE


def fields_seen(step: Step, live: LiveState | None) -> tuple[FieldRecord, ...]:
    """The fields of a step as a look showed them, secrets left out."""
    if live is None:
        return ()
    secrets = _secrets(step)
    return tuple(FieldRecord(a, key, live.cell(a, key)) for a, key in touched(step) if key not in secrets)


def _why(attempt: Attempt, sighting: Sighting) -> Finding:
    if attempt.finding is not None:
        return attempt.finding
    if attempt.crash is not None:
        return NOBODY_KNOWS.finding(f"the call broke off: {type(attempt.crash).__name__}")
    if sighting.seen is Seen.UNREADABLE:
        text = "the service accepted it, and it cannot be read back"
    else:
        text = "the service accepted it, and it does not show"
    return UNCONFIRMED.finding(text, hint="run the apply again: it reads, and does what is left")
