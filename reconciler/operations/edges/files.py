"""The real files of the state, below one folder, on any platform."""

from __future__ import annotations

import os
from collections.abc import Callable
from io import FileIO
from pathlib import Path

from msgspec import Struct


class OpenFile(Struct, frozen=True):
    """A file that is open for writing at its end."""

    file: FileIO

    def write(self, content: bytes) -> None:
        """Add bytes at the end. They are not durable yet."""
        rest = memoryview(content)
        while rest:
            rest = rest[self.file.write(rest) :]

    def sync(self) -> None:
        """Make everything that was written durable."""
        os.fsync(self.file.fileno())

    def close(self) -> None:
        """Let go of the file."""
        self.file.close()


class DiskFiles(Struct, frozen=True):
    """The files below `root`, which is made when the first of them is written."""

    root: Path

    def read(self, name: str) -> bytes | None:
        """The content of a file; None where there is none."""
        try:
            return (self.root / name).read_bytes()
        except FileNotFoundError:
            return None

    def write(self, name: str, content: bytes) -> None:
        """Write a file from its first byte, without a sync."""
        (self.root / name).write_bytes(content)

    def append(self, name: str) -> OpenFile:
        """Open a file at its end; it is made where it does not exist."""
        return OpenFile((self.root / name).open("ab", buffering=0))

    def truncate(self, name: str, size: int) -> None:
        """Cut a file to its first `size` bytes, without a sync."""
        os.truncate(self.root / name, size)

    def sync(self, name: str) -> None:
        """Make the content of a file durable."""
        with (self.root / name).open("r+b") as file:
            os.fsync(file.fileno())

    def sync_folder(self, name: str) -> None:
        """Make the names in a folder durable. Windows has no such call: there a rename is durable by itself."""
        if os.name == "nt":
            return
        descriptor = os.open(self.root / name, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def replace(self, name: str, by: str) -> None:
        """Give the file `by` the name `name`, in one step."""
        (self.root / by).replace(self.root / name)

    def remove(self, name: str) -> None:
        """Remove a file; nothing happens where there is none."""
        (self.root / name).unlink(missing_ok=True)

    def list(self, folder: str) -> tuple[str, ...]:
        """The names of the files in a folder, sorted."""
        path = self.root / folder
        return tuple(sorted(entry.name for entry in path.iterdir() if entry.is_file())) if path.is_dir() else ()

    def make_folder(self, name: str) -> None:
        """Make a folder and those above it, durably."""
        path = self.root / name
        missing = [folder for folder in (path, *path.parents) if not folder.exists()]
        path.mkdir(parents=True, exist_ok=True)
        for folder in missing:
            self.sync_folder(str(folder.parent.absolute()))

    def lock(self, name: str) -> Callable[[], None] | None:
        """Take the operating system's lock on a file, without waiting; None where another holds it."""
        from filelock import FileLock, Timeout  # noqa: PLC0415 - 20 ms that only an apply pays

        lock = FileLock(self.root / name, timeout=0, thread_local=False, fallback_to_soft=False)
        try:
            lock.acquire()
        except Timeout:
            return None
        return lock.release
