"""The store that is a reference of the repository: each change is one commit, and pushed before it counts.

<reference> → commit → tree
    <service>/ledger.json       the document
    <service>/journal.jsonl     the records
    <service>/snapshots/        one file each
    <service>/holder.json       who holds the lock: taken and given back by a push that nobody else came before

A push names the commit that it replaces, so that of two writers one is told. Where somebody wrote for another service
in the meantime, the change is made again on top of that; where it was this service, the run has lost its lock.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

from msgspec.structs import asdict

from reconciler.errors import LockHeld, ReconcilerError
from reconciler.ledger.files import Files
from reconciler.ledger.repository import Repository
from reconciler.ledger.stores.interface import Holder, Revised, StoreMoved, Taken, holder_in

LEDGER = "ledger.json"
JOURNAL = "journal.jsonl"
HOLDER = "holder.json"
SNAPSHOTS = "snapshots"
LOCKS = "reconciler"

_TRIES = 10
"""How often a change is made again because other services were written to in the meantime."""


@dataclass(slots=True)
class GitRefStore:
    """A service's state in a reference. `files` are those of the clone, for the lock between its own processes."""

    repository: Repository
    files: Files
    service: str
    _tip: str | None = field(default=None, init=False)
    _is_mine: bool = field(default=False, init=False)
    _together: bool = field(default=False, init=False)
    _failed: bool = field(default=False, init=False)
    _staged: dict[str, bytes | None] = field(default_factory=dict, init=False)

    @property
    def where(self) -> str:
        """The reference and its remote."""
        return self.repository.where

    def read(self) -> Revised | None:
        """The ledger document; None where there is none yet."""
        self._look()
        content = self._content(LEDGER)
        return None if content is None else Revised(content, _revision(content))

    def swap(self, content: bytes, revision: str | None) -> str:
        """Write the ledger document over the given revision. Raises StoreMoved."""
        held = self.read()
        if (held.revision if held else None) != revision:
            raise self._moved()
        self._change({LEDGER: content}, "ledger")
        return _revision(content)

    def journal(self) -> bytes:
        """The whole journal; empty where there is none yet."""
        self._look()
        return self._content(JOURNAL) or b""

    def append(self, lines: bytes) -> None:
        """Add lines to the journal."""
        self._change({JOURNAL: self.journal() + lines}, "journal")

    def cut(self, size: int) -> None:
        """Drop everything behind the journal's first `size` bytes."""
        self._change({JOURNAL: self.journal()[:size]}, "journal mended")

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is appended and swapped within is one commit at the end."""
        self._together = True
        try:
            yield
            staged = dict(self._staged)
        finally:
            self._together = False
            self._staged.clear()
        if staged:
            self._change(staged, "journal and ledger")

    def keep(self, name: str, content: bytes) -> None:
        """Keep a snapshot."""
        self._look()
        self._change({f"{SNAPSHOTS}/{name}": content}, f"snapshot {name}")

    def snapshot(self, name: str) -> bytes | None:
        """A snapshot's content; None where there is none of this name."""
        self._look()
        return self._content(f"{SNAPSHOTS}/{name}")

    def snapshots(self) -> tuple[str, ...]:
        """The names of all snapshots, sorted."""
        self._look()
        return tuple(sorted(self.repository.entries(self._tip, f"{self.service}/{SNAPSHOTS}")))

    def lock(self, holder: Holder) -> Taken:
        """Take the lock, without waiting. Raises LockHeld with who holds it.

        A holder from this clone, whose lock of the operating system is free, has died, and is taken over. A holder
        from anywhere else may be alive, so it is not.
        """
        free = self._lock_here()
        try:
            self._look()
            before = self._holder()
            self._refuse_others(before, holder)
            note = json.dumps({**asdict(holder), "clone": self.repository.clone}).encode()
            self._take(note)
        except BaseException:
            free()
            raise
        self._is_mine = True
        return Taken(partial(self._release, free, holder), before)

    def unlock(self) -> Holder | None:
        """Take the lock away from a holder that is gone for good. Raises LockHeld where it works in this clone."""
        free = self._lock_here()
        try:
            self._look()
            holder = self._holder()
            if self._content(HOLDER) is not None:
                self._push({HOLDER: None}, "lock taken away", keep=False)
            return holder
        finally:
            free()

    def _lock_here(self) -> Callable[[], None]:
        """Keep the other processes of this clone away."""
        try:
            self.files.make_folder(LOCKS)
            free = self.files.lock(f"{LOCKS}/{hashlib.sha256(self._lock_name()).hexdigest()[:16]}.lock")
        except OSError as error:
            raise ReconcilerError(
                f"cannot take the lock in this clone: {(error.strerror or str(error)).lower()}",
                hint="see that the disk has room and that the repository may be written",
            ) from error
        if free is None:
            self._look()
            raise LockHeld(f"{self._holder() or 'another process'} works on {self.where}", hint="wait until it ended")
        return free

    def _lock_name(self) -> bytes:
        return f"{self.where} {self.service}".encode()

    def _refuse_others(self, before: Holder | None, holder: Holder) -> None:
        if before is not None and not (before.host == holder.host and self._is_of_this_clone()):
            raise LockHeld(
                f"{before} works on {self.where}, or died there",
                hint="wait until it ended; if it is gone for good: reconciler state unlock",
            )

    def _take(self, note: bytes) -> None:
        try:
            self._push({HOLDER: note}, "lock taken", keep=False)
        except StoreMoved:
            other = self._holder()
            raise LockHeld(f"{other or 'another run'} works on {self.where}", hint="wait until it ended") from None

    def _release(self, free: Callable[[], None], holder: Holder) -> None:
        """Give the lock back. After a write that failed, what is on this machine alone goes to the remote with it."""
        if not self._is_mine:
            return
        self._is_mine = False
        try:
            if self._failed:
                self._look()
            if self._holder() == holder:
                self._push({HOLDER: None}, "lock given back", keep=True)
        finally:
            free()

    def _is_of_this_clone(self) -> bool:
        return bool(json.loads(self._content(HOLDER) or b"{}").get("clone") == self.repository.clone)

    def _holder(self) -> Holder | None:
        return holder_in(self._content(HOLDER))

    def _look(self) -> None:
        """Find out what the reference holds now. While the lock is ours nobody else writes, and nothing is asked."""
        if not self._is_mine:
            self._tip = self.repository.tip()

    def _content(self, name: str) -> bytes | None:
        if name in self._staged:
            return self._staged[name]
        folder, _, last = f"{self.service}/{name}".rpartition("/")
        blob = self.repository.entries(self._tip, folder).get(last)
        return None if blob is None else self.repository.content(blob)

    def _change(self, files: Mapping[str, bytes | None], message: str) -> None:
        if self._together:
            self._staged.update(files)
            return
        if self._failed:
            raise ReconcilerError(f"{self.where} could not be written to before", hint="run it again")
        try:
            self._push(files, message, keep=True)
        except ReconcilerError:
            self._failed = True
            raise

    def _push(self, files: Mapping[str, bytes | None], message: str, *, keep: bool) -> None:
        """Commit on top of what is known and push, again where others came first. Raises StoreMoved."""
        changes = {f"{self.service}/{name}": content for name, content in files.items()}
        mine = self._own()
        for _ in range(_TRIES):
            new = self.repository.commit(self._tip, changes, f"reconciler: {self.service}: {message}")
            if self.repository.advance(new, self._tip, keep=keep):
                self._tip = new
                return
            self._tip = self.repository.tip()
            if self._own() != mine:
                raise self._moved()
        raise ReconcilerError(f"{self.where} is written to by others all the time", hint="run it again later")

    def _own(self) -> str | None:
        """What stands for all of this service's state."""
        return self.repository.entries(self._tip).get(self.service)

    def _moved(self) -> StoreMoved:
        return StoreMoved(
            f"the ledger in {self.where} changed while this run worked on it",
            hint="find out what writes there besides reconciler, then run it again",
        )


def _revision(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
