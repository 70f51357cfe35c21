"""The stores that must all keep the same promises. A new store joins by one line here."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path

from reconciler.ledger.stores.directory import DirectoryStore
from reconciler.ledger.stores.git_ref import GitRefStore
from reconciler.ledger.stores.interface import Store
from reconciler.operations.edges import git
from reconciler.operations.edges.files import DiskFiles
from tests.ledger.memory_files import MemoryFiles


def _directory_on_disk(folder: Path) -> Callable[[], Store]:
    return lambda: DirectoryStore(DiskFiles(folder), "emulator", str(folder / "emulator"))


def _directory_in_memory(folder: Path) -> Callable[[], Store]:
    files = MemoryFiles()
    return lambda: DirectoryStore(files, "emulator", "memory")


REFERENCE = "refs/reconciler/contoso"


def run_git(*words: str | Path) -> str:
    """Run git as a person would, and give what it prints."""
    done = subprocess.run(["git", *map(str, words)], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def git_ref_store(clone: Path, service: str = "emulator") -> GitRefStore:
    """The store in a reference of the repository around a folder, as the program opens it."""
    repository = git.opened(clone, REFERENCE, os.environ)
    return GitRefStore(repository, DiskFiles(repository.folder), service)


def _git_ref_of_one_clone(folder: Path) -> Callable[[], Store]:
    run_git("init", "-q", folder / "alone")
    return lambda: git_ref_store(folder / "alone")


def _git_ref_at_a_remote(folder: Path) -> Callable[[], Store]:
    run_git("init", "-q", "--bare", folder / "remote.git")
    numbers = count()

    def open_in_a_new_clone() -> Store:
        clone = folder / f"clone-{next(numbers)}"
        run_git("clone", "-q", folder / "remote.git", clone)
        return git_ref_store(clone)

    return open_in_a_new_clone


STORES: Mapping[str, Callable[[Path], Callable[[], Store]]] = {
    "directory on disk": _directory_on_disk,
    "directory in memory": _directory_in_memory,
    "git reference of one clone": _git_ref_of_one_clone,
    "git reference at a remote": _git_ref_at_a_remote,
}
"""By name, what makes a place, and then opens that place as often as it is called: as other processes would."""
