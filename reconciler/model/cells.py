"""What one state says of one field: the desired, the live and the applied form of a cell."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Generic, TypeVar

from reconciler.model.place import Place

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Unmanaged:
    """The spec does not name the field: never touched, never drift."""


@dataclass(frozen=True, slots=True)
class Clear:
    """The spec says `null`, `[]` or `{}`: the field must be empty."""

    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Value(Generic[T_co]):
    """A value, and for a desired one its place in the spec. Two values are equal wherever they stand."""

    value: T_co
    place: Place | None = field(default=None, compare=False)


class Reason(Enum):
    """Why a live value is not known. None of them ever means that the value is absent."""

    FAILED = "the read failed"
    OUT_OF_SCOPE = "out of scope"
    MASKED = "the service never shows it"
    NO_FACTS = "no host facts"
    NOT_READ = "nobody needs it"


@dataclass(frozen=True, slots=True)
class Known(Generic[T_co]):
    """The service holds this value."""

    value: T_co


@dataclass(frozen=True, slots=True)
class Absent:
    """The service was read and holds no value."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """The value is not known; `detail` tells a failed read's cause in one line."""

    reason: Reason
    detail: str = ""

    @property
    def is_failure(self) -> bool:
        """Whether a read was tried and failed, as opposed to a value that cannot be read by nature."""
        return self.reason is Reason.FAILED


@dataclass(frozen=True, slots=True)
class Never:
    """The field was never applied by this repository."""


UNMANAGED = Unmanaged()
ABSENT = Absent()
NEVER = Never()

DesiredCell = Unmanaged | Clear | Value[T_co]
LiveCell = Known[T_co] | Absent | Unreadable
AppliedCell = Never | Value[T_co]
