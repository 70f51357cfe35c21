"""What the emulator needs of the world outside: time, and things that are different each time."""

from __future__ import annotations

import asyncio
import random
import secrets
import uuid
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Time as the service sees it."""

    def now(self) -> datetime:
        """The present, aware and in UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Come back after so many seconds of this clock."""
        ...


class Ids(Protocol):
    """Everything that must not be guessed or repeated."""

    def uuid(self) -> str:
        """A new GUID in small letters."""
        ...

    def token_bytes(self, count: int) -> bytes:
        """So many random bytes, fit for keys and nonces."""
        ...

    def random(self) -> float:
        """A number from 0 up to, not including, 1; decides whether a fault strikes and how a batch is ordered."""
        ...


class SystemClock:
    """The computer's own clock."""

    def now(self) -> datetime:
        """The present, aware and in UTC."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Let other tasks run for so many seconds."""
        await asyncio.sleep(seconds)


class SystemIds:
    """The operating system's randomness."""

    def uuid(self) -> str:
        """A random GUID."""
        return str(uuid.uuid4())

    def token_bytes(self, count: int) -> bytes:
        """So many bytes of the operating system's randomness."""
        return secrets.token_bytes(count)

    def random(self) -> float:
        """A number from 0 up to 1."""
        return random.random()  # noqa: S311 (faults and orders, no secret)


class SeededIds:
    """The same ids in the same order for the same seed: for tests and simulations, never for a service with secrets."""

    def __init__(self, seed: int) -> None:
        self._source = random.Random(seed)  # noqa: S311 (repeatable on purpose)

    def uuid(self) -> str:
        """The next GUID of the sequence."""
        return str(uuid.UUID(int=self._source.getrandbits(128), version=4))

    def token_bytes(self, count: int) -> bytes:
        """The next bytes of the sequence."""
        return self._source.randbytes(count)

    def random(self) -> float:
        """The next number of the sequence."""
        return self._source.random()


class ShiftedClock:
    """A clock that a caller can move; what sleeps is not woken by that."""

    def __init__(self, base: Clock, seconds: float = 0.0) -> None:
        self._base = base
        self._shift = timedelta(seconds=seconds)

    def now(self) -> datetime:
        """The present of the clock below, moved by the shift."""
        return self._base.now() + self._shift

    async def sleep(self, seconds: float) -> None:
        """Sleep on the clock below."""
        await self._base.sleep(seconds)

    def advance(self, seconds: float) -> float:
        """Move by so many seconds, back only while nothing has happened yet; gives the whole shift in seconds."""
        self._shift += timedelta(seconds=seconds)
        return self.shift

    @property
    def shift(self) -> float:
        """By how many seconds it is ahead of the clock below; less than 0 where it is behind."""
        return self._shift.total_seconds()
