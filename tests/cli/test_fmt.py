"""`fmt`: files in their canonical form, whole or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from reconciler.errors import ExitCode
from tests.conftest import Reconciler


@pytest.fixture
def untidy(contoso: Path) -> Path:
    agents = contoso / "agents.yaml"
    agents.write_text(agents.read_text(encoding="utf-8").replace("  hr:\n", "  hr:   # ours\n\n\n"), encoding="utf-8")
    return contoso


def test_check_lists_what_differs_and_writes_nothing(reconciler: Reconciler, untidy: Path) -> None:
    before = (untidy / "agents.yaml").read_bytes()
    ran = reconciler("fmt", untidy, "--check")
    assert (ran.code, ran.out) == (ExitCode.CHANGES, "agents.yaml\n")
    assert (untidy / "agents.yaml").read_bytes() == before


def test_files_that_differ_are_rewritten_once(reconciler: Reconciler, untidy: Path) -> None:
    agents = untidy / "agents.yaml"
    agents.chmod(0o640)
    others = {path: path.stat().st_mtime_ns for path in untidy.rglob("*.yaml") if path != agents}
    ran = reconciler("fmt", untidy)
    assert (ran.code, ran.out) == (0, "agents.yaml\n")
    assert "  hr:   # ours\n    displayName: HR" in agents.read_text(encoding="utf-8")
    assert stat.S_IMODE(agents.stat().st_mode) == 0o640 or os.name == "nt"
    assert {path: path.stat().st_mtime_ns for path in others} == others
    assert reconciler("fmt", untidy, "--check").out == ""
    assert reconciler("fmt", untidy).code == 0


def test_nothing_is_written_where_a_file_cannot_be_read(reconciler: Reconciler, untidy: Path) -> None:
    before = (untidy / "agents.yaml").read_bytes()
    (untidy / "broken.yaml").write_text("a: [\n", encoding="utf-8")
    ran = reconciler("fmt", untidy)
    assert ran.code == ExitCode.ERROR
    assert "broken.yaml:2:1: error EPR107" in ran.err
    assert "nothing was formatted" in ran.err
    assert (untidy / "agents.yaml").read_bytes() == before


def test_a_disk_that_takes_nothing_is_named(reconciler: Reconciler, untidy: Path) -> None:
    blocker = untidy / f".agents.yaml.{os.getpid()}"
    blocker.mkdir()
    before = (untidy / "agents.yaml").read_bytes()
    ran = reconciler("fmt", untidy)
    assert ran.code == ExitCode.ERROR
    assert f"{untidy / 'agents.yaml'} cannot be written" in ran.err
    assert (untidy / "agents.yaml").read_bytes() == before
