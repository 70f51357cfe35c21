"""What a guard judges, and how a judgement is written down."""

from __future__ import annotations

from collections.abc import Collection

from msgspec import Struct

from reconciler.model.address import Address, Kind
from reconciler.model.change_codec import acknowledged_digest
from reconciler.model.plan import Action, Change, FieldChange, GuardResult, Ruling
from reconciler.model.spec import Acknowledgement, Spec
from reconciler.model.states import LiveState


class Case(Struct, frozen=True):
    """A plan as the guards see it: where it starts and ends, the changes that it makes, and what a person accepted.

    `managed` are the live things that the spec or the ledger manages. Blocked changes are not among the changes.
    """

    spec: Spec
    start: LiveState
    final: LiveState
    changes: tuple[Change, ...]
    managed: frozenset[Address] = frozenset()
    interrupted: tuple[Address, ...] = ()
    acknowledgements: tuple[Acknowledgement, ...] = ()

    def of(self, kind: Kind) -> tuple[Change, ...]:
        """The changes to things of one kind."""
        return tuple(change for change in self.changes if change.address.kind is kind)

    def removals(self, kind: Kind) -> tuple[Change, ...]:
        """The changes that take things of one kind away."""
        return tuple(change for change in self.of(kind) if change.action is Action.REMOVE)

    def number(self, kind: Kind) -> int:
        """How many live managed things of a kind there are before the plan."""
        return sum(address.kind is kind for address in self.managed)

    def accepts(self, change: Change) -> bool:
        """Whether a person acknowledged a change: this very one, or whatever happens to its thing."""
        return any(covers(given, change) for given in self.acknowledgements)

    def result(
        self, guard: str, message: str, filling: Collection[Change], *, measured: str = "", limit: str = ""
    ) -> GuardResult:
        """The result of a guard that does not let these changes pass unasked."""
        missing = tuple((change.address, acknowledged_digest(change)) for change in filling if not self.accepts(change))
        ruling = Ruling.REFUSED if missing else Ruling.ACKNOWLEDGED
        return GuardResult(guard, ruling, message, measured, limit, missing)


def covers(given: Acknowledgement, change: Change) -> bool:
    """Whether an acknowledgement is for a change; one without a digest is for any change of its thing."""
    return given.address == change.address and given.change in ("", acknowledged_digest(change))


def field_of(change: Change, key: str) -> FieldChange | None:
    """The change of one field, or None."""
    return next((field for field in change.fields if field.key == key), None)


def taken(change: Change, key: str) -> frozenset[Address]:
    """The addresses that a field holds before a change and not after it: agents that go, a group that an app leaves."""
    field = field_of(change, key)
    return _addresses(field.before) - _addresses(field.after) if field else frozenset()


def _addresses(value: object) -> frozenset[Address]:
    match value:
        case Address():
            return frozenset({value})
        case frozenset():
            return frozenset(item for item in value if isinstance(item, Address))
    return frozenset()
