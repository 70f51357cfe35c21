"""The folder in which the state of a service is kept, and the lock on it for one run."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reconciler.ledger.stores.directory import DirectoryStore
from reconciler.model.finding import Finding
from reconciler.model.ports import Chance, Clock
from reconciler.operations.edges.files import DiskFiles

STATE_FOLDER = ".reconciler"
"""Below the spec's root; a part that begins with a dot, so that no spec file is looked for in it."""


def directory_store(root: Path, service: str) -> DirectoryStore:
    """The state of a service in the folder beside the spec."""
    folder = root / STATE_FOLDER
    return DirectoryStore(DiskFiles(folder), service, str(folder / service))


@contextmanager
def held(store: DirectoryStore, clock: Clock, chance: Chance) -> Iterator[tuple[Finding, ...]]:
    """Hold the store's lock. Gives a note where an earlier run died with it. Raises LockHeld."""
    from reconciler.ledger.lock import locked  # noqa: PLC0415 - whoever only reads takes no lock

    with locked(store, clock, chance, host=socket.gethostname(), pid=os.getpid()) as notes:
        yield notes
