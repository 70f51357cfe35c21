"""The store that is a folder: dead holders, other hosts, and disks that fail."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from reconciler.errors import LockHeld, ReconcilerError
from reconciler.ledger.stores.directory import DirectoryStore
from reconciler.ledger.stores.interface import Holder
from reconciler.operations.edges.files import DiskFiles
from tests.ledger.memory_files import Luck, MemoryFiles
from tests.ledger.test_store_contract import ELSEWHERE, ME, YOU

HOLD = """
import sys, time
from pathlib import Path
from reconciler.ledger.stores.directory import DirectoryStore
from reconciler.ledger.stores.interface import Holder
from reconciler.operations.edges.files import DiskFiles
store = DirectoryStore(DiskFiles(Path(sys.argv[1])), "emulator", "there")
taken = store.lock(Holder("host-a", 77, "2026-11-24T11:00:00+00:00", "7" * 32))
print("held", flush=True)
time.sleep(600)
"""


def store_in(folder: Path) -> DirectoryStore:
    return DirectoryStore(DiskFiles(folder), "emulator", ".reconciler/emulator")


def test_a_dead_holder_of_this_host_is_taken_over_and_named(tmp_path: Path):
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(HOLD), str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    with pytest.raises(LockHeld, match="process 77 on host-a"):
        store_in(tmp_path).lock(ME)
    with pytest.raises(LockHeld, match="process 77 on host-a"):
        store_in(tmp_path).unlock()
    process.kill()
    process.wait()
    process.stdout.close()
    taken = store_in(tmp_path).lock(ME)
    assert taken.abandoned == Holder("host-a", 77, "2026-11-24T11:00:00+00:00", "7" * 32)
    taken.release()


def test_a_holder_of_another_host_is_never_taken_over():
    files = MemoryFiles()
    DirectoryStore(files, "emulator", "here").lock(ELSEWHERE)
    files.locks.clear()
    with pytest.raises(LockHeld, match="on host-b") as held:
        DirectoryStore(files, "emulator", "here").lock(ME)
    assert "reconciler state unlock" in held.value.hint
    assert files.locks == set()


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b'{"host": 1, "pid": "x", "start": "", "token": ""}', b"\xff"])
def test_a_holder_that_cannot_be_read_is_no_reason_to_stop(content: bytes):
    files = MemoryFiles()
    files.write("emulator/holder.json", content)
    assert DirectoryStore(files, "emulator", "here").lock(ME).abandoned is None


def test_the_holder_is_kept_as_json_for_a_person_to_read(tmp_path: Path):
    taken = store_in(tmp_path).lock(YOU)
    assert json.loads((tmp_path / "emulator" / "holder.json").read_text())["pid"] == 2
    taken.release()
    assert not (tmp_path / "emulator" / "holder.json").exists()


@pytest.mark.parametrize("luck", Luck)
def test_a_cut_at_any_moment_of_a_write_leaves_the_ledger_before_or_after(luck: Luck):
    from tests.ledger.memory_files import Power, PowerCut

    files = MemoryFiles()
    before = DirectoryStore(files, "emulator", "here").swap(b"before", None)
    for cut in range(1, 20):
        power = Power(cut)
        broken = files.after_crash(Luck.KEPT, power)
        try:
            DirectoryStore(broken, "emulator", "here").swap(b"after", before)
        except PowerCut:
            left = DirectoryStore(broken.after_crash(luck), "emulator", "here").read()
            assert left is not None
            assert left.content in (b"before", b"after")
        else:
            left = DirectoryStore(broken.after_crash(luck), "emulator", "here").read()
            assert left is not None
            assert left.content == b"after"
            return
    pytest.fail("the write never ended")


def test_a_disk_that_fails_is_one_clear_error(tmp_path: Path):
    (tmp_path / "emulator").write_text("a file where the folder should be")
    with pytest.raises(ReconcilerError, match=r"cannot read the ledger in \.reconciler/emulator: not a directory"):
        store_in(tmp_path).swap(b"x", None)
    with pytest.raises(ReconcilerError, match="cannot write the journal"):
        store_in(tmp_path).append(b"x\n")


def test_the_first_lines_of_a_journal_survive_a_cut_as_every_later_line_does():
    files = MemoryFiles()
    store = DirectoryStore(files, "emulator", "here")
    store.append(b"a\n")
    assert DirectoryStore(files.after_crash(Luck.LOST), "emulator", "here").journal() == b"a\n"
    store.append(b"b\n")
    assert DirectoryStore(files.after_crash(Luck.LOST), "emulator", "here").journal() == b"a\nb\n"


def test_an_append_that_failed_lets_go_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    store = store_in(tmp_path)
    store.append(b"a\n")
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(5, "Input/output error")))
    with pytest.raises(ReconcilerError, match="input/output error"):
        store.append(b"b\n")
    monkeypatch.setattr(os, "fsync", real)
    store.cut(2)
    store.append(b"c\n")
    assert store_in(tmp_path).journal() == b"a\nc\n"
    store.lock(ME).release()
