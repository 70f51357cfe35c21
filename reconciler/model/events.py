"""What happens during an apply, told as it happens. The executor emits; the report subscribes."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from reconciler.model.finding import Finding
from reconciler.model.plan import PlannedStep


class ApplyStarted(Struct, frozen=True):
    """Before the first call: how many steps there are."""

    steps: int


class Recovered(Struct, frozen=True):
    """An earlier run broke off; by reading, this step of it was found done or not done."""

    step: PlannedStep
    done: bool


class StepStarted(Struct, frozen=True):
    """The call of a step is about to be made."""

    step: PlannedStep


class StepSent(Struct, frozen=True):
    """The service accepted a step's call; it is not confirmed yet."""

    step: PlannedStep


class StepDone(Struct, frozen=True):
    """A step was confirmed by reading back."""

    step: PlannedStep


class StepFailed(Struct, frozen=True):
    """A step failed, for this reason; what depends on it will be skipped.

    `finding` is None where the cause was told already, with another step that failed for it.
    """

    step: PlannedStep
    finding: Finding | None


class StepSkipped(Struct, frozen=True):
    """A step was not tried, because one that it needs failed, or the run was interrupted or gave up."""

    step: PlannedStep
    reason: str


class Waiting(Struct, frozen=True):
    """New edges settle; `left` seconds remain."""

    step: PlannedStep
    left: float


class Held(Struct, frozen=True):
    """The service holds a call up: it is sent again in `seconds`, since `why`; `what` is the resource it is for."""

    seconds: float
    why: str
    what: str


class CallMade(Struct, frozen=True):
    """A request was answered, with this status after so many seconds; `items` are the calls of a batch.

    Without an answer the status is 0, and `why` says what happened. `request_id` is the service's, "" without one.
    """

    method: str
    path: str
    status: int
    seconds: float
    request_id: str = ""
    why: str = ""
    items: tuple[str, ...] = ()


class ApplyEnded(Struct, frozen=True):
    """After the last call: steps done, failed and skipped."""

    done: int
    failed: int
    skipped: int


Event = (
    ApplyStarted
    | Recovered
    | StepStarted
    | StepSent
    | StepDone
    | StepFailed
    | StepSkipped
    | Waiting
    | Held
    | CallMade
    | ApplyEnded
)

Tell = Callable[[Event], None]
"""Who is told of events as they happen."""


def nobody(_event: Event) -> None:
    """Nobody is told."""
