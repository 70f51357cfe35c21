"""What is tried again: by kind of fault, how often and how soon; never a call that could do a thing twice.

429                         until the budget is spent, when the gate for all callers opens
503 504 500 502 408 424     what may be repeated, after Retry-After or a growing wait
409, and 403 of a job       briefly: a principal that is new is not known everywhere yet
unreachable                 always: nothing was sent
broken off                  what may be repeated
timeout                     never: the wait was long already, and a service that is too slow needs no second request
Pages: learn.microsoft.com/graph/errors and /graph/throttling.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from msgspec import Struct
from msgspec.structs import replace

from reconciler.model.events import Held, Tell, nobody
from reconciler.model.ports import Chance
from reconciler.model.words import duration
from reconciler.msgraph.transport.answer import Answer, Fault, Layer, Trouble
from reconciler.msgraph.transport.budget import Meter
from reconciler.msgraph.transport.throttle import Gate
from reconciler.msgraph.wire.request import Request

LONGEST_WAIT = 60.0
"""Seconds that a growing wait grows to."""

_CRAWL = 0.05
"""Seconds per retry that are waited at least, for a service that says "at once" again and again."""


FIRST_TOLD, NEXT_TOLD = 3.0, 15.0
"""Seconds of waiting for one answer from which a person is told, and then once in how many more."""


class Kind(Struct, frozen=True):
    """How a kind of fault is tried again: how often, the first wait in seconds, and what it takes."""

    most: int
    first: float
    for_all: bool = False
    repeats: bool = True
    charged: bool = True


_THROTTLED = Kind(most=1000, first=1.0, for_all=True, repeats=False, charged=False)
_BUSY = Kind(most=6, first=0.5)
_FAILING = Kind(most=4, first=0.5)
_CONTESTED = Kind(most=2, first=0.5, repeats=False)
_UNREACHABLE = Kind(most=3, first=0.5, repeats=False)
_BROKEN = Kind(most=3, first=0.3)

_BY_STATUS: Mapping[int, Kind] = {
    429: _THROTTLED,
    503: _BUSY,
    504: _BUSY,
    500: _FAILING,
    502: _FAILING,
    408: _FAILING,
    424: _FAILING,
    409: _CONTESTED,
}

_BY_TROUBLE: Mapping[Trouble, Kind] = {
    Trouble.UNREACHABLE: _UNREACHABLE,
    Trouble.BROKEN: _BROKEN,
}


class Patience:
    """How many more retries a service that only fails is worth: each takes one, each success gives one back."""

    def __init__(self, most: int = 60) -> None:
        self._most = most
        self._left = most

    def take(self) -> bool:
        """Whether one more retry is worth it; if so, it is taken."""
        if self._left == 0:
            return False
        self._left -= 1
        return True

    def give_back(self) -> None:
        """A call succeeded."""
        self._left = min(self._left + 1, self._most)


@dataclass(slots=True)
class _Attempt:
    """One call of a group: its place in the group, how often it was tried again, whether it may have happened.

    `cause` is why it is tried again, `wait` how long that takes.
    """

    place: int
    request: Request
    retries: int = 0
    uncertain: bool = False
    cause: str = ""
    wait: float = 0.0


@dataclass(slots=True)
class _Patient:
    """Tells a person of the waits for one group of calls, neither of the short ones nor of each long one."""

    tell: Tell
    waited: float = 0.0
    told: float = FIRST_TOLD

    def wait(self, attempts: Sequence[_Attempt], left: float) -> None:
        """The group is about to wait for these, where so many seconds are left."""
        slowest = max(attempts, key=lambda attempt: attempt.wait)
        self.waited += slowest.wait
        if self.told <= self.waited and slowest.wait < left:
            self.told = self.waited + NEXT_TOLD
            self.tell(Held(slowest.wait, slowest.cause, _resource(slowest.request)))


class Retry:
    """The third layer: sends again what failed for a passing reason, and only that."""

    def __init__(self, inner: Layer, gate: Gate, meter: Meter, chance: Chance, tell: Tell = nobody) -> None:
        self._inner = inner
        self._gate = gate
        self._meter = meter
        self._chance = chance
        self._tell = tell
        self._patience = Patience()

    async def send(self, requests: tuple[Request, ...]) -> tuple[Answer, ...]:
        """Answer every call, after as many rounds as that takes."""
        answers: dict[int, Answer] = {}
        attempts = [_Attempt(place, request) for place, request in enumerate(requests)]
        patient = _Patient(self._tell)
        while attempts:
            round_answers = await self._inner.send(tuple(attempt.request for attempt in attempts))
            again: list[tuple[_Attempt, float]] = []
            for attempt, answer in zip(attempts, round_answers, strict=True):
                wait = self._wait(attempt, answer)
                answers[attempt.place] = _with_doubt(answer, attempt)
                if wait is not None:
                    again.append((attempt, wait))
            attempts = [attempt for attempt, _ in again]
            if attempts and not self._meter.stopped():
                patient.wait(attempts, self._meter.left)
            if attempts and not await self._waited(max(wait for _, wait in again)):
                answers |= self._given_up(attempts)
                break
        return tuple(answers[place] for place in range(len(requests)))

    def _wait(self, attempt: _Attempt, answer: Answer) -> float | None:
        """Seconds until a call is sent again; None where it is not."""
        if not isinstance(answer, Fault):
            self._patience.give_back()
            return None
        attempt.uncertain = attempt.uncertain or answer.uncertain
        kind = _kind(answer, attempt.request)
        if kind is None or attempt.retries >= kind.most or (kind.repeats and not attempt.request.repeatable):
            return None
        if kind.charged and not self._patience.take():
            return None
        grown = min(kind.first * 2**attempt.retries, LONGEST_WAIT)
        if answer.retry_after is None:
            wait = self._chance.uniform(grown / 2, grown)
        else:
            wait = max(answer.retry_after, min(_CRAWL * attempt.retries, kind.first))
        attempt.retries += 1
        attempt.wait, attempt.cause = wait, answer.cause
        if kind.for_all:
            self._gate.close(wait)
            return 0.0
        return wait

    async def _waited(self, seconds: float) -> bool:
        if self._meter.is_spent or not await self._meter.waited(seconds):
            return False
        return await self._gate.passed() and not self._meter.is_spent

    def _given_up(self, attempts: list[_Attempt]) -> Mapping[int, Answer]:
        """The faults of calls for which nothing is left. After a wish to stop, their last answers stand."""

        def faults() -> Iterator[tuple[int, Answer]]:
            for attempt in attempts:
                last = f"{attempt.cause}, to be tried again in {duration(attempt.wait)}"
                yield attempt.place, self._meter.fault(attempt.request, uncertain=attempt.uncertain, last=last)

        return {} if self._meter.stopped() else dict(faults())


def _kind(fault: Fault, request: Request) -> Kind | None:
    if fault.trouble is not Trouble.STATUS:
        return _BY_TROUBLE.get(fault.trouble)
    if fault.status == 403 and "/synchronization/" in request.path:
        return _CONTESTED
    return _BY_STATUS.get(fault.status)


def _resource(request: Request) -> str:
    """What a call is for, as its path names it last: `agentGroups`, `schema`."""
    words = [part for part in request.path.partition("?")[0].split("/") if part.isalpha()]
    return words[-1] if words else request.path


def _with_doubt(answer: Answer, attempt: _Attempt) -> Answer:
    """A refusal after an attempt that may have happened leaves the doubt standing."""
    if isinstance(answer, Fault) and attempt.uncertain and not answer.uncertain:
        return replace(answer, uncertain=True)
    return answer
