"""What is given on the command line as a file, or as standard input where the name is a dash."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from reconciler.errors import UsageError

_DASH = Path("-")


def content_of(path: Path) -> bytes:
    """Everything that a file holds. Raises UsageError where there is none."""
    if path == _DASH:
        return sys.stdin.buffer.read()
    try:
        return path.read_bytes()
    except (FileNotFoundError, IsADirectoryError):
        raise UsageError(f"there is no file {path}", hint="a dash, -, reads standard input") from None


def lines_of(path: Path) -> Iterator[bytes]:
    """The lines of a file, as they are read. Raises UsageError where there is none."""
    if path == _DASH:
        yield from sys.stdin.buffer
        return
    try:
        with path.open("rb") as file:
            yield from file
    except (FileNotFoundError, IsADirectoryError):
        raise UsageError(f"there is no file {path}", hint="a dash, -, reads standard input") from None
