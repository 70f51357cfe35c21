"""Why a thing changes, in words."""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.model.address import Address
from reconciler.model.plan import Cause, FieldChange
from reconciler.plan.world import World

GONE = "gone from the spec"
INITIAL_CYCLE = "starts an initial cycle for everyone in scope"

_WORDS = {
    frozenset({Cause.PENDING}): "the spec changed",
    frozenset({Cause.DRIFT}): "changed at the service",
}
_BOTH = "the spec changed, and so did the service"


def pending_reason(world: World, address: Address, fields: Iterable[FieldChange]) -> str:
    """Why a thing that exists changes: who moved, or that it was never applied before."""
    causes = frozenset(field.cause for field in fields)
    if causes <= {Cause.PENDING} and not world.applied.manages(address):
        return "not yet as the spec says"
    return _WORDS.get(causes, _BOTH)
