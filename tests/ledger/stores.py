"""The stores that must all keep the same promises. A new store joins by one line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from reconciler.ledger.stores.directory import DirectoryStore
from reconciler.ledger.stores.interface import Store
from reconciler.operations.edges.files import DiskFiles
from tests.ledger.memory_files import MemoryFiles


def _directory_on_disk(folder: Path) -> Callable[[], Store]:
    return lambda: DirectoryStore(DiskFiles(folder), "emulator", str(folder / "emulator"))


def _directory_in_memory(folder: Path) -> Callable[[], Store]:
    files = MemoryFiles()
    return lambda: DirectoryStore(files, "emulator", "memory")


STORES: Mapping[str, Callable[[Path], Callable[[], Store]]] = {
    "directory on disk": _directory_on_disk,
    "directory in memory": _directory_in_memory,
}
"""By name, what makes a place, and then opens that place as often as it is called: as other processes would."""
