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
    failed between two renames. Whoever stops it before the first moves stops all of it, and nothing is left beside.
    """
    ready: dict[Path, Path] = {}
    try:
        for name, content in contents.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            beside = path.with_name(f".{path.name}.{os.getpid()}")
            ready[beside] = path
            _write(beside, content)
            if path.exists():
                shutil.copymode(path, beside)
        for beside, path in ready.items():
            beside.replace(path)
    except OSError as error:
        named = Path(error.filename) if error.filename else root
        raise ReconcilerError(
            f"{ready.get(named, named)} cannot be written: {error.strerror or error}",
            hint="check who may write there, and the disk",
        ) from error
    finally:
        for beside in ready:
            with suppress(OSError):
                beside.unlink(missing_ok=True)


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
