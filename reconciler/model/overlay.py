"""What a live object mapping becomes when a desired one is laid over it, and whether anything would change."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar, assert_never

from msgspec.structs import replace

from reconciler.model.cells import Clear, DesiredCell, Unmanaged, Value
from reconciler.model.mappings import (
    AttributeMapping,
    DesiredAttribute,
    DesiredMapping,
    ObjectMapping,
    Source,
    SourceKind,
)

T = TypeVar("T")

_NO_SOURCE = Source(SourceKind.NOTHING)


def overlay(live: ObjectMapping, desired: DesiredMapping, removed: Iterable[str] = ()) -> ObjectMapping:
    """The live mapping with everything that the desired one manages, and without the removed target attributes.

    What the desired mapping does not name stays; an attribute that goes away no longer matches objects. A mapping that
    the spec declares is enabled: one that is not provisions nobody.
    Clearing `match` leaves it to the service's rules to refuse.
    """
    attributes = {target: mapping for target, mapping in live.attributes.items() if target not in set(removed)}
    for target, wanted in desired.attributes.items():
        if isinstance(wanted.source, Clear):
            attributes.pop(target, None)
        else:
            attributes[target] = overlay_attribute(attributes.get(target), wanted)
    return replace(
        live,
        enabled=True,
        flow=_chosen(desired.flow, live.flow, frozenset()),
        match=_chosen(desired.match, tuple(target for target in live.match if target in attributes), ()),
        filter=_chosen(desired.filter, live.filter, ()),
        attributes=attributes,
    )


def overlay_attribute(live: AttributeMapping | None, wanted: DesiredAttribute) -> AttributeMapping:
    """The live attribute mapping with what the spec manages of it; a new one where the service has none."""
    base = live or AttributeMapping(wanted.target, _NO_SOURCE)
    source = _NO_SOURCE if isinstance(wanted.source, Clear) else wanted.source
    return AttributeMapping(
        wanted.target,
        source,
        wanted.apply or base.apply,
        wanted.when or base.when,
        _chosen(wanted.default, base.default, None),
    )


def _chosen(wanted: DesiredCell[T], live: T, empty: T) -> T:
    match wanted:
        case Unmanaged():
            return live
        case Clear():
            return empty
        case Value(value):
            return value
    assert_never(wanted)
