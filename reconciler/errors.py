"""Every error that may leave a function of this package, and the exit code each one ends the program with.

ReconcilerError            1    something failed, and the message says what and what to do
├── UsageError            64    the words on the command line do not fit
├── Refused                1    the input has faults; it carries one finding for each
├── GuardRefused           3    a guard or a missing acknowledgement stopped an apply
├── StalePlan              4    the plan was used, was not reviewed, or the service moved since it was made
├── PartlyApplied          5    some steps were done, others were not
├── LockHeld               6    somebody else works on this state
├── Interrupted          130    the user did not let the steps under way end
└── Unreadable             7    a chosen surface could not be read completely
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from reconciler.model.finding import Finding


class ExitCode(IntEnum):
    """What the process tells its caller. The values are a promise to scripts and never change."""

    DONE = 0
    ERROR = 1
    CHANGES = 2
    GUARD_REFUSED = 3
    STALE = 4
    PARTLY_APPLIED = 5
    LOCKED = 6
    UNREADABLE = 7
    USAGE = 64
    INTERRUPTED = 130


PRECEDENCE = (
    ExitCode.USAGE,
    ExitCode.LOCKED,
    ExitCode.STALE,
    ExitCode.INTERRUPTED,
    ExitCode.PARTLY_APPLIED,
    ExitCode.ERROR,
    ExitCode.UNREADABLE,
    ExitCode.GUARD_REFUSED,
    ExitCode.CHANGES,
    ExitCode.DONE,
)


def strongest(codes: Iterable[ExitCode]) -> ExitCode:
    """Of several exit codes that hold at once, the one that the caller must hear; DONE where there is none."""
    held = set(codes)
    return next((code for code in PRECEDENCE if code in held), ExitCode.DONE)


class ReconcilerError(Exception):
    """A failure that a user can act on: what happened, and what to do about it."""

    exit_code: ClassVar[ExitCode] = ExitCode.ERROR

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(ReconcilerError):
    """Raised when options or arguments do not fit together."""

    exit_code = ExitCode.USAGE


class Refused(ReconcilerError):
    """Raised when input has faults; `findings` holds every one of them, sorted."""

    def __init__(
        self,
        message: str,
        findings: tuple[Finding, ...],
        *,
        hint: str = "",
        sources: Mapping[str, Sequence[str]] = MappingProxyType({}),
    ) -> None:
        super().__init__(message, hint=hint)
        self.findings = findings
        self.sources = sources


class GuardRefused(ReconcilerError):
    """Raised when a guard stops an apply before its first write."""

    exit_code = ExitCode.GUARD_REFUSED


class StalePlan(ReconcilerError):
    """Raised when a plan was applied before, was not reviewed, or depends on a value that has moved."""

    exit_code = ExitCode.STALE


class PartlyApplied(ReconcilerError):
    """Raised when an apply ended with steps left to do; the journal says which."""

    exit_code = ExitCode.PARTLY_APPLIED


class Interrupted(ReconcilerError):
    """Raised when the user ended an apply at once, with steps under way; the journal says which."""

    exit_code = ExitCode.INTERRUPTED


class LockHeld(ReconcilerError):
    """Raised when another process holds the lock of this service's state."""

    exit_code = ExitCode.LOCKED


class Unreadable(ReconcilerError):
    """Raised when a chosen surface could not be read, so that no plan can be trusted."""

    exit_code = ExitCode.UNREADABLE

    def __init__(self, message: str, findings: tuple[Finding, ...] = (), *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.findings = findings
