"""Find out by reading what came of steps: one shared look after another, until each step was seen often enough.

look ─→ every condition of a step holds?  yes: one more agreeing look (three in a row, a moment apart, confirm it)
                                          no, or unreadable: its count begins anew, and the next look waits
until all are confirmed, or the time is over
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from msgspec import Struct
from msgspec.structs import replace

from reconciler.apply.created import rediscovered
from reconciler.apply.ports import Patience, Service
from reconciler.apply.touched import scope_of, united
from reconciler.errors import ReconcilerError
from reconciler.model.bindings import Bindings
from reconciler.model.cells import Reason, Unreadable
from reconciler.model.conditions import holds, post, schema_written
from reconciler.model.fields import Surface
from reconciler.model.plan import PlannedStep
from reconciler.model.ports import Clock
from reconciler.model.service import Scope
from reconciler.model.states import LiveState
from reconciler.model.steps import Step, WriteSchema
from reconciler.model.waiting import never, slept


class Seen(Enum):
    """What reading says of a step."""

    DONE = "it shows"
    NOT_DONE = "it does not show"
    UNREADABLE = "what would show it cannot be read"


class Sighting(Struct, frozen=True):
    """What was seen of a step, and the look that showed it; `live` is None where nothing had to be looked at."""

    seen: Seen
    live: LiveState | None = None


class Confirmation(Struct, frozen=True):
    """What was seen of every step, by id, and the bindings, grown by what was rediscovered."""

    sightings: Mapping[str, Sighting]
    bindings: Bindings


def shows(state: LiveState, step: Step) -> bool | None:
    """Whether a state shows that a step is done; None where it cannot be read."""
    if isinstance(step, WriteSchema):
        return schema_written(state, step)
    answers = [holds(state, condition) for condition in post(step)]
    if False in answers:
        return False
    return None if None in answers else True


async def confirm(
    steps: Iterable[PlannedStep],
    bindings: Bindings,
    service: Service,
    clock: Clock,
    patience: Patience,
    limit: float,
    stopped: Callable[[], bool] = never,
) -> Confirmation:
    """Look until every step was seen done in `patience.agreeing` looks in a row, or `limit` seconds have passed.

    Once the user asked to stop, the time is over. There are always as many looks as that, even then, and a step that
    begins to show at the end of the time is looked at as often as it takes. A step that shows nothing by its nature,
    such as a write of secrets alone, counts as done without a look.
    """
    watch = _Watch(tuple(steps), bindings, patience.agreeing)
    end = clock.monotonic() + limit
    pause = patience.first_pause
    while scope := watch.scope:
        began = clock.monotonic()
        watch.take(await seen_now(service, scope, watch.bindings))
        now = clock.monotonic()
        left = 0.0 if stopped() else end - now
        if left <= 0 and watch.is_over():
            break
        if left > 0 and not watch.all_agree:
            await slept(clock, min(pause, left), stopped)
            pause = min(pause * 2, patience.longest_pause)
        elif left > 0 and watch.scope:
            await slept(clock, max(0.0, min(began + patience.first_pause - now, left)), stopped)
    return Confirmation(watch.sightings(), watch.bindings)


async def seen_now(service: Service, scope: Scope, bindings: Bindings) -> LiveState:
    """One look; where it fails, nothing of the service is known."""
    try:
        return await service.observe(scope, bindings)
    except ReconcilerError as error:
        why = Unreadable(Reason.FAILED, error.message)
        return LiveState({}, unread=dict.fromkeys(Surface, why))


@dataclass(slots=True)
class _Watch:
    """The steps that are looked at. `_late` counts the looks after the time was over."""

    steps: tuple[PlannedStep, ...]
    bindings: Bindings
    agreeing: int
    _looks: int = 0
    _late: int = 0
    _in_a_row: dict[str, int] = field(default_factory=dict)
    _last: dict[str, Sighting] = field(default_factory=dict)

    @property
    def scope(self) -> Scope | None:
        """Where to look next; None where nothing is left to be seen."""
        scope = united(scope_of(planned.step) for planned in self._waiting())
        return scope if scope.topology or scope.apps else None

    @property
    def all_agree(self) -> bool:
        """Whether the last look showed every step that it was about."""
        return all(self._in_a_row[planned.id] for planned in self._waiting())

    def is_over(self) -> bool:
        """Whether another look would tell nothing new, now that the time is over."""
        self._late += 1
        none_begins = not any(self._in_a_row[planned.id] for planned in self._waiting())
        return self._looks >= self.agreeing and (none_begins or self._late > self.agreeing)

    def take(self, live: LiveState) -> None:
        """Count one look. What is rediscovered in it has its address from the next look on."""
        self._looks += 1
        waiting = self._waiting()
        self.bindings = rediscovered((planned.step for planned in waiting), live, self.bindings)
        for planned in waiting:
            seen = _SEEN[shows(live, planned.step)]
            self._last[planned.id] = Sighting(seen, live)
            self._in_a_row[planned.id] = self._in_a_row.get(planned.id, 0) + 1 if seen is Seen.DONE else 0

    def sightings(self) -> Mapping[str, Sighting]:
        """What was seen of each step; one that was not seen often enough does not count as done."""
        waiting = {planned.id for planned in self._waiting()}
        return {planned.id: self._sighting(planned.id, waiting) for planned in self.steps}

    def _sighting(self, step: str, waiting: set[str]) -> Sighting:
        last = self._last.get(step)
        if last is None:
            return Sighting(Seen.DONE)
        return replace(last, seen=Seen.NOT_DONE) if step in waiting and last.seen is Seen.DONE else last

    def _waiting(self) -> list[PlannedStep]:
        return [planned for planned in self.steps if self._in_a_row.get(planned.id, 0) < self.agreeing]


_SEEN = {True: Seen.DONE, False: Seen.NOT_DONE, None: Seen.UNREADABLE}
