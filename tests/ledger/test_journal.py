"""The journal: no record can change, move or vanish unseen, and a torn end is no damage."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.errors import ReconcilerError
from reconciler.ledger.head import Head
from reconciler.ledger.journal import JournalDamaged, open_journal, read
from reconciler.ledger.stores.directory import DirectoryStore
from tests.ledger.memory_files import MemoryFiles

AT = "2026-11-24T12:00:00+00:00"

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda below: st.lists(below, max_size=3), max_leaves=5
)
bodies = st.dictionaries(st.text(max_size=8).filter(lambda key: key not in {"at", "kind"}), json_values, max_size=4)
batches = st.lists(st.lists(st.tuples(st.sampled_from(["intent", "result"]), bodies), max_size=4), max_size=5)


def store() -> DirectoryStore:
    return DirectoryStore(MemoryFiles(), "emulator", "here")


def journal_of(*kinds: str) -> tuple[DirectoryStore, Head]:
    kept = store()
    journal, _ = open_journal(kept, Head())
    for number, kind in enumerate(kinds):
        journal.append(AT, [(kind, {"step": f"s{number}"})])
    return kept, journal.head


@settings(deadline=None, max_examples=50)
@given(batches)
def test_what_is_appended_is_read_back_in_order(written):
    kept = store()
    journal, _ = open_journal(kept, Head())
    for batch in written:
        journal.append(AT, batch)
    expected = [(kind, body) for batch in written for kind, body in batch]
    reading = read(kept.journal(), "here", journal.head)
    found = list(reading.records())
    assert [record.kind for record in found] == [kind for kind, _ in expected]
    assert [record.number for record in found] == list(range(1, len(expected) + 1))
    for record, (_, body) in zip(found, expected, strict=True):
        reserved = {"previous", "version", "number", "at", "kind", "hash"}
        assert {key: record.body[key] for key in body if key not in reserved} == {
            key: value for key, value in body.items() if key not in reserved
        }


@settings(deadline=None, max_examples=50)
@given(batches, batches)
def test_a_journal_that_is_opened_anew_goes_on_where_it_ended(first, second):
    kept = store()
    for batch in (*first, *second):
        journal, reading = open_journal(kept, Head())
        assert reading.torn == 0
        journal.append(AT, batch)
    assert read(kept.journal(), "here").head.number == sum(map(len, (*first, *second)))


def test_every_flipped_bit_of_what_the_ledger_has_seen_is_detected():
    kept, head = journal_of("begin", "intent", "result", "end")
    whole = kept.journal()
    for position in range(len(whole)):
        for bit in range(8):
            broken = bytearray(whole)
            broken[position] ^= 1 << bit
            with pytest.raises(ReconcilerError):
                read(bytes(broken), "here", head)


def test_a_flipped_byte_behind_what_the_ledger_has_seen_is_detected_or_loses_only_unseen_records():
    kept, _ = journal_of("begin", "intent", "result")
    whole = kept.journal()
    intact = read(whole, "here")
    seen = Head(1, intact.lines[0][-66:-2].decode())
    for position in range(len(intact.lines[0]) + 1, len(whole)):
        broken = bytearray(whole)
        broken[position] ^= 1
        try:
            reading = read(bytes(broken), "here", seen)
        except ReconcilerError:
            continue
        assert reading.head.number in (1, 2)
        assert reading.lines == intact.lines[: reading.head.number]
        assert reading.torn


def test_every_prefix_is_either_shorter_than_the_ledger_knows_or_loses_only_its_torn_end():
    kept, head = journal_of("begin", "intent", "result")
    whole = kept.journal()
    lines = whole.splitlines(keepends=True)
    for size in range(len(whole)):
        with pytest.raises(JournalDamaged, match="the ledger knows of 3"):
            read(whole[:size], "here", head)
        reading = read(whole[:size], "here")
        assert b"".join(line + b"\n" for line in reading.lines) == b"".join(lines[: reading.head.number])
        assert reading.size + reading.torn == size


@pytest.mark.parametrize("garbage", [b"\0" * 64, b"half a record", b"{}\n", b"\0\n"])
def test_a_torn_end_is_cut_before_more_is_written(garbage):
    kept, head = journal_of("begin", "intent")
    before = kept.journal()
    kept.append(garbage)
    journal, reading = open_journal(kept, head)
    assert reading.torn == len(garbage)
    assert kept.journal() == before
    journal.append(AT, [("result", {})])
    assert read(kept.journal(), "here").head == journal.head


@pytest.mark.parametrize(
    "change",
    [
        lambda lines: [lines[1], lines[0], *lines[2:]],
        lambda lines: [lines[0], lines[0], *lines[1:]],
        lambda lines: [lines[0], *lines[2:]],
        lambda lines: lines[1:],
        lambda lines: [*lines[:2], b"", *lines[2:]],
    ],
    ids=["swapped", "repeated", "taken out", "without its first", "with an empty line"],
)
def test_a_journal_of_other_records_is_refused_with_the_way_out(change):
    kept, _ = journal_of("begin", "intent", "result", "end")
    lines = kept.journal().splitlines()
    with pytest.raises(JournalDamaged, match="the journal in here is damaged: record") as damaged:
        read(b"\n".join(change(lines)) + b"\n", "here")
    assert "backup" in damaged.value.hint


def test_another_journal_of_the_same_length_is_not_the_one_the_ledger_knows():
    kept, _ = journal_of("begin", "intent")
    _, other = journal_of("begin", "result")
    with pytest.raises(JournalDamaged, match="record 2 is not the one that the ledger knows"):
        read(kept.journal(), "here", other)


def test_a_journal_of_a_newer_version_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("reconciler.ledger.journal.VERSION", 2)
    kept, _ = journal_of("begin")
    monkeypatch.undo()
    with pytest.raises(ReconcilerError, match="newer version"):
        read(kept.journal(), "here")


def test_an_append_that_failed_is_cut_before_the_next():
    kept, _ = journal_of("begin")
    journal, _ = open_journal(kept, Head())
    kept.files.full = True
    with pytest.raises(ReconcilerError, match="no space left"):
        journal.append(AT, [("intent", {})])
    kept.files.full = False
    journal.append(AT, [("result", {})])
    assert [record.kind for record in read(kept.journal(), "here").records()] == ["begin", "result"]


def test_nothing_to_append_writes_nothing():
    kept, head = journal_of("begin")
    journal, _ = open_journal(kept, head)
    before = kept.journal()
    journal.append(AT, [])
    assert kept.journal() == before


@pytest.mark.parametrize("name", ["é ☃ \u2028", "half a pair \ud83d", '"\\ \n'])
def test_whatever_a_live_name_holds_is_read_back(name: str):
    kept, _ = journal_of("begin")
    journal, reading = open_journal(kept, Head())
    journal.append(AT, [("intent", {"name": name})])
    (record,) = read(kept.journal(), "here", journal.head).records(len(reading.lines))
    assert record.body["name"] == name
    assert kept.journal().count(b"\n") == 2
