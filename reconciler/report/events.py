"""What happens during an apply as plain lines: one for each step's end, and few for a long wait."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import assert_never

from reconciler.model.events import (
    ApplyEnded,
    ApplyStarted,
    CallMade,
    Event,
    Held,
    Recovered,
    StepDone,
    StepFailed,
    StepSent,
    StepSkipped,
    StepStarted,
    Waiting,
)
from reconciler.model.words import counted, duration
from reconciler.report.findings import finding_lines
from reconciler.report.steps import describe
from reconciler.report.terminal import Style, Terminal, escape, hang

_EVERY = 60.0
"""Seconds between two lines about one wait: enough for a log to show that the run is alive."""


@dataclass(slots=True)
class PlainEvents:
    """Turns events into lines for a log or a pipe. It counts, so one is made for each apply.

    `verbose` adds when a step starts, when the service accepted its call, and every call with its request id.
    """

    terminal: Terminal
    verbose: bool = False
    _steps: int = 0
    _ended: int = 0
    _said: dict[str, float] = field(default_factory=dict)

    def lines(self, event: Event) -> Iterator[str]:
        """The lines that an event is worth; often none."""
        match event:
            case ApplyStarted(steps):
                self._steps = steps
                yield f"Applying {counted(steps, 'step')}."
            case StepStarted() | StepSent() | Recovered() | Waiting() | Held():
                yield from self._under_way(event)
            case CallMade():
                yield from self._call(event) if self.verbose else ()
            case StepDone() | StepFailed() | StepSkipped():
                yield from self._end(event)
            case ApplyEnded():
                yield ended_line(event, self.terminal)
            case _:
                assert_never(event)

    def _under_way(self, event: StepStarted | StepSent | Recovered | Waiting | Held) -> Iterator[str]:
        match event:
            case StepStarted(step) if self.verbose:
                yield from self._line("", "begin", Style.FAINT, describe(step.step))
            case StepSent(step) if self.verbose:
                yield from self._line("", "sent", Style.FAINT, describe(step.step))
            case Recovered(step, done):
                word = "found done" if done else "found not done"
                yield from self._line("", word, Style.MOVE, f"after a run that broke off: {describe(step.step)}")
            case Held(seconds, why, what):
                yield from self._line("", "wait", Style.WARNING, f"{duration(seconds)}: {why}, at {what}")
            case Waiting(step, left) if step.id not in self._said:
                self._said[step.id] = left
                yield from self._line("", "settle", Style.FAINT, describe(step.step))
            case Waiting(step, left) if self._said[step.id] - left >= _EVERY:
                self._said[step.id] = left
                yield from self._line("", "settle", Style.FAINT, f"{duration(left)} left")

    def _call(self, call: CallMade) -> Iterator[str]:
        """One line however long it is, so that it can be searched for, and one for each call of a batch."""
        head = f"{self.terminal.paint('call', Style.FAINT)}    "
        asked = f"  request-id {call.request_id}" if call.request_id else ""
        answer = f"{call.status or call.why} in {call.seconds * 1000:.0f} ms{asked}"
        yield f"{head}{escape(f'{call.method} {call.path}')}  {escape(answer)}"
        yield from (f"        {escape(item)}" for item in call.items)

    def _end(self, event: StepDone | StepFailed | StepSkipped) -> Iterator[str]:
        self._ended += 1
        count = f"[{self._ended:>{len(str(self._steps))}}/{self._steps}] "
        match event:
            case StepDone(step):
                yield from self._line(count, "done", Style.ADD, describe(step.step))
            case StepFailed(step, finding):
                yield from self._line(count, "failed", Style.ERROR, describe(step.step))
                if finding is not None:
                    yield from (f"  {line}" for line in finding_lines(finding, self.terminal, {}))
            case StepSkipped(step, reason):
                yield from self._line(count, "skipped", Style.WARNING, f"{describe(step.step)} ({reason})")

    def _line(self, count: str, word: str, style: Style, text: str) -> Iterator[str]:
        head = f"{count}{word:<7} "
        first, *rest = hang(head, escape(text), self.terminal.columns, indent=4)
        yield first.replace(word, self.terminal.paint(word, style), 1)
        yield from rest


def ended_line(event: ApplyEnded, terminal: Terminal) -> str:
    """How an apply ended, in numbers."""
    good = not event.failed and not event.skipped
    word = terminal.paint("Applied" if good else "Partly applied", Style.GOOD if good else Style.ERROR)
    return f"{word}: {event.done} done, {event.failed} failed, {event.skipped} skipped."
