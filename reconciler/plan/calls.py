"""What steps cost: calls, of which how many write, and time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from types import MappingProxyType

from reconciler.model.address import Address
from reconciler.model.plan import Budget, PlannedStep
from reconciler.model.steps import (
    CreateJob,
    PauseJob,
    Settle,
    StartJob,
    Step,
    WriteConnection,
    WriteSchema,
)
from reconciler.model.subjects import holder
from reconciler.policy.availability import FRESH, takes_away

AGREEING_READS = 3
"""How often a wave's result is read back until it counts as confirmed: the service shows stale values for a while."""

BATCH = 20
"""Reads of single apps that go into one call."""

IN_FLIGHT = 16
"""Calls that are under way at once."""

STEPS_AT_ONCE = 8
"""Steps whose calls are under way at once."""

SECONDS_PER_CALL = 0.25
"""A guess: what one call takes where nothing throttles it."""

TOPOLOGY_READS = 2
"""Calls that one look at the whole topology takes: the profile with its agents and resources, and the groups."""

_READS_BEFORE: Mapping[type, int] = MappingProxyType({CreateJob: 1, WriteConnection: 1, WriteSchema: 2})
"""Reads that a write cannot do without: the templates; the list of settings; the schema, and its version again."""

_APP_READS: Mapping[type, tuple[str, ...]] = MappingProxyType(
    {
        CreateJob: ("job",),
        StartJob: ("job",),
        PauseJob: ("job",),
        WriteConnection: ("list",),
        WriteSchema: ("job", "schema"),
    }
)
"""Steps that are confirmed by reading their own app, and what of it; all others by a look at the topology."""


def calls_of(step: Step) -> int:
    """The calls that a step makes itself, without the reads that confirm it. A wait makes none."""
    return 0 if isinstance(step, Settle) else 1 + _READS_BEFORE.get(type(step), 0)


def budget(steps: Sequence[PlannedStep]) -> Budget:
    """What steps cost, where nothing has to be tried again and every read shows at once what was written.

    Waits that pass at the same time count once; the reads of a wave are shared.
    """
    own = sum(planned.calls for planned in steps)
    writes = sum(not isinstance(planned.step, Settle) for planned in steps)
    calls = own + _confirming(steps)
    took: dict[str, float] = {}
    waited: dict[str, float] = {}
    for planned in steps:
        settle = planned.step.seconds if isinstance(planned.step, Settle) else 0.0
        working = (planned.calls + AGREEING_READS) * SECONDS_PER_CALL if planned.calls else 0.0
        waited[planned.id] = max((waited[need] for need in planned.needs), default=0.0) + settle
        took[planned.id] = max((took[need] for need in planned.needs), default=0.0) + settle + working
    busy = calls * SECONDS_PER_CALL / IN_FLIGHT
    seconds = max(took.values(), default=0.0) + busy
    return Budget(calls, writes, round(seconds, 1), max(waited.values(), default=0.0))


@dataclass(slots=True)
class _Look:
    """What one look reads that confirms a wave: the topology, and of each app what its steps write.

    `again` is whether the topology is read before the wave too. `taking` are the calls of steps that take something
    away: while they are made, it is read again and again.
    """

    topology: bool = False
    again: bool = False
    taking: int = 0
    apps: defaultdict[Address, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, step: Step, *, waited: bool) -> None:
        """Count a step; what takes something away is looked at once more, first, where it `waited`."""
        if takes_away(step):
            self.again = self.again or waited
            self.taking += calls_of(step)
        match step:
            case Settle():
                return
            case WriteConnection(settings=settings) if not settings:  # The service never shows a secret.
                return
        parts = _APP_READS.get(type(step))
        if parts is None:
            self.topology = True
        else:
            self.apps[holder(step)].update(parts)

    @property
    def judging(self) -> int:
        """How often the topology is read before and while something is taken away, as far as one can guess."""
        return self.again + int(self.taking * SECONDS_PER_CALL / STEPS_AT_ONCE / FRESH)

    @property
    def calls(self) -> int:
        """Jobs and lists of apps are read first, schemas by their jobs' ids then: each in batches of their own."""
        parts = list(self.apps.values())
        chunks = [parts[start : start + BATCH] for start in range(0, len(parts), BATCH)]
        of_apps = sum(_batches(chunk, "job", "list") + _batches(chunk, "schema") for chunk in chunks)
        return of_apps + (TOPOLOGY_READS if self.topology else 0)


def _batches(apps: Iterable[set[str]], *parts: str) -> int:
    return ceil(sum(part in wanted for wanted in apps for part in parts) / BATCH)


def _confirming(steps: Sequence[PlannedStep]) -> int:
    """The reads that confirm every wave, and those on which a wave is judged that takes something away.

    Those are before a wave that follows a wait, and as often as they grow old in one that lasts.
    """
    waits = {planned.id for planned in steps if isinstance(planned.step, Settle)}
    rank: dict[str, int] = {}
    looks: defaultdict[int, _Look] = defaultdict(_Look)
    for planned in steps:
        wave = rank[planned.id] = max((rank[need] for need in planned.needs), default=-1) + 1
        looks[wave].add(planned.step, waited=not waits.isdisjoint(planned.needs))
    judging = sum(look.judging for look in looks.values())
    return AGREEING_READS * sum(look.calls for look in looks.values()) + TOPOLOGY_READS * judging
