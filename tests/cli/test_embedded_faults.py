"""A database that the embedded emulator cannot use is told with the way out that loses nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from reconciler.errors import ExitCode
from tests.conftest import ROOT, Reconciler


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    return Path(
        shutil.copytree(ROOT / "examples" / "minimal", tmp_path / "spec", ignore=shutil.ignore_patterns(".reconciler"))
    )


def test_what_is_no_database_can_be_taken_away(reconciler: Reconciler, spec: Path) -> None:
    (spec / ".reconciler").mkdir()
    (spec / ".reconciler" / "emulator.db").write_bytes(b"no database\n" * 100)
    ran = reconciler("plan", str(spec))
    assert ran.code == ExitCode.ERROR
    assert "begin with the seed again" in ran.err


def test_what_cannot_be_opened_must_not_be_taken_away(reconciler: Reconciler, spec: Path) -> None:
    (spec / ".reconciler" / "emulator.db").mkdir(parents=True)
    ran = reconciler("plan", str(spec))
    assert ran.code == ExitCode.ERROR
    assert "may be written" in ran.err
    assert "remove" not in ran.err
