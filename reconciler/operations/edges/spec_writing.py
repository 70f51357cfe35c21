"""Write files of a spec: each one whole or not at all, and none through a link."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from reconciler.errors import ReconcilerError


def write_files(root: Path, contents: Mapping[str, bytes]) -> None:
    """Write files below `root` by name; folders are made. Every content lies beside its place before the first moves.

    Raises ReconcilerError where the disk does not take one of them: then none of them has changed, unless the disk
    failed between two renames.
    """
    ready: list[tuple[Path, Path]] = []
    try:
        for name, content in contents.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            beside = path.with_name(f".{path.name}.{os.getpid()}")
            ready.append((beside, path))
            _write(beside, content)
            if path.exists():
                shutil.copymode(path, beside)
        for beside, path in ready:
            beside.replace(path)
    except OSError as error:
        for beside, _ in ready:
            with suppress(OSError):
                beside.unlink(missing_ok=True)
        what = error.filename or root
        raise ReconcilerError(
            f"{what} cannot be written: {error.strerror or error}", hint="check who may write there, and the disk"
        ) from error


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
