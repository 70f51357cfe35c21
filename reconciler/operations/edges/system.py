"""The real clock and the real randomness."""

from __future__ import annotations

import asyncio
import random
import secrets
import time
from datetime import UTC, datetime

from msgspec import Struct


class SystemClock(Struct, frozen=True):
    """The machine's time."""

    def now(self) -> datetime:
        """The moment, aware and in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that never run backwards."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Let the time pass."""
        await asyncio.sleep(seconds)


class SystemChance(Struct, frozen=True):
    """The machine's randomness."""

    def uniform(self, low: float, high: float) -> float:
        """A number between low and high, for jitter."""
        return random.uniform(low, high)  # noqa: S311 - jitter, not a secret

    def token(self) -> str:
        """32 hexadecimal digits that nobody can guess."""
        return secrets.token_hex(16)


def below(count: int) -> int:
    """A whole number from 0 to count-1 that nobody can guess."""
    return secrets.randbelow(count)
