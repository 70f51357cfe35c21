"""A plan: what it starts from, what it changes and why, the steps in their order, and the guards' verdict."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from msgspec import Struct, field

from reconciler.model.address import Address
from reconciler.model.cells import Unreadable
from reconciler.model.place import Place, Placed
from reconciler.model.states import FieldValue
from reconciler.model.steps import Step


class Action(Enum):
    """What a change does to a thing; the value is the sign that it is shown with."""

    ADD = "+"
    CHANGE = "~"
    REMOVE = "-"
    MOVE = ">"


class Cause(Enum):
    """Why live and spec differ: the spec moved on, somebody changed the service, or both."""

    PENDING = "pending"
    DRIFT = "drift"
    BOTH = "pending and drift"


class FieldChange(Placed, frozen=True):
    """One field of a change. `key` is the field key, and for a part of a mapping runs on: `mapping/User/department`.

    `before` and `after` are None where there is no value; `lines` is how a person reads it, without secrets.
    """

    key: str
    before: FieldValue | None
    after: FieldValue | None
    cause: Cause
    lines: tuple[str, ...] = ()
    place: Place | None = None


class Change(Placed, frozen=True):
    """What happens to one thing, and why. `blocked` says what a person must do first; "" where nothing."""

    address: Address
    action: Action
    fields: tuple[FieldChange, ...]
    reason: str
    digest: str
    blocked: str = ""
    place: Place | None = None


class Unverifiable(Placed, frozen=True):
    """A managed field whose live value nobody can tell, and why."""

    address: Address
    key: str
    cell: Unreadable
    place: Place | None = None


class StartValue(Struct, frozen=True):
    """A live value that the plan depends on: its canonical text, or for a long one its digest and an excerpt."""

    address: Address
    key: str
    text: str
    digest: str = ""


class PlannedStep(Struct, frozen=True):
    """A step with its id in the plan, the ids of the steps that must be done before it, and its number of calls."""

    id: str
    step: Step
    needs: tuple[str, ...] = ()
    calls: int = 1


class Ruling(Enum):
    """What a guard says of a plan."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    REFUSED = "refused"
    ACKNOWLEDGED = "acknowledged"


class GuardResult(Struct, frozen=True):
    """One guard's measurement. `addresses` are those whose acknowledgement is missing, with their changes' digests."""

    guard: str
    ruling: Ruling
    message: str
    measured: str = ""
    limit: str = ""
    addresses: tuple[tuple[Address, str], ...] = ()


class Fewest(Struct, frozen=True):
    """The fewest active agents that serve through a group at any moment of the plan, and how many at its start.

    `interrupted` are apps that nobody serves for a while: then `group` serves the first of them, `fewest` is 0, and
    `start` is how many serve that app before.
    """

    group: Address
    fewest: int
    start: int
    interrupted: tuple[Address, ...] = ()


class Verdict(Struct, frozen=True):
    """What all guards say together."""

    guards: tuple[GuardResult, ...] = ()
    fewest: Fewest | None = None

    @property
    def ruling(self) -> Ruling:
        """REFUSED where any guard refuses, else ACKNOWLEDGED where any needed a person's word, else PASS."""
        rulings = {guard.ruling for guard in self.guards}
        return next((ruling for ruling in (Ruling.REFUSED, Ruling.ACKNOWLEDGED) if ruling in rulings), Ruling.PASS)


class Budget(Struct, frozen=True):
    """What a plan costs: calls in all, writes among them, and seconds, of which `settling` are waits."""

    calls: int = 0
    writes: int = 0
    seconds: float = 0.0
    settling: float = 0.0


class Plan(Struct, frozen=True):
    """A whole plan. `ids` are the live ids that its steps' addresses stand for; `goal` is what it reaches, as text.

    `names` are what the service calls the things that nobody manages, and all others that it calls the same.

    `digest` covers start, goal, changes without places and reasons, steps and ids; all else is information.
    """

    service: str
    tenant_id: str
    start: tuple[StartValue, ...]
    goal: tuple[StartValue, ...]
    changes: tuple[Change, ...]
    steps: tuple[PlannedStep, ...]
    verdict: Verdict
    budget: Budget
    digest: str
    ids: Mapping[Address, str] = field(default_factory=dict)
    unverifiable: tuple[Unverifiable, ...] = ()
    unmanaged: tuple[Address, ...] = ()
    notes: tuple[str, ...] = ()
    names: Mapping[Address, str] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do, blocked changes aside."""
        return not self.steps

    @property
    def reads_failed(self) -> bool:
        """Whether it was made without something that could not be read."""
        return any(unknown.cell.is_failure for unknown in self.unverifiable)

    @property
    def blocked(self) -> tuple[Change, ...]:
        """The changes that wait for somebody to do something first."""
        return tuple(change for change in self.changes if change.blocked)

    @property
    def differs(self) -> bool:
        """Whether the service is not as the spec says, whether or not a step can change that."""
        return bool(self.changes or self.steps)
