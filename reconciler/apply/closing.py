"""Whether what the plan that ends an apply shows is left, or is a copy that lags behind what the run itself wrote.

nothing differs ───────────────────────────────→ no doubt: nothing is left
what the run wrote differs, or a read failed ──→ look again, until `steady` looks in a row show the same
something else differs ────────────────────────→ look again, until `agreeing` looks in a row show the same
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reconciler.apply.ports import Patience
from reconciler.model.address import Address
from reconciler.model.plan import Change, Plan, PlannedStep, Unverifiable
from reconciler.model.steps import Settle
from reconciler.model.subjects import holder


@dataclass(slots=True)
class Doubt:
    """What the looks after an apply have shown so far; `wrote` are the things that the run changed."""

    wrote: frozenset[Address]
    patience: Patience
    _last: tuple[tuple[Change, ...], tuple[Unverifiable, ...]] | None = None
    _in_a_row: int = 0

    @classmethod
    def after(cls, done: Iterable[PlannedStep], patience: Patience) -> Doubt:
        """The doubt after these steps, which were all confirmed."""
        return cls(_changed(done), patience)

    def about(self, left: Plan) -> bool:
        """Whether another look may show that less is left than this one."""
        shown = (left.changes, left.unverifiable)
        self._in_a_row = self._in_a_row + 1 if shown == self._last else 1
        self._last = shown
        if left.is_empty and not left.reads_failed:
            return False
        ours = _changed(left.steps) <= self.wrote
        return self._in_a_row < (self.patience.steady if ours else self.patience.agreeing)


def _changed(steps: Iterable[PlannedStep]) -> frozenset[Address]:
    return frozenset(holder(planned.step) for planned in steps if not isinstance(planned.step, Settle))
