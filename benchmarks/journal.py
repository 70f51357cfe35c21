"""What the journal costs per step: the intent and the result of one, each durable, against two bare append + fsync."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from measure import alternate

from reconciler.ledger.head import Head
from reconciler.ledger.journal import Journal, open_journal
from reconciler.ledger.records import INTENT, RESULT, intent_to_json, result_to_json
from reconciler.ledger.stores.directory import DirectoryStore
from reconciler.ledger.stores.interface import Holder
from reconciler.model.address import agent, group
from reconciler.model.cells import Known
from reconciler.model.plan import PlannedStep
from reconciler.model.record import Ending, FieldRecord, Intent, Result
from reconciler.model.steps import AddMember
from reconciler.operations.edges.files import DiskFiles

STEPS = 300
PLAN = "sha256:" + "0" * 64
AT = "2026-11-24T12:00:00+00:00"
MEMBERS = frozenset(agent(f"agent-{n}") for n in range(5))
FIELD = (FieldRecord(group("hr"), "agents", Known(MEMBERS)),)
STEP = PlannedStep("s1", AddMember(agent("agent-1"), group("hr")))


@contextmanager
def opened(folder: Path) -> Iterator[Journal]:
    """A journal of its own, under the lock that an apply holds."""
    store = DirectoryStore(DiskFiles(folder), f"run-{time.monotonic_ns()}", "a folder of the benchmark")
    taken = store.lock(Holder("benchmark", 1, AT, "0" * 32))
    try:
        yield open_journal(store, Head())[0]
    finally:
        taken.release()


def journal_steps(folder: Path) -> Callable[[], float]:
    """Seconds per step that is recorded alone, and so shares its syncs with no other."""

    def run() -> float:
        with opened(folder) as journal:
            begun = time.perf_counter()
            for _ in range(STEPS):
                record(journal, [STEP])
            return (time.perf_counter() - begun) / STEPS

    return run


def journal_wave(folder: Path) -> Callable[[], float]:
    """Seconds per step of a wave of many, which share two syncs."""

    def run() -> float:
        with opened(folder) as journal:
            begun = time.perf_counter()
            record(journal, [STEP] * STEPS)
            return (time.perf_counter() - begun) / STEPS

    return run


def record(journal: Journal, wave: list[PlannedStep]) -> None:
    """Write the intents of a wave, then its results."""
    journal.append(AT, [(INTENT, intent_to_json(Intent(step, FIELD, FIELD), PLAN)) for step in wave])
    journal.append(AT, [(RESULT, result_to_json(Result(step.id, Ending.DONE, FIELD), PLAN)) for step in wave])


def bare_appends(folder: Path) -> Callable[[], float]:
    """Seconds for two lines of the same length, each appended and synced."""
    line = b"x" * 700 + b"\n"

    def run() -> float:
        path = folder / f"bare-{time.monotonic_ns()}"
        with path.open("ab", buffering=0) as file:
            begun = time.perf_counter()
            for _ in range(2 * STEPS):
                file.write(line)
                os.fsync(file.fileno())
            return (time.perf_counter() - begun) / STEPS

    return run


def main() -> None:
    """Print both figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        floor = bare_appends(folder)
        print(alternate("journal, a step alone", journal_steps(folder), floor, at_most=1.5))
        print(alternate("journal, a step of a wave of 300", journal_wave(folder), floor, at_most=1.5))


if __name__ == "__main__":
    main()
