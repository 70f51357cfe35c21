"""Saved plans: written whole, and read with every fault named."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from reconciler.errors import ReconcilerError, Refused, UsageError
from reconciler.model.codec import plan_from_json
from reconciler.model.documents import Json, Malformed, read_json
from reconciler.model.plan import Plan
from reconciler.model.reviewed import Reviewed, is_digest, reviewed_from_json

T = TypeVar("T")


def write_plan(path: Path, text: str) -> None:
    """Write a plan's document, whole or not at all. Raises ReconcilerError where the disk does not take it.

    A link stays a link, and a pipe or a device is written to: replacing `/dev/stdout` would break the machine.
    """
    beside = path.resolve().with_name(f".{path.name}.{os.getpid()}")
    try:
        if path.exists() and not path.is_file():
            path.write_text(text, encoding="utf-8")
            return
        beside.write_text(text, encoding="utf-8")
        beside.replace(path.resolve())
    except OSError as error:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise ReconcilerError(f"the plan cannot be written to {path}: {error.strerror or error}") from error


def read_plan(path: Path) -> Plan:
    """A saved plan. Raises ReconcilerError where the file cannot be read, Refused where it is no plan to be trusted."""
    return _read(path, plan_from_json)


def read_reviewed(words: str) -> Reviewed:
    """What was reviewed: a digest, or a file that `publish reviewed` or `plan --out` wrote.

    Raises UsageError for what only looks like a digest, else as `read_plan` does.
    """
    if is_digest(words):
        return Reviewed(words)
    if words.startswith("sha256:"):
        raise UsageError(f"--expect {words}: this is no digest", hint="it is `sha256:` and 64 hexadecimal digits")
    return _read(Path(words), reviewed_from_json)


def _read(path: Path, read: Callable[[Json], T]) -> T:
    try:
        return read(read_json(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise ReconcilerError(f"{path} cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise ReconcilerError(f"{path} is not a plan: it is not UTF-8 text") from error
    except Malformed as fault:
        raise Refused(f"{path} cannot be used as a plan", fault.findings) from fault
