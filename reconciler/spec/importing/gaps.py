"""What a spec does not say yet of an app that it has: absent means unmanaged, so that only a request fills it."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import TypeVar

from msgspec.structs import replace

from reconciler.model.cells import UNMANAGED, DesiredCell, Unmanaged, Value
from reconciler.model.mappings import DesiredMapping
from reconciler.spec.cells import Cell

_TOGETHER: tuple[AbstractSet[str], ...] = (
    frozenset(("servicePrincipal.id", "servicePrincipal.appId", "servicePrincipal.displayName")),
    frozenset(("resource.resourceName", "resource.id")),
    frozenset(("connector.url", "connector.host", "connector.name")),
)
"""Fields of which one word says enough: who has one of them has all."""

T = TypeVar("T")


def left_out(found: Mapping[str, Cell], said: Mapping[str, Cell]) -> dict[str, Cell]:
    """Of what was found, what is not said; of a mapping that is said in part, the other parts."""
    gaps: dict[str, Cell] = {}
    for key, cell in found.items():
        match said.get(key), cell:
            case Value(DesiredMapping() as ours), Value(DesiredMapping() as live):
                gap = _rest(live, ours)
                if gap is not None:
                    gaps[key] = Value(gap)
            case None, _ if not _is_said(key, said):
                gaps[key] = cell
    return gaps


def joined(said: Mapping[str, Cell], gaps: Mapping[str, Cell]) -> dict[str, Cell]:
    """What is said with its gaps filled: the inverse of `left_out`."""
    whole = {**said, **gaps}
    for key, cell in gaps.items():
        match said.get(key), cell:
            case Value(DesiredMapping() as ours), Value(DesiredMapping() as gap):
                whole[key] = Value(_over(ours, gap))
    return whole


def _is_said(key: str, said: Mapping[str, Cell]) -> bool:
    return any(key in fields and not fields.isdisjoint(said) for fields in _TOGETHER)


def _rest(live: DesiredMapping, ours: DesiredMapping) -> DesiredMapping | None:
    """The parts of a mapping that ours leaves unmanaged; None where there are none, or it is one of another object."""
    named = {name.casefold() for name in ours.attributes}
    rest = replace(
        live,
        flow=_unsaid(ours.flow, live.flow),
        match=_unsaid(ours.match, live.match),
        filter=_unsaid(ours.filter, live.filter),
        attributes={name: each for name, each in live.attributes.items() if name.casefold() not in named},
    )
    is_empty = not rest.attributes and rest.flow == rest.match == rest.filter == UNMANAGED
    return None if is_empty or live.target != ours.target else rest


def _over(ours: DesiredMapping, gap: DesiredMapping) -> DesiredMapping:
    return replace(
        ours,
        flow=_first(ours.flow, gap.flow),
        match=_first(ours.match, gap.match),
        filter=_first(ours.filter, gap.filter),
        attributes={**gap.attributes, **ours.attributes},
    )


def _unsaid(ours: DesiredCell[T], live: DesiredCell[T]) -> DesiredCell[T]:
    return live if isinstance(ours, Unmanaged) else UNMANAGED


def _first(ours: DesiredCell[T], gap: DesiredCell[T]) -> DesiredCell[T]:
    return gap if isinstance(ours, Unmanaged) else ours
