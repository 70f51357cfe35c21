"""The store that is a folder on this machine.

<folder>/ledger.json       replaced whole: written beside, synced, renamed, the folder synced
<folder>/journal.jsonl     appended and synced
<folder>/snapshots/        one file each, replaced whole
<folder>/lock              held by the operating system's lock while a run goes on, and freed with the process
<folder>/holder.json       who holds it; one that outlives its run shows that the run died
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

from msgspec.structs import asdict

from reconciler.errors import LockHeld, ReconcilerError
from reconciler.ledger.files import Appender, Files
from reconciler.ledger.stores.interface import Holder, Revised, StoreMoved, Taken, holder_in

LEDGER = "ledger.json"
JOURNAL = "journal.jsonl"
LOCK = "lock"
HOLDER = "holder.json"
SNAPSHOTS = "snapshots"


@dataclass(slots=True)
class DirectoryStore:
    """A service's state in `folder` below the root of `files`; `where` is how a person finds that folder.

    The journal stays open from the first append until the lock is let go, or until something went wrong with it.
    """

    files: Files
    folder: str
    where: str
    _appender: Appender | None = field(default=None, init=False)

    def read(self) -> Revised | None:
        """The ledger document; None where there is none yet."""
        with self._failing("read the ledger"):
            content = self.files.read(self._path(LEDGER))
        return None if content is None else Revised(content, _revision(content))

    def swap(self, content: bytes, revision: str | None) -> str:
        """Write the ledger document over the given revision. Raises StoreMoved."""
        held = self.read()
        if (held.revision if held else None) != revision:
            raise StoreMoved(
                f"the ledger in {self.where} changed while this run worked on it",
                hint="find out what writes there besides reconciler, then run the apply again",
            )
        with self._failing("write the ledger"):
            self._replace(self.folder, LEDGER, content)
        return _revision(content)

    def journal(self) -> bytes:
        """The whole journal; empty where there is none yet."""
        with self._failing("read the journal"):
            return self.files.read(self._path(JOURNAL)) or b""

    def append(self, lines: bytes) -> None:
        """Add lines to the journal."""
        with self._failing("write the journal"):
            if self._appender is None:
                self._appender = self._open_journal()
            try:
                self._appender.write(lines)
                self._appender.sync()
            except BaseException:
                self._close_journal()
                raise

    def cut(self, size: int) -> None:
        """Drop everything behind the journal's first `size` bytes."""
        with self._failing("mend the journal"):
            self._close_journal()
            self.files.truncate(self._path(JOURNAL), size)
            self.files.sync(self._path(JOURNAL))

    @contextmanager
    def together(self) -> Iterator[None]:
        """Each write is durable by itself; the journal goes first, as the ledger asks for it."""
        yield

    def keep(self, name: str, content: bytes) -> None:
        """Keep a snapshot."""
        with self._failing("keep a snapshot"):
            self.files.make_folder(self._path(SNAPSHOTS))
            self._replace(self._path(SNAPSHOTS), name, content)

    def snapshot(self, name: str) -> bytes | None:
        """A snapshot's content; None where there is none of this name."""
        with self._failing("read a snapshot"):
            return self.files.read(f"{self._path(SNAPSHOTS)}/{name}")

    def snapshots(self) -> tuple[str, ...]:
        """The names of all snapshots, sorted."""
        with self._failing("list the snapshots"):
            names = self.files.list(self._path(SNAPSHOTS))
        return tuple(name for name in names if not name.endswith(_BESIDE))

    def lock(self, holder: Holder) -> Taken:
        """Take the lock, without waiting. Raises LockHeld with who holds it.

        A holder of this host whose lock is free has died, and is taken over. One of another host may be alive where
        locks do not reach across hosts, so it is not.
        """
        with self._failing("take the lock"):
            self.files.make_folder(self.folder)
            free = self.files.lock(self._path(LOCK))
            before = self._holder()
            if free is None:
                raise LockHeld(f"{before or 'another process'} works on {self.where}", hint="wait until it has ended")
            try:
                self._refuse_foreign(before, holder)
                self._replace(self.folder, HOLDER, json.dumps(asdict(holder)).encode())
            except BaseException:
                free()
                raise
        return Taken(partial(self._release, free, holder), before)

    def unlock(self) -> Holder | None:
        """Take the lock away from a holder that is gone for good. Raises LockHeld where it runs on this machine."""
        with self._failing("take the lock away"):
            self.files.make_folder(self.folder)
            free = self.files.lock(self._path(LOCK))
            holder = self._holder()
            if free is None:
                raise LockHeld(f"{holder or 'another process'} works on {self.where}", hint="wait until it has ended")
            try:
                self.files.remove(self._path(HOLDER))
            finally:
                free()
        return holder

    def _open_journal(self) -> Appender:
        self.files.make_folder(self.folder)
        appender = self.files.append(self._path(JOURNAL))
        try:
            self.files.sync_folder(self.folder)
        except BaseException:
            appender.close()
            raise
        return appender

    def _close_journal(self) -> None:
        appender, self._appender = self._appender, None
        if appender is not None:
            appender.close()

    def _refuse_foreign(self, before: Holder | None, holder: Holder) -> None:
        if before is not None and before.host != holder.host:
            raise LockHeld(
                f"{before} works on {self.where}, or died there",
                hint="wait until it ended; if it is gone for good: reconciler state unlock",
            )

    def _release(self, free: Callable[[], None], holder: Holder) -> None:
        with self._failing("release the lock"):
            self._close_journal()
            if self._holder() == holder:
                self.files.remove(self._path(HOLDER))
                free()

    def _holder(self) -> Holder | None:
        return holder_in(self.files.read(self._path(HOLDER)))

    def _replace(self, folder: str, name: str, content: bytes) -> None:
        path = f"{folder}/{name}"
        self.files.make_folder(folder)
        self.files.write(path + _BESIDE, content)
        self.files.sync(path + _BESIDE)
        self.files.replace(path, path + _BESIDE)
        self.files.sync_folder(folder)

    def _path(self, name: str) -> str:
        return f"{self.folder}/{name}"

    @contextmanager
    def _failing(self, action: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise ReconcilerError(
                f"cannot {action} in {self.where}: {(error.strerror or str(error)).lower()}",
                hint="see that the disk has room and that the folder may be written",
            ) from error


_BESIDE = ".new"


def _revision(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
