"""Take the lock of a service's state for one run, and say who held it before when that run died."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from reconciler.errors import ReconcilerError
from reconciler.ledger.stores.interface import Holder, Store
from reconciler.model.finding import Finding, Severity
from reconciler.model.ports import Chance, Clock
from reconciler.model.rule import Rule

ABANDONED = Rule(
    "EPR422",
    "A run ends with its lock given back",
    "A run that died may have left steps half done; the next one finds out by reading, and says so.",
    Severity.NOTE,
)


@contextmanager
def locked(store: Store, clock: Clock, chance: Chance, *, host: str, pid: int) -> Iterator[tuple[Finding, ...]]:
    """Hold the lock while the block runs. Gives a note where the run before died with it. Raises LockHeld."""
    start = clock.now().isoformat(timespec="seconds")
    taken = store.lock(Holder(host, pid, start, chance.token()))
    try:
        yield () if taken.abandoned is None else (_note(taken.abandoned, store.where),)
    except BaseException:
        with suppress(ReconcilerError):  # Why the run failed counts more than that its lock is left behind.
            taken.release()
        raise
    taken.release()


def _note(dead: Holder, where: str) -> Finding:
    return ABANDONED.finding(
        f"{dead} ended without giving back the lock on {where}; this run takes it over",
        hint="nothing to do: what that run left open is found out by reading",
    )
