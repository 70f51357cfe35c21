"""What steps cost: calls, of which how many write, and time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from math import ceil
from types import MappingProxyType

from reconciler.model.plan import Budget, PlannedStep
from reconciler.model.steps import (
    CreateJob,
    PauseJob,
    Settle,
    SetUpdater,
    StartJob,
    Step,
    WriteConnection,
    WriteSchema,
)

AGREEING_READS = 3
"""How often a wave's result is read back until it counts as confirmed: the service shows stale values for a while."""

BATCH = 20
"""Reads of single apps that go into one call."""

IN_FLIGHT = 16
"""Calls that are under way at once."""

SECONDS_PER_CALL = 0.25
"""A guess: what one call takes where nothing throttles it."""

_READS_BEFORE: Mapping[type, int] = MappingProxyType({WriteConnection: 1, WriteSchema: 2})
"""Reads that a write cannot do without: the list of settings; the schema, and its version again just before."""

_APP_READS: Mapping[type, int] = MappingProxyType(
    {CreateJob: 1, StartJob: 1, PauseJob: 1, WriteConnection: 1, WriteSchema: 1}
)
"""Steps that are confirmed by reading their own app; all others by one look at the whole topology."""


def calls_of(step: Step) -> int:
    """The calls that a step makes itself, without the reads that confirm it. A wait makes none."""
    match step:
        case Settle():
            return 0
        case CreateJob(_, "default"):
            return 2
    return 1 + _READS_BEFORE.get(type(step), 0)


def budget(steps: Sequence[PlannedStep]) -> Budget:
    """What a plan costs. Waits that pass at the same time count once; the reads of a wave are shared."""
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


def _confirming(steps: Sequence[PlannedStep]) -> int:
    """The reads that confirm every wave: one look at the topology, and single apps in batches."""
    rank: dict[str, int] = {}
    topology: set[int] = set()
    apps: defaultdict[int, Counter[type]] = defaultdict(Counter)
    for planned in steps:
        wave = rank[planned.id] = max((rank[need] for need in planned.needs), default=-1) + 1
        match planned.step:
            case SetUpdater():
                topology.add(wave)
            case Settle():
                pass
            case step if type(step) in _APP_READS:
                apps[wave][type(step)] += 1
            case _:
                topology.add(wave)
    rounds = len(topology) + sum(ceil(found.total() / BATCH) for found in apps.values())
    return rounds * AGREEING_READS
