"""What one state says of one field: the desired, the live and the applied form of a cell."""

from __future__ import annotations

from enum import Enum
from typing import Generic, TypeVar

from msgspec import Struct

from reconciler.model.place import Place, Placed

T_co = TypeVar("T_co", covariant=True)


class Unmanaged(Struct, frozen=True):
    """The spec does not name the field: never touched, never drift."""


class Clear(Placed, frozen=True):
    """The spec says `null`, `[]` or `{}`: the field must be empty."""

    place: Place | None = None


class Value(Placed, Generic[T_co], frozen=True):
    """A value, and for a desired one its place in the spec. Two values are equal wherever they stand."""

    value: T_co
    place: Place | None = None


class Reason(Enum):
    """Why a live value is not known. None of them ever means that the value is absent."""

    FAILED = "the read failed"
    OUT_OF_SCOPE = "out of scope"
    MASKED = "the service never shows it"
    NO_FACTS = "no host facts"
    NOT_READ = "nobody needs it"


class Known(Struct, Generic[T_co], frozen=True):
    """The service holds this value."""

    value: T_co


class Absent(Struct, frozen=True):
    """The service was read and holds no value."""


class Unreadable(Struct, frozen=True):
    """The value is not known; `detail` tells a failed read's cause in one line."""

    reason: Reason
    detail: str = ""

    @property
    def is_failure(self) -> bool:
        """Whether a read was tried and failed, as opposed to a value that cannot be read by nature."""
        return self.reason is Reason.FAILED


class Never(Struct, frozen=True):
    """The field was never applied by this repository."""


UNMANAGED = Unmanaged()
ABSENT = Absent()
NEVER = Never()

DesiredCell = Unmanaged | Clear | Value[T_co]
LiveCell = Known[T_co] | Absent | Unreadable
AppliedCell = Never | Value[T_co]
