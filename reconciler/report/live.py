"""What happens during an apply as a live view on a terminal: what runs now, below what has ended."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Self, TextIO

from reconciler.model.events import (
    ApplyStarted,
    Event,
    StepDone,
    StepFailed,
    StepSent,
    StepSkipped,
    StepStarted,
    Waiting,
)
from reconciler.model.plan import PlannedStep
from reconciler.model.words import duration
from reconciler.report.events import PlainEvents
from reconciler.report.steps import describe
from reconciler.report.terminal import Terminal, escape

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class LiveEvents:
    """A context in which events are shown as they come; it leaves the lines of what ended, and no moving part.

    Nothing moves before the first step: until then a person may be typing an answer, which a moving part would erase.
    rich is imported when the context is made, since nothing else needs it. Texts are never read as markup.
    """

    def __init__(self, terminal: Terminal, stream: TextIO, *, verbose: bool = False, refresh: bool = True) -> None:
        self._plain = PlainEvents(terminal, verbose)
        self._progress = _progress(terminal, stream, refresh=refresh)
        self._total: TaskID | None = None
        self._steps = self._ended = 0
        self._rows: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._progress.stop()

    def __call__(self, event: Event) -> None:
        """Show one event."""
        match event:
            case ApplyStarted(steps):
                self._steps = steps
                self._progress.start()
                self._total = self._progress.add_task(f"0 of {steps} steps", total=None)
            case StepStarted(step):
                self._row(step, describe(step.step))
            case StepSent(step):
                self._row(step, f"confirm: {describe(step.step)}")
            case Waiting(step, left):
                self._row(step, f"{duration(left)} left: {describe(step.step)}")
            case StepDone(step) | StepFailed(step) | StepSkipped(step):
                self._end(step)
        if not isinstance(event, Waiting):
            self._print(event)

    def _row(self, planned: PlannedStep, text: str) -> None:
        row = self._rows.get(planned.id)
        if row is None:
            self._rows[planned.id] = self._progress.add_task(escape(text), total=None)
        else:
            self._progress.update(row, description=escape(text))

    def _end(self, planned: PlannedStep) -> None:
        row = self._rows.pop(planned.id, None)
        if row is not None:
            self._progress.remove_task(row)
        self._ended += 1
        if self._total is not None:
            self._progress.update(self._total, description=f"{self._ended} of {self._steps} steps")

    def _print(self, event: Event) -> None:
        from rich.text import Text  # noqa: PLC0415 - only a live view needs it

        for line in self._plain.lines(event):
            self._progress.console.print(Text.from_ansi(line), soft_wrap=True)


def _progress(terminal: Terminal, stream: TextIO, *, refresh: bool) -> Progress:
    from rich.console import Console  # noqa: PLC0415 - only a live view needs it
    from rich.progress import Progress, SpinnerColumn, TextColumn  # noqa: PLC0415
    from rich.table import Column  # noqa: PLC0415

    console = Console(
        file=stream,
        width=terminal.columns,
        force_terminal=True,
        no_color=not terminal.color,
        highlight=False,
        markup=False,
        emoji=False,
    )
    return Progress(
        SpinnerColumn("line"),
        TextColumn("{task.description}", markup=False, table_column=Column(ratio=1, no_wrap=True)),
        console=console,
        transient=True,
        auto_refresh=refresh,
        expand=True,
    )
