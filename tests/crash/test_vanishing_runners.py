"""A runner vanishes with its disk at every push of an apply: the next one, in a new clone, finishes by reading.

The state is in a git reference of a real bare repository. Whatever was not pushed is gone; the service keeps what it was
told. A push that arrived and whose answer nobody heard is cut too.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from reconciler.apply.execute import execute
from reconciler.apply.recover import recover
from reconciler.ledger.journal import read
from reconciler.ledger.ledger import open_ledger
from reconciler.ledger.lock import locked
from reconciler.ledger.read import read_ledger
from reconciler.ledger.repository import Repository
from reconciler.ledger.stores.git_ref import GitRefStore
from reconciler.model.steps import AddMember, CreateGroup, RenameGroup
from reconciler.operations.edges import git
from reconciler.operations.edges.files import DiskFiles
from tests.apply.runs import AMS, HR, NEW, TENANT, Run, bindings, plan_of
from tests.ledger.memory_files import PowerCut
from tests.ledger.stores import REFERENCE, run_git

STEPS = ((CreateGroup(NEW, "New"), ()), (AddMember(AMS, NEW), (1,)), (RenameGroup(HR, "People", "HR"), ()))


@dataclass
class Vanishing:
    """A repository whose machine goes down at a push: before it arrives, or right after."""

    repository: Repository
    at: int
    arrives: bool
    pushes: int = 0

    def __getattr__(self, name: str) -> object:
        return getattr(self.repository, name)

    def advance(self, new: str, old: str | None, *, keep: bool) -> bool:
        self.pushes += 1
        if self.pushes > self.at:
            raise PowerCut
        moved = True
        if self.pushes < self.at or self.arrives:
            moved = self.repository.advance(new, old, keep=keep)
        if self.pushes == self.at:
            raise PowerCut
        return moved


@dataclass
class Tenant:
    """One service, and one remote that clones are made of."""

    run: Run
    folder: Path
    clones: Callable[[], int]

    def store(self, cut: int = 10_000, *, arrives: bool = True) -> GitRefStore:
        clone = self.folder / f"clone-{self.clones()}"
        run_git("clone", "-q", self.folder / "remote.git", clone)
        repository = git.opened(clone, REFERENCE, os.environ)
        return GitRefStore(Vanishing(repository, cut, arrives), DiskFiles(repository.folder), "emulator")  # type: ignore[arg-type]

    def apply(self, store: GitRefStore) -> None:
        """One `apply`: lock, recover, plan anew, execute."""
        run = self.run

        async def operate() -> None:
            with locked(store, run.clock, run.chance, host="runner", pid=1):
                ledger = open_ledger(store, "emulator", TENANT, run.clock, run.chance)
                known = bindings().merged(run.service.all_bindings())
                recovery = await recover(known, run.ports(ledger))
                left = [(step, ()) for step, _ in STEPS if not self._shows(step)]
                needs = {1: ((1,) if len(left) == 3 else ())}
                plan = plan_of(
                    *((step, needs.get(place, ())) for place, (step, _) in enumerate(left)),
                    digest=f"sha256:{run.chance.token()}",
                )
                if not plan.is_empty:
                    found = known.merged(recovery.bindings)
                    await execute(plan, run.service.state, found, ledger.applied, run.ports(ledger))

        asyncio.run(operate())

    def _shows(self, step: object) -> bool:
        from reconciler.apply.confirm import shows

        return shows(self.run.service.state, step) is True  # type: ignore[arg-type]


def tenant(folder: Path) -> Tenant:
    run_git("init", "-q", "--bare", folder / "remote.git")
    return Tenant(Run(), folder, count().__next__)


@pytest.mark.parametrize("arrives", [False, True], ids=["before the push", "after the push"])
def test_a_runner_that_vanishes_at_any_push_loses_nothing_that_the_next_cannot_find_out(tmp_path: Path, arrives: bool):
    for cut in count(1):
        here = tenant(tmp_path / str(cut)) if (tmp_path / str(cut)).mkdir() is None else None
        assert here is not None
        store = here.store(cut, arrives=arrives)
        try:
            here.apply(store)
        except PowerCut:
            after = here.store()
            after.unlock()
            here.run.clock.seconds += 60
            here.apply(after)
            check_finished(here)
            continue
        check_finished(here)
        assert cut > 5
        return


def check_finished(here: Tenant) -> None:
    """Each thing is there once, on record, and nobody holds the lock."""
    made = [step for step in here.run.service.performed if isinstance(step, CreateGroup)]
    assert len(made) == 1
    store = here.store()
    document = read_ledger(store, "emulator", TENANT)
    assert document.open == ()
    assert document.applied.cell(NEW, "displayName") != document.applied.cell(NEW, "nothing")
    assert read(store.journal(), "here", document.head).torn == 0
    assert store.unlock() is None
