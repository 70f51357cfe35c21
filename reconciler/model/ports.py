"""Time and chance as the program sees them, so that a test or a simulation can own both."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Time. `now` is aware and in UTC; `monotonic` and `sleep` are in seconds."""

    def now(self) -> datetime:
        """The moment."""

    def monotonic(self) -> float:
        """Seconds that never run backwards."""

    async def sleep(self, seconds: float) -> None:
        """Let the time pass."""


class Chance(Protocol):
    """Randomness, for jitter, ids and salts."""

    def uniform(self, low: float, high: float) -> float:
        """A number between low and high."""

    def token(self) -> str:
        """32 hexadecimal digits that nobody can guess."""
