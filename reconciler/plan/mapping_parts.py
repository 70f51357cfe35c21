"""The parts of one object mapping in three states, each in words: flow, match, filter, and every attribute."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from msgspec import Struct

from reconciler.model.cells import (
    ABSENT,
    NEVER,
    UNMANAGED,
    AppliedCell,
    Clear,
    DesiredCell,
    Known,
    LiveCell,
    Unreadable,
    Value,
)
from reconciler.model.mappings import (
    Apply,
    AttributeMapping,
    DesiredAttribute,
    DesiredMapping,
    Flow,
    ObjectMapping,
    ScopingFilter,
    When,
)
from reconciler.model.states import FieldValue

T = TypeVar("T")


class Part(Struct, frozen=True):
    """A part of an object mapping, in words."""

    text: str


Cells = tuple[DesiredCell[Part], LiveCell[Part], AppliedCell[Part]]

_WHOLES = ("flow", "match", "filter")


def parts(
    desired: DesiredCell[FieldValue], live: LiveCell[FieldValue], applied: AppliedCell[FieldValue]
) -> dict[str, Cells]:
    """The parts of a mapping by name: the wholes first, then the attributes by their target."""
    wanted, was, held = _wanted_mapping(desired), _wanted_mapping(applied), _held_mapping(live)
    unread = live if isinstance(live, Unreadable) else ABSENT
    targets = {target for mapping in (wanted, was, held) if mapping for target in mapping.attributes}
    return {
        name: (
            _wanted(wanted, name) if wanted else UNMANAGED,
            _held(held, name) if held else unread,
            _applied(_wanted(was, name)) if was else NEVER,
        )
        for name in (*_WHOLES, *sorted(targets))
    }


def _wanted_mapping(cell: object) -> DesiredMapping | None:
    match cell:
        case Value(DesiredMapping() as mapping):
            return mapping
    return None


def _held_mapping(cell: LiveCell[FieldValue]) -> ObjectMapping | None:
    match cell:
        case Known(ObjectMapping() as mapping):
            return mapping
    return None


def _applied(cell: DesiredCell[Part]) -> AppliedCell[Part]:
    match cell:
        case Value():
            return cell
        case Clear():
            return Value(Part("removed"))
    return NEVER


def _wanted(mapping: DesiredMapping, name: str) -> DesiredCell[Part]:
    match name:
        case "flow":
            return _in_words(mapping.flow, _flow)
        case "match":
            return _in_words(mapping.match, ", ".join)
        case "filter":
            return _in_words(mapping.filter, _filter)
    attribute = mapping.attributes.get(name)
    if attribute is None:
        return UNMANAGED
    if isinstance(attribute.source, Clear):
        return Clear(attribute.place)
    return Value(Part(_desired(attribute)), attribute.place)


def _in_words(cell: DesiredCell[T], words: Callable[[T], str]) -> DesiredCell[Part]:
    return Value(Part(words(cell.value)), cell.place) if isinstance(cell, Value) else cell


def _held(mapping: ObjectMapping, name: str) -> LiveCell[Part]:
    match name:
        case "flow":
            return _known(_flow(mapping.flow))
        case "match":
            return _known(", ".join(mapping.match))
        case "filter":
            return _known(_filter(mapping.filter))
    attribute = mapping.attributes.get(name)
    return Known(Part(_live(attribute))) if attribute else ABSENT


def _known(text: str) -> LiveCell[Part]:
    return Known(Part(text)) if text else ABSENT


def _flow(flow: frozenset[Flow]) -> str:
    return ", ".join(each.value for each in Flow if each in flow)


def _filter(scoping: ScopingFilter) -> str:
    return "; or ".join(str(group) for group in scoping)


def _live(attribute: AttributeMapping) -> str:
    """A live attribute mapping, without what is so by default."""
    said = (
        str(attribute.source),
        f"apply {attribute.apply.value}" if attribute.apply is not Apply.ALWAYS else "",
        f"when {attribute.when.value}" if attribute.when is not When.CHANGED else "",
        f'default "{attribute.default}"' if attribute.default is not None else "",
    )
    return _joined(said)


def _desired(attribute: DesiredAttribute) -> str:
    """What the spec says of an attribute, member by member."""
    default = attribute.default
    said = (
        str(attribute.source),
        f"apply {attribute.apply.value}" if attribute.apply else "",
        f"when {attribute.when.value}" if attribute.when else "",
        f'default "{default.value}"' if isinstance(default, Value) else "",
        "no default" if isinstance(default, Clear) else "",
    )
    return _joined(said)


def _joined(said: Iterable[str]) -> str:
    return ", ".join(filter(None, said))
