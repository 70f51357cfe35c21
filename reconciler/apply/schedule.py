"""Which steps may run, which wait for others, and which never will."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter

from reconciler.apply.rules import UNSUITED
from reconciler.errors import Refused
from reconciler.model.plan import PlannedStep


@dataclass(slots=True)
class Schedule:
    """The steps of a plan by their needs. Each step becomes ready once, is ended once, or is dropped."""

    steps: dict[str, PlannedStep]
    _sorter: TopologicalSorter[str]
    _dependents: dict[str, list[str]] = field(default_factory=dict)
    _ended: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, planned: Sequence[PlannedStep]) -> Schedule:
        """The schedule of a plan's steps. Raises Refused where their needs make no sense."""
        steps = {each.id: each for each in planned}
        unknown = sorted({need for each in planned for need in each.needs if need not in steps})
        if unknown or len(steps) != len(planned):
            what = f"steps need {', '.join(unknown)}, which the plan does not have" if unknown else "two have one id"
            raise Refused("the plan is not whole", (UNSUITED.finding(what, hint="make the plan again"),))
        sorter = TopologicalSorter({each.id: each.needs for each in planned})
        try:
            sorter.prepare()
        except CycleError as error:
            text = f"steps need each other in a circle: {' → '.join(error.args[1])}"
            raise Refused("the plan is not whole", (UNSUITED.finding(text, hint="make the plan again"),)) from error
        schedule = cls(steps, sorter)
        for each in planned:
            for need in each.needs:
                schedule._dependents.setdefault(need, []).append(each.id)
        return schedule

    def ready(self) -> list[PlannedStep]:
        """The steps whose needs are done, each given out once."""
        return [self.steps[step] for step in self._sorter.get_ready()]

    def done(self, step: str) -> None:
        """A step is done: what needs it may become ready."""
        self._ended.add(step)
        self._sorter.done(step)

    def failed(self, step: str) -> list[PlannedStep]:
        """A step is not done: gives every step that needs it, directly or not, and that was not given before."""
        self._ended.add(step)
        dropped = list[PlannedStep]()
        waiting = list(self._dependents.get(step, ()))
        for below in waiting:
            if below not in self._ended:
                self._ended.add(below)
                dropped.append(self.steps[below])
                waiting.extend(self._dependents.get(below, ()))
        return dropped

    def left(self) -> Iterable[PlannedStep]:
        """The steps that have neither ended nor been dropped."""
        return [planned for planned in self.steps.values() if planned.id not in self._ended]
