"""What of a plan is drift and what is pending: the same differences, told apart by who moved."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from reconciler.model.plan import Cause, Change, FieldChange, Plan, Unverifiable


class Drift(Struct, frozen=True):
    """The changes of a plan by cause, each with only the fields of that cause, and what nobody could compare.

    `drift` was changed at the service, `pending` is what the spec wants next; a field that moved on both sides is in
    both. `failed` are reads that were tried and failed, `unverifiable` what cannot be read by nature. Without a
    ledger (`ledger` is False) nobody knows what was applied, and every difference from the spec counts as drift.
    """

    service: str
    tenant_id: str
    ledger: bool
    drift: tuple[Change, ...] = ()
    pending: tuple[Change, ...] = ()
    unverifiable: tuple[Unverifiable, ...] = ()
    failed: tuple[Unverifiable, ...] = ()


def drift_of(plan: Plan, *, ledger: bool) -> Drift:
    """A plan's differences, told apart. A change without fields is pending: nothing was there to be changed."""
    return Drift(
        plan.service,
        plan.tenant_id,
        ledger,
        tuple(_parts(plan, lambda field: not ledger or field.cause is not Cause.PENDING)),
        (
            *_parts(plan, lambda field: ledger and field.cause is not Cause.DRIFT),
            *(change for change in plan.changes if not change.fields),
        ),
        tuple(unknown for unknown in plan.unverifiable if not unknown.cell.is_failure),
        tuple(unknown for unknown in plan.unverifiable if unknown.cell.is_failure),
    )


def _parts(plan: Plan, wanted: Callable[[FieldChange], bool]) -> Iterator[Change]:
    for change in plan.changes:
        fields = tuple(field for field in change.fields if wanted(field))
        if fields:
            yield replace(change, fields=fields)
