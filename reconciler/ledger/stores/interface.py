"""What a store of a service's state can do. A new store implements this and passes the tests that all stores share."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from msgspec import Struct

from reconciler.errors import ReconcilerError


class StoreMoved(ReconcilerError):
    """Raised when the ledger was written by somebody else since it was read."""


class Revised(Struct, frozen=True):
    """The ledger document as a store holds it; `revision` changes whenever the content does."""

    content: bytes
    revision: str


class Holder(Struct, frozen=True):
    """Who holds a lock: the process, its host, since when (ISO 8601, UTC), and one random token per taking."""

    host: str
    pid: int
    start: str
    token: str

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host} since {self.start}"


def holder_in(content: bytes | None) -> Holder | None:
    """The holder that a store kept as JSON; None where there is none, or none that can be read."""
    try:
        found = json.loads(content or b"")
        return Holder(str(found["host"]), int(found["pid"]), str(found["start"]), str(found["token"]))
    except (ValueError, KeyError, TypeError):
        return None


class Taken(Struct, frozen=True):
    """A lock that was taken. `release` lets go of it, and may be called twice.

    `abandoned` is a holder that had died with the lock in its hands, or None.
    """

    release: Callable[[], None]
    abandoned: Holder | None = None


class Store(Protocol):
    """The state of one service: a ledger document, a journal that only grows, snapshots, and one lock.

    Each method that changes something returns once the change is durable, and leaves the state before or the state
    after it when it is cut short; an append may leave a torn end. Every method raises ReconcilerError where the store
    fails.
    """

    @property
    def where(self) -> str:
        """Where the state is, as a person would look for it."""

    def read(self) -> Revised | None:
        """The ledger document; None where there is none yet."""

    def swap(self, content: bytes, revision: str | None) -> str:
        """Write the ledger document over the given revision (None: over none). Gives the new one. Raises StoreMoved."""

    def journal(self) -> bytes:
        """The whole journal; empty where there is none yet."""

    def append(self, lines: bytes) -> None:
        """Add lines to the journal. The lock is held; letting go of it lets go of what an append keeps open."""

    def cut(self, size: int) -> None:
        """Drop everything behind the journal's first `size` bytes: what a crash left of an append."""

    def together(self) -> AbstractContextManager[None]:
        """Within the block, an append and a swap become durable at its end at the latest; as one, where a store can.

        Where the block fails, nobody knows what of it is durable, and the run writes no more.
        """

    def keep(self, name: str, content: bytes) -> None:
        """Keep a snapshot. A name is made of letters, digits, `.`, `_` and `-`; a second keep of one name replaces."""

    def snapshot(self, name: str) -> bytes | None:
        """A snapshot's content; None where there is none of this name."""

    def snapshots(self) -> tuple[str, ...]:
        """The names of all snapshots, sorted."""

    def lock(self, holder: Holder) -> Taken:
        """Take the lock, without waiting. Raises LockHeld with who holds it."""

    def unlock(self) -> Holder | None:
        """Take the lock away from a holder that is gone for good, and give who it was; None where nobody held it.

        Raises LockHeld where that process still runs on this machine.
        """
