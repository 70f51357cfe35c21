"""What a comparison of the three states comes to, before anything is done about it."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from reconciler.model.address import Address
from reconciler.model.codec import change_digest
from reconciler.model.place import Place
from reconciler.model.plan import Action, Change, FieldChange, Unverifiable
from reconciler.plan.compare import InSync

Difference = Change | Unverifiable | InSync
"""What comes of comparing a thing: changes, fields that nobody can tell, fields in sync."""


class Differences(Struct, frozen=True):
    """All changes, blocked ones among them, fields that nobody can compare, and the number of fields in sync.

    `unmanaged` are live things that neither the spec nor the ledger knows; `notes` what else a reader should know.
    """

    changes: tuple[Change, ...] = ()
    unverifiable: tuple[Unverifiable, ...] = ()
    in_sync: int = 0
    unmanaged: tuple[Address, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def due(self) -> tuple[Change, ...]:
        """The changes that the program can make."""
        return tuple(change for change in self.changes if not change.blocked)

    @property
    def blocked(self) -> tuple[Change, ...]:
        """The changes that wait for a person."""
        return tuple(change for change in self.changes if change.blocked)


def changed(
    address: Address,
    action: Action,
    fields: Iterable[FieldChange],
    reason: str,
    *,
    blocked: str = "",
    place: Place | None = None,
) -> Change:
    """A change with its digest."""
    parts = tuple(fields)
    return Change(address, action, parts, reason, change_digest(address, action, parts), blocked, place)
