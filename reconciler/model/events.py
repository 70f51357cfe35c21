"""What happens during an apply, told as it happens. The executor emits; the report subscribes."""

from __future__ import annotations

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
    """A step failed, for this reason; what depends on it will be skipped."""

    step: PlannedStep
    finding: Finding


class StepSkipped(Struct, frozen=True):
    """A step was not tried, because one that it needs failed or the run was interrupted."""

    step: PlannedStep
    reason: str


class Waiting(Struct, frozen=True):
    """New edges settle; `left` seconds remain."""

    step: PlannedStep
    left: float


class ApplyEnded(Struct, frozen=True):
    """After the last call: steps done, failed and skipped."""

    done: int
    failed: int
    skipped: int


Event = ApplyStarted | Recovered | StepStarted | StepSent | StepDone | StepFailed | StepSkipped | Waiting | ApplyEnded
