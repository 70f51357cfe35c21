"""What happens during an apply, told as it happens. The executor emits; the report subscribes."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.model.finding import Finding
from reconciler.model.plan import PlannedStep


@dataclass(frozen=True, slots=True)
class ApplyStarted:
    """Before the first call: how many steps there are."""

    steps: int


@dataclass(frozen=True, slots=True)
class Recovered:
    """An earlier run broke off; by reading, this step of it was found done or not done."""

    step: PlannedStep
    done: bool


@dataclass(frozen=True, slots=True)
class StepStarted:
    """The call of a step is about to be made."""

    step: PlannedStep


@dataclass(frozen=True, slots=True)
class StepSent:
    """The service accepted a step's call; it is not confirmed yet."""

    step: PlannedStep


@dataclass(frozen=True, slots=True)
class StepDone:
    """A step was confirmed by reading back."""

    step: PlannedStep


@dataclass(frozen=True, slots=True)
class StepFailed:
    """A step failed, for this reason; what depends on it will be skipped."""

    step: PlannedStep
    finding: Finding


@dataclass(frozen=True, slots=True)
class StepSkipped:
    """A step was not tried, because one that it needs failed or the run was interrupted."""

    step: PlannedStep
    reason: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """New edges settle; `left` seconds remain."""

    step: PlannedStep
    left: float


@dataclass(frozen=True, slots=True)
class ApplyEnded:
    """After the last call: steps done, failed and skipped."""

    done: int
    failed: int
    skipped: int


Event = ApplyStarted | Recovered | StepStarted | StepSent | StepDone | StepFailed | StepSkipped | Waiting | ApplyEnded
