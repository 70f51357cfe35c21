"""Why a thing changes, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum

from reconciler.model.address import Address
from reconciler.model.cells import Unmanaged, Value
from reconciler.model.fields import MAPPING_PREFIX
from reconciler.model.mappings import DesiredMapping
from reconciler.model.plan import Cause, FieldChange
from reconciler.plan.world import World

GONE = "gone from the spec"
INITIAL_CYCLE = "starts an initial cycle for everyone in scope"


class _Why(Enum):
    """What is to be said of one field."""

    NEW = "never applied before"
    SPEC = "the spec moved away from what was applied"
    REST = "what was applied is a move that did not come to its end"
    SERVICE = "the service moved away from what was applied"


_WORDS = {
    frozenset({_Why.NEW}): "not applied yet",
    frozenset({_Why.SPEC}): "the spec changed",
    frozenset({_Why.SERVICE}): "changed at the service",
    frozenset({_Why.NEW, _Why.SPEC}): "the spec changed; some of it was never applied before",
    frozenset({_Why.NEW, _Why.SERVICE}): "changed at the service; some of it was never applied before",
    frozenset({_Why.SPEC, _Why.SERVICE}): "the spec changed, and so did the service",
}
_ALL = "the spec changed, and so did the service; some of it was never applied before"
_REST = "left over from an apply that broke off"


def pending_reason(world: World, address: Address, fields: Iterable[FieldChange]) -> str:
    """Why a thing that exists changes: who moved, or that it, or a part of it, was never applied before."""
    parts = tuple(fields)
    if all(part.cause is Cause.PENDING for part in parts) and not world.applied.manages(address):
        return "not yet as the spec says"
    whys = frozenset(why for part in parts for why in _whys(world, address, part))
    if whys == {_Why.REST}:
        return _REST
    words = _WORDS.get(whys - {_Why.REST}, _ALL)
    return f"{words}; some of it is {_REST}" if _Why.REST in whys else words


def _whys(world: World, address: Address, part: FieldChange) -> Iterator[_Why]:
    if part.cause is not Cause.PENDING:
        yield _Why.SERVICE
    if part.cause is Cause.DRIFT:
        return
    if not _was_applied(world, address, part.key):
        yield _Why.NEW
    else:
        yield _Why.REST if _is_rest(world, address, part) else _Why.SPEC


def _is_rest(world: World, address: Address, part: FieldChange) -> bool:
    """Whether an app is to stay in one of several groups that were applied: only a move under way records several."""
    match world.applied.cell(address, part.key):
        case Value(frozenset() as groups):
            return part.after in groups
    return False


def _was_applied(world: World, address: Address, key: str) -> bool:
    """Whether a field was ever applied; of a mapping, that part of it."""
    if not key.startswith(MAPPING_PREFIX):
        return isinstance(world.applied.cell(address, key), Value)
    source, _, part = key.removeprefix(MAPPING_PREFIX).partition("/")
    match world.applied.cell(address, MAPPING_PREFIX + source):
        case Value(DesiredMapping() as ours):
            wholes = {"match": ours.match, "filter": ours.filter, "flow": ours.flow}
            return part in ours.attributes or not isinstance(wholes.get(part, Unmanaged()), Unmanaged)
    return False
