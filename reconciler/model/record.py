"""What an apply puts on record: of each step what it meant to do, and what came of it."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from msgspec import Struct

from reconciler.model.address import Address
from reconciler.model.cells import LiveCell
from reconciler.model.plan import PlannedStep
from reconciler.model.states import FieldValue


class Ending(Enum):
    """What came of a step. It was withheld where it would have taken away what was needed by then.

    Of the last two nobody knows whether the step happened: a later run finds out by reading.
    """

    DONE = "done"
    REFUSED = "refused"
    NOT_TRIED = "not tried"
    WITHHELD = "withheld"
    NOT_DONE = "not done"
    UNKNOWN = "unknown"
    UNCONFIRMED = "unconfirmed"

    @property
    def is_open(self) -> bool:
        """Whether it is still to be found out what came of the step."""
        return self in (Ending.UNKNOWN, Ending.UNCONFIRMED)


class FieldRecord(Struct, frozen=True):
    """One field of one thing, with what it held. Of a secret that is its version, as a number, and never more."""

    address: Address
    key: str
    cell: LiveCell[FieldValue]


class Intent(Struct, frozen=True):
    """A step that is about to be done: the fields that it touches, before it and as it means them to be."""

    step: PlannedStep
    before: tuple[FieldRecord, ...] = ()
    intended: tuple[FieldRecord, ...] = ()


class Result(Struct, frozen=True):
    """What came of a step, and what its fields held when they were read back; `message` says why it is not done.

    `plan` is the digest of the plan that the step is of; "" for the plan that is being applied.
    """

    step: str
    ending: Ending
    observed: tuple[FieldRecord, ...] = ()
    message: str = ""
    plan: str = ""


class OpenStep(Struct, frozen=True):
    """A step of a plan, given by its digest, that may have been sent at `since`: nobody knows yet what came of it."""

    step: PlannedStep
    plan: str
    since: datetime
