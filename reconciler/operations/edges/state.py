"""Where the state of a service is kept, as the spec says, and the lock on it for one run."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec.structs import replace

from reconciler.errors import ReconcilerError, Refused
from reconciler.ledger.stores.directory import DirectoryStore
from reconciler.ledger.stores.interface import Store
from reconciler.model.finding import Finding, Severity
from reconciler.model.ports import Chance, Clock
from reconciler.model.rule import Rule
from reconciler.model.spec import Spec
from reconciler.operations.edges.files import DiskFiles

STATE_FOLDER = ".reconciler"
"""Below the spec's root; a part that begins with a dot, so that no spec file is looked for in it."""

GIT_REF = "gitRef:"

NO_STORE = Rule(
    "EPR427",
    "The state can be kept where the spec says",
    "Without its ledger a run knows neither what was applied nor what a broken run left open, so none begins.",
)

ONE_CLONE = Rule(
    "EPR428",
    "A git reference that holds state goes to a remote",
    "In a repository without a remote the reference is in one clone only: no other machine sees what was applied.",
    Severity.NOTE,
)


LEFT_BEHIND = Rule(
    "EPR436",
    "A ledger moves with the place where the spec keeps it",
    "A ledger that begins anew knows neither what was applied nor what drifted, and removes nothing: whoever changes "
    "`state` has to take along what is on record, or say that it is not wanted.",
    Severity.WARNING,
)


def store_of(root: Path, spec: Spec, service: str) -> tuple[Store, tuple[Finding, ...]]:
    """The state of a service where the spec keeps it, and notes on it. Raises Refused where it cannot be kept there."""
    beside = store_beside(root, service)
    if not spec.store.startswith(GIT_REF):
        return beside, ()
    store, notes = store_in_git(root, spec, spec.store.removeprefix(GIT_REF), service)
    return store, (*notes, *_left_behind(spec, beside, store))


def store_beside(root: Path, service: str) -> Store:
    """The state of a service in the folder beside the spec, wherever the spec keeps it."""
    folder = root / STATE_FOLDER
    return DirectoryStore(DiskFiles(folder), service, str(folder / service))


def refuse_to_begin_anew(notes: Iterable[Finding]) -> None:
    """Raise Refused where notes tell that a ledger was left behind, before somebody makes another one."""
    left = tuple(replace(note, severity=Severity.ERROR) for note in notes if note.rule == LEFT_BEHIND.id)
    if left:
        raise Refused("the ledger would begin anew, so nothing was done", left)


def _left_behind(spec: Spec, beside: Store, store: Store) -> Iterator[Finding]:
    if beside.read() is None or store.read() is not None:
        return
    yield LEFT_BEHIND.finding(
        f"the ledger is still in {beside.where}, and none is in {store.where}",
        place=spec.store_place,
        hint="take it along: reconciler state migrate; or remove that folder, and the next apply begins anew",
    )


def store_here(root: Path, spec: Spec, service: str) -> Store:
    """The state of a service as this machine knows it, without asking a remote. Raises GitUnusable."""
    if not spec.store.startswith(GIT_REF):
        return store_beside(root, service)
    from reconciler.ledger.stores.git_ref import GitRefStore  # noqa: PLC0415 - most state is in a directory
    from reconciler.operations.edges.git import opened  # noqa: PLC0415 - the same

    repository = opened(root, spec.store.removeprefix(GIT_REF), os.environ)
    repository.remote = ""
    return GitRefStore(repository, DiskFiles(repository.folder), service)


def store_in_git(root: Path, spec: Spec, reference: str, service: str) -> tuple[Store, tuple[Finding, ...]]:
    """The state of a service in a git reference, and notes on it. Raises Refused where it cannot be kept there."""
    from reconciler.ledger.stores.git_ref import GitRefStore  # noqa: PLC0415 - most state is in a directory
    from reconciler.operations.edges.git import opened  # noqa: PLC0415 - the same

    try:
        repository = opened(root, reference, os.environ)
    except ReconcilerError as error:
        raise _refused(spec, f"the state cannot be kept in {reference}: {error.message}", error.hint) from error
    notes: tuple[Finding, ...] = ()
    if not repository.remote:
        text = f"the state is in {repository.where} only: the repository has no remote"
        hint = "add one, and the next apply pushes the reference there: git remote add origin URL"
        notes = (ONE_CLONE.finding(text, place=spec.store_place, hint=hint),)
    return GitRefStore(repository, DiskFiles(repository.folder), service), notes


def _refused(spec: Spec, text: str, hint: str) -> Refused:
    finding = NO_STORE.finding(text, place=spec.store_place, hint=hint)
    return Refused("there is no place for the state, so nothing was done", (finding,))


@contextmanager
def held(store: Store, clock: Clock, chance: Chance) -> Iterator[tuple[Finding, ...]]:
    """Hold the store's lock. Gives a note where an earlier run died with it. Raises LockHeld."""
    from reconciler.ledger.lock import locked  # noqa: PLC0415 - whoever only reads takes no lock

    with locked(store, clock, chance, host=socket.gethostname(), pid=os.getpid()) as notes:
        yield notes
