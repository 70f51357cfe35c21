"""Files of a spec are written all or none, and nothing is left beside them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from reconciler.errors import ReconcilerError
from reconciler.operations.edges.spec_writing import write_files

BOTH = {"a.yaml": b"new a\n", "sub/b.yaml": b"new b\n"}


def held(root: Path) -> dict[str, bytes]:
    """Every file below a directory."""
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_every_file_is_written(tmp_path: Path) -> None:
    write_files(tmp_path, BOTH)
    assert held(tmp_path) == BOTH


@pytest.mark.parametrize("stopped", [KeyboardInterrupt(), OSError(28, "No space left on device")])
def test_who_stops_it_before_the_first_moves_stops_all_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stopped: BaseException
) -> None:
    (tmp_path / "a.yaml").write_bytes(b"old a\n")
    real = os.fsync
    calls: list[int] = []

    def second(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) == len(BOTH):
            raise stopped
        real(descriptor)

    monkeypatch.setattr(os, "fsync", second)
    with pytest.raises((KeyboardInterrupt, ReconcilerError)):
        write_files(tmp_path, BOTH)
    assert held(tmp_path) == {"a.yaml": b"old a\n"}


def test_what_cannot_be_written_is_named_as_the_user_knows_it(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").mkdir()
    with pytest.raises(ReconcilerError, match=r"a\.yaml cannot be written") as refusal:
        write_files(tmp_path, {"a.yaml": b"x"})
    assert str(os.getpid()) not in refusal.value.message
    assert held(tmp_path) == {}
