"""What Ctrl-C means while steps are carried out, a wish to stop, and while a person is asked, the end at once."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

_Handler = Callable[[int, FrameType | None], object]


@dataclass(slots=True)
class StopWish:
    """Whether the user asked to stop."""

    asked: bool = False

    def __call__(self) -> bool:
        """Whether to begin nothing new."""
        return self.asked


@contextmanager
def stop_on_interrupt(wish: StopWish) -> Iterator[None]:
    """Turn the first SIGINT or SIGTERM into the wish; the next one is handled as before."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def wished(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the signature of a signal handler
        wish.asked = True
        for each, handler in before.items():
            signal.signal(each, handler)

    with _handled_by(wished, *before):
        yield


@contextmanager
def end_on_interrupt() -> Iterator[None]:
    """Let Ctrl-C raise KeyboardInterrupt. While a person is asked the event loop, which takes it else, stands still."""
    with _handled_by(signal.default_int_handler, signal.SIGINT):
        yield


@contextmanager
def _handled_by(handler: _Handler, *numbers: signal.Signals) -> Iterator[None]:
    before = {number: signal.signal(number, handler) for number in numbers}
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)
