"""A ledger that is taken along arrives whole and checked, or nothing that anybody would read has changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.errors import ReconcilerError
from reconciler.ledger.document import LedgerDamaged
from reconciler.ledger.journal import JournalDamaged
from reconciler.ledger.ledger import open_ledger
from reconciler.ledger.migration import migrate
from reconciler.ledger.stores.directory import DirectoryStore
from reconciler.ledger.stores.interface import Store
from reconciler.model.address import app
from reconciler.model.record import Intent
from tests.apply.fake_service import FakeChance, FakeClock
from tests.apply.runs import TENANT
from tests.ledger.memory_files import MemoryFiles
from tests.ledger.stores import STORES
from tests.ledger.test_ledger import APPLIED, PLAN
from tests.ledger.test_store_contract import ME

Opener = Callable[[], Store]


@pytest.fixture
def source() -> DirectoryStore:
    """A store with a ledger, a journal of several records, an open step and two snapshots."""
    store = DirectoryStore(MemoryFiles(), "emulator", "the old place")
    taken = store.lock(ME)
    ledger = open_ledger(store, "emulator", TENANT, FakeClock(), FakeChance())
    ledger.begin(PLAN, APPLIED)
    ledger.intend([Intent(PLAN.steps[0])])
    ledger.keep(app("a"), b"one")
    ledger.keep(app("b/c"), b"two")
    taken.release()
    return store


@pytest.fixture(params=STORES)
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Opener:
    return STORES[request.param](tmp_path)


def moved(source: Store, target: Store) -> None:
    taken = target.lock(ME)
    try:
        migrate(source, target, "emulator", TENANT)
    finally:
        taken.release()


def test_every_store_takes_a_ledger_along_byte_by_byte(source: Store, opened: Opener) -> None:
    moved(source, opened())
    target = opened()
    held, was = target.read(), source.read()
    assert held is not None
    assert was is not None
    assert (held.content, target.journal()) == (was.content, source.journal())
    assert {name: target.snapshot(name) for name in target.snapshots()} == {
        name: source.snapshot(name) for name in source.snapshots()
    }
    assert len(target.snapshots()) == 2
    ledger = open_ledger(target, "emulator", TENANT, FakeClock(), FakeChance())
    assert [each.step.id for each in ledger.open_steps] == [PLAN.steps[0].id]


def test_what_was_cut_short_is_done_again(source: Store, opened: Opener) -> None:
    first = opened()
    taken = first.lock(ME)
    first.append(source.journal()[:40])
    first.keep(source.snapshots()[0], b"half")
    taken.release()
    moved(source, opened())
    assert opened().journal() == source.journal()
    assert opened().snapshot(source.snapshots()[0]) == source.snapshot(source.snapshots()[0])


def test_a_torn_end_of_the_journal_stays_behind(source: DirectoryStore, opened: Opener) -> None:
    whole = source.journal()
    taken = source.lock(ME)
    source.append(b'{"previous":"')
    taken.release()
    moved(source, opened())
    assert opened().journal() == whole


def test_where_there_is_a_ledger_nothing_is_written_over(source: Store, opened: Opener) -> None:
    opened().swap(b"mine", None)
    with pytest.raises(ReconcilerError, match=r"there is a ledger in .* already"):
        moved(source, opened())
    held = opened().read()
    assert held is not None
    assert held.content == b"mine"
    assert opened().journal() == b""
    assert opened().snapshots() == ()


def test_a_journal_that_is_another_one_is_not_written_over(source: Store, opened: Opener) -> None:
    first = opened()
    taken = first.lock(ME)
    first.append(b"mine\n")
    taken.release()
    with pytest.raises(ReconcilerError, match="already"):
        moved(source, opened())
    assert opened().journal() == b"mine\n"


def broken_ledger(store: DirectoryStore) -> None:
    held = store.read()
    assert held is not None
    store.swap(held.content.replace(b'"HR"', b'"IT"'), held.revision)


def broken_journal(store: DirectoryStore) -> None:
    content = store.journal()
    taken = store.lock(ME)
    store.cut(0)
    store.append(content.replace(b'"kind":"begin"', b'"kind":"bogus"', 1))
    taken.release()


def broken_snapshot(store: DirectoryStore) -> None:
    store.keep(store.snapshots()[0], b"something else")


@pytest.mark.parametrize(
    ("harm", "error", "why"),
    [
        (broken_ledger, LedgerDamaged, "the ledger in the old place is damaged"),
        (broken_journal, JournalDamaged, "the journal in the old place is damaged"),
        (broken_snapshot, LedgerDamaged, "is not as it was written"),
    ],
)
def test_what_is_damaged_is_not_taken_along(
    source: DirectoryStore, harm: Callable[[DirectoryStore], None], error: type[ReconcilerError], why: str
) -> None:
    harm(source)
    target = DirectoryStore(MemoryFiles(), "emulator", "the new place")
    with pytest.raises(error, match=why):
        moved(source, target)
    assert (target.read(), target.journal(), target.snapshots()) == (None, b"", ())


def test_the_ledger_of_another_tenant_is_not_taken_along(source: DirectoryStore) -> None:
    target = DirectoryStore(MemoryFiles(), "emulator", "the new place")
    with pytest.raises(LedgerDamaged, match="is that of service emulator"):
        migrate(source, target, "emulator", "another")


def test_a_place_that_does_not_hold_what_it_was_given_is_found_out(source: DirectoryStore) -> None:
    class Forgetful(DirectoryStore):
        def snapshot(self, name: str) -> bytes | None:
            return b"" if DirectoryStore.snapshot(self, name) else None

    with pytest.raises(ReconcilerError, match="the new place does not hold what was written to it"):
        moved(source, Forgetful(MemoryFiles(), "emulator", "the new place"))
