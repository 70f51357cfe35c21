"""What is asked of the service and what comes of it: the scope of a look, and a call that did not succeed."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, Flag, auto

from msgspec import Struct, field

from reconciler.errors import ReconcilerError
from reconciler.model.address import Address
from reconciler.model.finding import Finding


class AppPart(Flag):
    """The parts of an app that are read by calls of their own."""

    JOB = auto()
    SCHEMA = auto()
    CONNECTION = auto()


class Scope(Struct, frozen=True):
    """What to look at: the topology or not, and which parts of which apps. An empty scope makes no call."""

    topology: bool = False
    apps: Mapping[Address, AppPart] = field(default_factory=dict)


class Outcome(Enum):
    """What is known of a call that did not succeed."""

    NOT_SENT = "it was not sent"
    REFUSED = "the service refused it, so that nothing happened"
    UNKNOWN = "it may have happened"


class CallFailed(ReconcilerError):
    """Raised when the calls of a step did not succeed; the finding tells status, code, request id and date.

    `status` is the HTTP status of the answer that decided it, 0 where there was no answer. `cause` is the same text for
    all that fail for one cause; `gave_up` says that the time for calls is spent, so that none would come through.
    """

    def __init__(
        self, finding: Finding, outcome: Outcome, status: int = 0, *, cause: str = "", gave_up: bool = False
    ) -> None:
        super().__init__(finding.message, hint=finding.hint)
        self.finding = finding
        self.outcome = outcome
        self.status = status
        self.cause = cause
        self.gave_up = gave_up
