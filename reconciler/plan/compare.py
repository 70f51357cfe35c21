"""The comparison of one field in three states: in sync, changed and by whom, or not to be told."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from reconciler.model.address import Address
from reconciler.model.cells import AppliedCell, Unreadable, Value
from reconciler.model.fields import Field, Normaliser, managed
from reconciler.model.place import Place
from reconciler.model.plan import Cause, FieldChange, Unverifiable
from reconciler.model.states import FieldValue
from reconciler.plan.normalise import comparable, held, is_managed, wanted
from reconciler.plan.world import World


class InSync(Struct, frozen=True):
    """A managed field that the service holds as the spec says."""

    address: Address
    key: str


Compared = FieldChange | Unverifiable | InSync
"""What comes of comparing one managed field."""


def compare(world: World, address: Address, field: Field) -> Iterator[Compared]:
    """Compare one field of a thing that exists; nothing where the spec leaves the field alone."""
    cell = world.spec.desired.cell(address, field.key)
    if not is_managed(cell):
        return
    shown = world.shown(address, field)
    place = world.spec.desired.place(address, field.key)
    if isinstance(shown, Unreadable):
        yield Unverifiable(address, field.key, shown, place)
        return
    yield judged(world, address, field, held(shown), wanted(cell), place)


def judged(
    world: World,
    address: Address,
    field: Field,
    before: FieldValue | None,
    after: FieldValue | None,
    place: Place | None,
) -> FieldChange | InSync:
    """Whether a field that holds one value and shall hold another changes, and who moved."""
    if comparable(field.normaliser, before) == comparable(field.normaliser, after):
        return InSync(address, field.key)
    cause = cause_of(field.normaliser, world.applied.cell(address, field.key), before, after)
    return FieldChange(field.key, before or _nothing(before), after, cause, place=place)


def _nothing(value: FieldValue | None) -> FieldValue | None:
    """An empty set of addresses holds nothing; false, zero and an empty text are values."""
    return None if isinstance(value, frozenset) else value


def cause_of(
    normaliser: Normaliser, applied: AppliedCell[FieldValue], before: FieldValue | None, after: FieldValue | None
) -> Cause:
    """Who moved away from what was applied. What was never applied is pending: nobody can have changed it."""
    if not isinstance(applied, Value):
        return Cause.PENDING
    base = comparable(normaliser, applied.value)
    return cause(pending=base != comparable(normaliser, after), drift=base != comparable(normaliser, before))


def cause(*, pending: bool, drift: bool) -> Cause:
    """The cause of a difference. Where neither side moved, as after an apply that nothing recorded, it is pending."""
    if pending and drift:
        return Cause.BOTH
    return Cause.DRIFT if drift else Cause.PENDING


def compare_all(world: World, address: Address) -> Iterator[Compared]:
    """Compare every managed field of a thing that has no rules of its own: the updater, an agent, a proxy."""
    for field in managed(address.kind):
        yield from compare(world, address, field)
