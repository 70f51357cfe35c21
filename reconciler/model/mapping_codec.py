"""The canonical JSON of object mappings, live and desired, and back. Places are not part of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar, assert_never

from reconciler.model.cells import UNMANAGED, Clear, DesiredCell, Unmanaged, Value
from reconciler.model.documents import Json, Malformed, every, flag, keyed, member, members, optional, table, take, text
from reconciler.model.mappings import (
    Apply,
    AttributeMapping,
    Clause,
    ClauseGroup,
    DesiredAttribute,
    DesiredMapping,
    Flow,
    ObjectMapping,
    ScopingFilter,
    Source,
    SourceKind,
    When,
)

T = TypeVar("T")


def desired_mapping_to_json(mapping: DesiredMapping) -> Json:
    """The JSON of a desired object mapping."""
    return {
        "source": mapping.source,
        "target": mapping.target,
        "flow": _cell(mapping.flow, _flow),
        "match": _cell(mapping.match, list),
        "filter": _cell(mapping.filter, _filter),
        "attributes": {target: _desired_attribute(wanted) for target, wanted in mapping.attributes.items()},
    }


def desired_mapping_from_json(document: Json) -> DesiredMapping:
    """The desired object mapping that `desired_mapping_to_json` wrote. Raises Malformed."""
    found = members(document)
    return DesiredMapping(
        take(found, "source", text),
        take(found, "target", text),
        take(found, "flow", _cell_from(_flow_from)),
        take(found, "match", _cell_from(every(text))),
        take(found, "filter", _cell_from(_filter_from)),
        take(found, "attributes", keyed(_desired_attribute_from)),
    )


def object_mapping_to_json(mapping: ObjectMapping) -> Json:
    """The JSON of a live object mapping."""
    return {
        "source": mapping.source,
        "target": mapping.target,
        "enabled": mapping.enabled,
        "flow": _flow(mapping.flow),
        "match": list(mapping.match),
        "filter": _filter(mapping.filter),
        "attributes": {target: _attribute(attribute) for target, attribute in mapping.attributes.items()},
    }


def object_mapping_from_json(document: Json) -> ObjectMapping:
    """The live object mapping that `object_mapping_to_json` wrote. Raises Malformed."""
    found = members(document)
    return ObjectMapping(
        take(found, "source", text),
        take(found, "target", text),
        take(found, "enabled", flag),
        take(found, "flow", _flow_from),
        take(found, "match", every(text)),
        take(found, "filter", _filter_from),
        take(found, "attributes", keyed(_attribute_from)),
    )


def _desired_attribute(wanted: DesiredAttribute) -> Json:
    return {
        "source": None if isinstance(wanted.source, Clear) else _source(wanted.source),
        "apply": wanted.apply.value if wanted.apply else None,
        "when": wanted.when.value if wanted.when else None,
        "default": _cell(wanted.default, str),
    }


def _desired_attribute_from(target: str) -> Callable[[Json], DesiredAttribute]:
    def read(document: Json) -> DesiredAttribute:
        found = members(document)
        return DesiredAttribute(
            target,
            take(found, "source", optional(_source_from)) or Clear(),
            take(found, "apply", optional(_apply_from)),
            take(found, "when", optional(_when_from)),
            take(found, "default", _cell_from(text)),
        )

    return read


def _attribute(attribute: AttributeMapping) -> Json:
    return {
        "source": _source(attribute.source),
        "apply": attribute.apply.value,
        "when": attribute.when.value,
        "default": attribute.default,
    }


def _attribute_from(target: str) -> Callable[[Json], AttributeMapping]:
    def read(document: Json) -> AttributeMapping:
        found = members(document)
        return AttributeMapping(
            target,
            take(found, "source", _source_from),
            take(found, "apply", _apply_from),
            take(found, "when", _when_from),
            take(found, "default", optional(text)),
        )

    return read


def _apply_from(document: Json) -> Apply:
    return member(Apply, document)


def _when_from(document: Json) -> When:
    return member(When, document)


def _source(source: Source) -> Json:
    return {source.kind.value: source.text}


def _source_from(document: Json) -> Source:
    found = table(text)(document)
    if len(found) != 1:
        raise Malformed("a source has one kind")
    ((kind, source),) = found.items()
    return Source(member(SourceKind, kind), source)


def _filter(groups: ScopingFilter) -> Json:
    return [{"name": group.name, "all": [_clause(clause) for clause in group.clauses]} for group in groups]


def _clause(clause: Clause) -> Json:
    return {"attribute": clause.attribute, "operator": clause.operator, "values": list(clause.values)}


def _filter_from(document: Json) -> ScopingFilter:
    return every(_clause_group_from)(document)


def _clause_group_from(document: Json) -> ClauseGroup:
    found = members(document)
    return ClauseGroup(take(found, "name", text), take(found, "all", every(_clause_from)))


def _clause_from(document: Json) -> Clause:
    found = members(document)
    return Clause(take(found, "attribute", text), take(found, "operator", text), take(found, "values", every(text)))


def _flow(flow: frozenset[Flow]) -> Json:
    return sorted(each.value for each in flow)


def _flow_from(document: Json) -> frozenset[Flow]:
    return frozenset(Flow(each) for each in every(lambda flow: member(Flow, flow))(document))


def _cell(cell: DesiredCell[T], write: Callable[[T], Json]) -> Json:
    match cell:
        case Unmanaged():
            return None
        case Clear():
            return {"clear": True}
        case Value(value):
            return {"value": write(value)}
    assert_never(cell)


def _cell_from(read: Callable[[Json], T]) -> Callable[[Json], DesiredCell[T]]:
    def read_cell(document: Json) -> DesiredCell[T]:
        if document is None:
            return UNMANAGED
        found: Mapping[str, Json] = members(document)
        match dict(found):
            case {"clear": True, **rest} if not rest:
                return Clear()
            case {"value": _, **rest} if not rest:
                return Value(take(found, "value", read))
        raise Malformed("a cell is null, cleared or a value")

    return read_cell
