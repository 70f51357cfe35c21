"""A live value as the spec would say it, for a field of which the spec says something else."""

from __future__ import annotations

from msgspec.structs import replace

from reconciler.errors import ReconcilerError
from reconciler.model.address import Address
from reconciler.model.cells import UNMANAGED, Clear, DesiredCell, Known, LiveCell, Unmanaged, Value
from reconciler.model.fields import MAPPING_PREFIX, Clearing, Field, Normaliser, field_of
from reconciler.model.mappings import Apply, DesiredAttribute, DesiredMapping, ObjectMapping, Source, SourceKind, When
from reconciler.model.plan import FieldChange
from reconciler.model.spec import Spec
from reconciler.model.states import FieldValue, LiveState
from reconciler.spec.importing.mappings import desired_mapping
from reconciler.spec.importing.nodes import attribute_node, filter_node, flow_node
from reconciler.spec.importing.text import Node

_DERIVED = "its value is made of connector.host and connector.name: change those by hand"
_BACK = "apply puts it back, or take the key out of the spec by hand"
_NO_WORDS = f"no spec can say what the service holds: {_BACK}"


class Unsayable(ReconcilerError):
    """Raised where the spec cannot take over a live value; the message says why, after the name of the field."""


def live_node(address: Address, field: FieldChange, spec: Spec, live: LiveState) -> Node:
    """What to write for a field so that the spec says what the service holds. Raises Unsayable."""
    if field.key.startswith(MAPPING_PREFIX):
        key, _, part = field.key.removeprefix(MAPPING_PREFIX).partition("/")
        source = f"{MAPPING_PREFIX}{key}"
        return _part(part, field, spec.desired.cell(address, source), live.cell(address, source))
    known = field_of(address.kind, field.key)
    if known.secret:
        raise Unsayable("a secret is never written into a spec: apply sends it")
    if field.key == "connector.url" and not isinstance(spec.desired.cell(address, "connector.host"), Unmanaged):
        raise Unsayable(_DERIVED)
    return _empty(known) if field.before is None else _value(field.before, known)


def _empty(field: Field) -> Node:
    if field.clearing is Clearing.REFUSED:
        raise Unsayable(f"the service holds nothing, which the spec cannot say of it: {_BACK}")
    return [] if field.normaliser is Normaliser.REFERENCES else None


def _value(value: FieldValue, known: Field) -> Node:
    match value:
        case bool() | int() | str():
            return value
        case Address():
            return _key(value)
        case frozenset() if len(value) == 1 and known.normaliser is Normaliser.REFERENCE:
            return _key(*value)
        case frozenset() if known.normaliser is Normaliser.REFERENCES:
            return sorted(_key(address) for address in value)
    raise Unsayable(_NO_WORDS)


def _key(address: Address) -> str:
    if not address.is_bound:
        raise Unsayable(f"the spec has no name for {address}: add it first, as import --update does")
    return address.key


def _part(part: str, field: FieldChange, desired: DesiredCell[FieldValue], live: LiveCell[FieldValue]) -> Node:
    """One part of an object mapping. An attribute can have the name of a part, and is told by its place."""
    match desired, live:
        case Value(DesiredMapping() as wanted), Known(ObjectMapping() as held):
            said, _ = desired_mapping(held)
            if said is None:
                raise Unsayable(f"the mapping is disabled, and one that the spec declares is enabled: {_BACK}")
            ours = wanted.attributes.get(part)
            if ours is not None and ours.place == field.place:
                return _attribute(part, ours, held, said)
            if ours is None and part in said.attributes:
                return attribute_node(said.attributes[part])
            return _whole(part, said)
    raise Unsayable(f"the mapping is not there: {_BACK}")


def _whole(part: str, said: DesiredMapping) -> Node:
    match part, said:
        case "match", DesiredMapping(match=Value(targets)):
            return list(targets)
        case "flow", DesiredMapping(flow=Value(chosen)):
            return flow_node(chosen)
        case "flow", DesiredMapping(flow=Clear()):
            return []
        case "filter", DesiredMapping(filter=Value(groups)):
            return filter_node(groups)
        case "filter", DesiredMapping(filter=Clear()):
            return []
    raise Unsayable(_NO_WORDS if part in {"match", "filter"} else "the spec does not name it: write it by hand")


def _attribute(target: str, ours: DesiredAttribute, held: ObjectMapping, said: DesiredMapping) -> Node:
    if target not in held.attributes:
        return None
    if target not in said.attributes:
        raise Unsayable(_NO_WORDS)
    return attribute_node(_as_managed(said.attributes[target], ours))


def _as_managed(said: DesiredAttribute, ours: DesiredAttribute) -> DesiredAttribute:
    """The live attribute with those members that the spec has a word on, and no others."""
    manages_default = not isinstance(ours.default, Unmanaged) or _says_nothing(said)
    return replace(
        said,
        apply=None if ours.apply is None else said.apply or Apply.ALWAYS,
        when=None if ours.when is None else said.when or When.CHANGED,
        default=_said_default(said) if manages_default else UNMANAGED,
    )


def _says_nothing(attribute: DesiredAttribute) -> bool:
    return attribute.source == Source(SourceKind.NOTHING)


def _said_default(said: DesiredAttribute) -> DesiredCell[str]:
    return Clear() if isinstance(said.default, Unmanaged) else said.default
