"""Files in memory that know what a crash would leave: synced bytes, synced names, and as much of the rest as it likes.

`Power` counts every operation and cuts at the one it is told; from then on nothing works any more. `after_crash` gives
what a machine finds when it comes up again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum


class PowerCut(BaseException):
    """The machine went down. No code of the program may survive it."""


class Luck(Enum):
    """What of unsynced writes a crash leaves: nothing, everything, or the first half of each."""

    LOST = "lost"
    KEPT = "kept"
    TORN = "torn"


@dataclass
class Power:
    """Goes off at the operation number `cut`, counted from 1; None never."""

    cut: int | None = None
    used: int = 0

    def tick(self) -> None:
        self.used += 1
        if self.cut is not None and self.used >= self.cut:
            raise PowerCut


@dataclass
class Content:
    """One file's bytes, and those of them that are durable."""

    now: bytes = b""
    durable: bytes = b""

    def left(self, luck: Luck) -> bytes:
        match luck:
            case Luck.LOST:
                return self.durable
            case Luck.KEPT:
                return self.now
            case Luck.TORN if self.now.startswith(self.durable):
                return self.now[: (len(self.durable) + len(self.now) + 1) // 2]
        return self.now


@dataclass
class MemoryAppender:
    files: MemoryFiles
    content: Content

    def write(self, content: bytes) -> None:
        self.files.power.tick()
        if self.files.full:
            self.content.now += content[: len(content) // 2]
            raise OSError(28, "No space left on device")
        self.content.now += content

    def sync(self) -> None:
        self.files.power.tick()
        self.content.durable = self.content.now

    def close(self) -> None:
        pass


@dataclass
class MemoryFiles:
    """Implements `Files`."""

    power: Power = field(default_factory=Power)
    names: dict[str, Content] = field(default_factory=dict)
    durable_names: dict[str, Content] = field(default_factory=dict)
    locks: set[str] = field(default_factory=set)
    full: bool = False

    def read(self, name: str) -> bytes | None:
        self.power.tick()
        return self.names[name].now if name in self.names else None

    def write(self, name: str, content: bytes) -> None:
        self.power.tick()
        self.names[name] = Content(content)

    def append(self, name: str) -> MemoryAppender:
        self.power.tick()
        return MemoryAppender(self, self.names.setdefault(name, Content()))

    def truncate(self, name: str, size: int) -> None:
        self.power.tick()
        self.names[name].now = self.names[name].now[:size]

    def sync(self, name: str) -> None:
        self.power.tick()
        self.names[name].durable = self.names[name].now

    def sync_folder(self, name: str) -> None:
        self.power.tick()
        inside = {path: content for path, content in self.names.items() if path.rpartition("/")[0] == name}
        outside = {path: content for path, content in self.durable_names.items() if path.rpartition("/")[0] != name}
        self.durable_names = {**outside, **inside}

    def replace(self, name: str, by: str) -> None:
        self.power.tick()
        self.names[name] = self.names.pop(by)

    def remove(self, name: str) -> None:
        self.power.tick()
        self.names.pop(name, None)

    def list(self, folder: str) -> tuple[str, ...]:
        self.power.tick()
        inside = (path.rpartition("/") for path in self.names)
        return tuple(sorted(name for above, _, name in inside if above == folder))

    def make_folder(self, name: str) -> None:
        self.power.tick()

    def lock(self, name: str) -> Callable[[], None] | None:
        self.power.tick()
        if name in self.locks:
            return None
        self.locks.add(name)
        return lambda: self.locks.discard(name)

    def after_crash(self, luck: Luck, power: Power | None = None) -> MemoryFiles:
        """What the next run finds. Names that were not synced are lost or kept as a whole."""
        names = self.durable_names if luck is Luck.LOST else self.names
        left = {name: Content(content.left(luck), content.left(luck)) for name, content in names.items()}
        return MemoryFiles(power or Power(), left, dict(left))
