"""What every store promises, whatever it is made of."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.errors import LockHeld
from reconciler.ledger.stores.interface import Holder, Store, StoreMoved
from tests.ledger.stores import STORES

ME = Holder("host-a", 1, "2026-11-24T12:00:00+00:00", "1" * 32)
YOU = Holder("host-a", 2, "2026-11-24T12:05:00+00:00", "2" * 32)
ELSEWHERE = Holder("host-b", 1, "2026-11-24T12:05:00+00:00", "3" * 32)

Opener = Callable[[], Store]


@pytest.fixture(params=STORES)
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Opener:
    return STORES[request.param](tmp_path)


def test_a_new_store_is_empty(opened: Opener):
    store = opened()
    assert store.read() is None
    assert store.journal() == b""
    assert store.snapshots() == ()
    assert store.snapshot("none.json") is None


def test_a_ledger_that_was_written_is_read_by_others(opened: Opener):
    revision = opened().swap(b"one", None)
    held = opened().read()
    assert held is not None
    assert (held.content, held.revision) == (b"one", revision)


def test_a_ledger_is_written_over_the_revision_that_was_read_and_no_other(opened: Opener):
    store = opened()
    first = store.swap(b"one", None)
    second = opened().swap(b"two", first)
    for stale in (first, None, "nonsense"):
        with pytest.raises(StoreMoved, match="changed while this run"):
            store.swap(b"three", stale)
    held = store.read()
    assert held is not None
    assert held.content == b"two"
    assert first != second


def test_a_journal_grows_and_is_read_by_others(opened: Opener):
    store = opened()
    taken = store.lock(ME)
    store.append(b"a\n")
    store.append(b"b\nc\n")
    taken.release()
    assert opened().journal() == b"a\nb\nc\n"


def test_a_torn_end_is_cut_and_what_follows_stands_in_its_place(opened: Opener):
    store = opened()
    taken = store.lock(ME)
    store.append(b"a\nbroken")
    store.cut(2)
    assert store.journal() == b"a\n"
    store.append(b"b\n")
    taken.release()
    assert opened().journal() == b"a\nb\n"


def test_snapshots_are_kept_by_name(opened: Opener):
    store = opened()
    store.keep("b.json", b"2")
    store.keep("a.json", b"0")
    store.keep("a.json", b"1")
    assert opened().snapshots() == ("a.json", "b.json")
    assert opened().snapshot("a.json") == b"1"


def test_a_second_run_is_told_who_holds_the_lock_and_since_when(opened: Opener):
    taken = opened().lock(ME)
    with pytest.raises(LockHeld, match=r"process 1 on host-a since 2026-11-24T12:00:00"):
        opened().lock(YOU)
    taken.release()
    opened().lock(YOU).release()


def test_a_lock_that_was_given_back_leaves_nothing_to_report(opened: Opener):
    opened().lock(ME).release()
    assert opened().lock(YOU).abandoned is None


def test_a_lock_may_be_given_back_twice_and_not_for_another(opened: Opener):
    first = opened().lock(ME)
    first.release()
    second = opened().lock(YOU)
    first.release()
    with pytest.raises(LockHeld, match="process 2"):
        opened().lock(ME)
    second.release()


def test_a_lock_is_taken_away_only_from_a_run_that_is_not_alive_here(opened: Opener):
    store = opened()
    assert store.unlock() is None
    taken = store.lock(ME)
    taken.release()
    assert store.unlock() is None
    opened().lock(YOU).release()


def test_a_block_in_which_nothing_is_written_writes_nothing(opened: Opener):
    store = opened()
    with store.together():
        assert store.journal() == b""
    assert store.read() is None
