"""What a saved plan is written to: a file as a whole; what is no file of its own stays what it was."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from reconciler.errors import ReconcilerError
from reconciler.operations.edges.plan_files import write_plan
from tests.conftest import Reconciler


def test_a_pipe_or_a_device_is_written_to_and_never_replaced(tmp_path: Path) -> None:
    """`--out /dev/stdout`, run by root, must not turn the device into a file."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
    try:
        write_plan(pipe, "{}\n")
        assert os.read(reader, 10) == b"{}\n"
    finally:
        os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_link_stays_a_link_and_its_file_is_replaced(tmp_path: Path) -> None:
    """The file may lie in another folder than the link."""
    (tmp_path / "plans").mkdir()
    link = tmp_path / "latest"
    link.symlink_to("plans/one.json")
    write_plan(link, "{}\n")
    assert link.is_symlink()
    assert (tmp_path / "plans" / "one.json").read_text(encoding="utf-8") == "{}\n"


def test_a_folder_that_does_not_exist_is_told(tmp_path: Path) -> None:
    """Nothing is left behind, and the message names the path."""
    with pytest.raises(ReconcilerError, match="cannot be written"):
        write_plan(tmp_path / "missing" / "plan.json", "{}\n")


@pytest.mark.parametrize(
    ("content", "rule"), [("{", "EPR191"), ('{"version": 99}', "EPR192"), ('{"version": 1}', "EPR191")]
)
@pytest.mark.parametrize("words", [("show",), ("apply", "--yes")], ids=["show", "apply"])
def test_a_file_that_is_no_plan_is_told_once(
    tmp_path: Path, reconciler: Reconciler, words: tuple[str, ...], content: str, rule: str
) -> None:
    file = tmp_path / "change.plan.json"
    file.write_text(content, encoding="utf-8")
    ran = reconciler(*words, str(file))
    fault, *_, total = ran.err.splitlines()
    assert (ran.code, ran.out) == (1, "")
    assert fault.startswith(f"error {rule}: ")
    assert ran.err.count(fault.partition(": ")[2]) == 1
    assert total == f"reconciler: {file} cannot be used as a plan"
