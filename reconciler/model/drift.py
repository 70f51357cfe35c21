"""What of a plan is drift and what is pending: the same differences, told apart by who moved."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Struct, field
from msgspec.structs import replace

from reconciler.model.plan import Cause, Change, FieldChange, Plan, Unverifiable
from reconciler.model.trail import Authors


class Drift(Struct, frozen=True):
    """The changes of a plan by cause, each with only the fields of that cause, and what nobody could compare.

    `drift` was changed at the service, `pending` is what the spec wants next; a field that moved on both sides is in
    both. `failed` are reads that were tried and failed, `unverifiable` what cannot be read by nature. Without a
    ledger (`ledger` is False) nobody knows what was applied, and every difference from the spec counts as drift.
    `authors` are those who made it drift, as far as the audit log tells; `nobody` says why it may not tell all, ""
    where it was read whole.
    """

    service: str
    tenant_id: str
    ledger: bool
    drift: tuple[Change, ...] = ()
    pending: tuple[Change, ...] = ()
    unverifiable: tuple[Unverifiable, ...] = ()
    failed: tuple[Unverifiable, ...] = ()
    authors: Authors = field(default_factory=dict)
    nobody: str = ""


def drift_of(plan: Plan, *, ledger: bool) -> Drift:
    """A plan's differences, told apart. A change without fields is pending: nothing was there to be changed."""
    return Drift(
        plan.service,
        plan.tenant_id,
        ledger,
        tuple(_parts(plan, lambda part: not ledger or part.cause is not Cause.PENDING)),
        (
            *_parts(plan, lambda part: ledger and part.cause is not Cause.DRIFT),
            *(change for change in plan.changes if not change.fields),
        ),
        tuple(unknown for unknown in plan.unverifiable if not unknown.cell.is_failure),
        tuple(unknown for unknown in plan.unverifiable if unknown.cell.is_failure),
    )


def _parts(plan: Plan, wanted: Callable[[FieldChange], bool]) -> Iterator[Change]:
    for change in plan.changes:
        fields = tuple(part for part in change.fields if wanted(part))
        if fields:
            yield replace(change, fields=fields)
