"""Ctrl-C as a wish to stop: the step in flight is finished and recorded, and a second Ctrl-C ends the process."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType


@dataclass(slots=True)
class StopWish:
    """Whether the user asked to stop."""

    asked: bool = False

    def __call__(self) -> bool:
        """Whether to begin nothing new."""
        return self.asked


@contextmanager
def stop_on_interrupt() -> Iterator[StopWish]:
    """Turn the first SIGINT or SIGTERM into a wish; the next one is handled as before."""
    wish = StopWish()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def wished(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the signature of a signal handler
        wish.asked = True
        for each, handler in before.items():
            signal.signal(each, handler)

    for number in before:
        signal.signal(number, wished)
    try:
        yield wish
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
