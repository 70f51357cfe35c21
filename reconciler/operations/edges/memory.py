"""What a person's machine remembers for this program beside any spec: which account signed in."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from reconciler.msgraph.auth import FORGETFUL, Memory

_MOST = 65_536


class FileMemory(Struct, frozen=True):
    """A folder of small files that only their owner can read. What cannot be read or written is forgotten."""

    folder: Path

    def recall(self, name: str) -> str:
        """The text of a name; "" where there is none."""
        try:
            with (self.folder / name).open("rb") as file:
                return file.read(_MOST).decode("utf-8", "replace")
        except OSError:
            return ""

    def keep(self, name: str, text: str) -> None:
        """Keep a text under a name; a reader sees the old one or the new one."""
        beside = self.folder / f"{name}.{os.getpid()}"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(text.encode())
            beside.replace(self.folder / name)
        except OSError:
            with suppress(OSError):
                beside.unlink(missing_ok=True)


def machine_memory(environment: Mapping[str, str]) -> Memory:
    """The memory of this user on this machine, where its system wants such things; none for a user without a home."""
    if sys.platform == "win32":
        base = environment.get("LOCALAPPDATA", "")
    else:
        home = environment.get("HOME", "")
        base = environment.get("XDG_STATE_HOME") or (f"{home}/.local/state" if home else "")
    return FileMemory(Path(base) / "reconciler") if base else FORGETFUL
