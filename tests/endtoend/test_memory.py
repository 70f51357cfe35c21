"""What a machine remembers is its owner's alone, and where nothing can be kept the run goes on."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from reconciler.msgraph.auth import FORGETFUL
from reconciler.operations.edges.memory import FileMemory, machine_memory


def test_what_was_kept_is_there_again_and_readable_by_its_owner_alone(tmp_path: Path) -> None:
    memory = FileMemory(tmp_path / "below" / "state")
    assert memory.recall("account") == ""
    memory.keep("account", "first")
    memory.keep("account", "second")
    assert memory.recall("account") == "second"
    (file,) = memory.folder.iterdir()
    assert os.name == "nt" or (file.stat().st_mode & 0o077, memory.folder.stat().st_mode & 0o077) == (0, 0)


def test_a_place_that_takes_nothing_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    memory = FileMemory(tmp_path / "file" / "state")
    memory.keep("account", "text")
    assert memory.recall("account") == ""


@pytest.mark.skipif(os.name == "nt", reason="Windows has one place")
def test_it_stands_where_the_system_wants_such_things() -> None:
    assert machine_memory({"HOME": "/nowhere/ann"}) == FileMemory(Path("/nowhere/ann/.local/state/reconciler"))
    assert machine_memory({"HOME": "/nowhere/ann", "XDG_STATE_HOME": "/s"}) == FileMemory(Path("/s/reconciler"))
    assert machine_memory({}) is FORGETFUL
