"""Files as the state needs them, as a protocol, so that a simulation can own every byte and every sync.

Names are relative, with `/` between their parts. Nothing is durable until it is synced: the content of a file by its
own sync, its name by that of the folder. Every method may raise OSError.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class Appender(Protocol):
    """A file that is open for writing at its end."""

    def write(self, content: bytes) -> None:
        """Add bytes at the end. They are not durable yet."""

    def sync(self) -> None:
        """Make everything that was written durable."""

    def close(self) -> None:
        """Let go of the file."""


class Files(Protocol):
    """A folder of files."""

    def read(self, name: str) -> bytes | None:
        """The content of a file; None where there is none."""

    def write(self, name: str, content: bytes) -> None:
        """Write a file from its first byte, without a sync. A reader may see a part of it: write beside, replace."""

    def append(self, name: str) -> Appender:
        """Open a file at its end; it is made where it does not exist."""

    def truncate(self, name: str, size: int) -> None:
        """Cut a file to its first `size` bytes, without a sync."""

    def sync(self, name: str) -> None:
        """Make the content of a file durable."""

    def sync_folder(self, name: str) -> None:
        """Make the names in a folder durable. Does nothing where the platform has no such call."""

    def replace(self, name: str, by: str) -> None:
        """Give the file `by` the name `name`, in one step, whether or not `name` exists."""

    def remove(self, name: str) -> None:
        """Remove a file; nothing happens where there is none."""

    def list(self, folder: str) -> tuple[str, ...]:
        """The names of the files in a folder, sorted, without the folder; empty where there is no such folder."""

    def make_folder(self, name: str) -> None:
        """Make a folder and those above it, durably; nothing happens where it exists."""

    def lock(self, name: str) -> Callable[[], None] | None:
        """Take the operating system's lock on a file, without waiting, and give what lets go of it.

        None where another process, or another caller of this one, holds it. The lock ends with the process.
        """
