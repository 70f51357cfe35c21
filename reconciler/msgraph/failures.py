"""What went wrong while reading: kept for the findings, and told to the cells that stay unknown."""

from __future__ import annotations

from dataclasses import dataclass, field

from reconciler.errors import ReconcilerError
from reconciler.model.address import Address
from reconciler.model.cells import Reason, Unreadable
from reconciler.model.finding import Finding, in_order
from reconciler.msgraph.rules import UNDECIDED
from reconciler.msgraph.transport.answer import Fault, Trouble, one_per_cause
from reconciler.msgraph.wire.links import ForeignLink
from reconciler.msgraph.wire.request import Request


@dataclass(slots=True)
class Failures:
    """Every failed read of a client, in the order in which they failed."""

    _faults: list[Fault] = field(default_factory=list)
    _undecided: list[Finding] = field(default_factory=list)

    def note(self, fault: Fault) -> Unreadable:
        """Keep a fault, and give what the cells say that it leaves unknown: the same words for the same cause."""
        self._faults.append(fault)
        return Unreadable(Reason.FAILED, fault.cause)

    def note_answer(self, request: Request, error: ReconcilerError) -> Unreadable:
        """Keep what is wrong with an answer that arrived whole."""
        trouble = Trouble.FOREIGN if isinstance(error, ForeignLink) else Trouble.MALFORMED
        return self.note(Fault(request.method, request.path, trouble, error.message))

    def note_left_out(self, request: Request) -> Unreadable:
        """Keep that a list left out what this call shows."""
        return self.note(Fault(request.method, request.path, Trouble.CONTRADICTION, "a list left out what is there"))

    def note_undecided(self, app: Address, error: ReconcilerError) -> Unreadable:
        """Keep that nobody can tell which of an app's jobs or templates is meant."""
        hint = error.hint or "name the template in `job.template`, or delete the job that is not needed"
        self._undecided.append(UNDECIDED.finding(f"{app}: {error.message}", address=str(app), hint=hint))
        return Unreadable(Reason.FAILED, error.message)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """One finding for each cause."""
        return in_order((*one_per_cause(self._faults), *self._undecided))
