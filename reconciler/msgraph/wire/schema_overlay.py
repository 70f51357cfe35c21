"""A desired mapping laid over the schema document as it is: what nobody manages keeps its place, form and order.

document ─ rules ─ object mappings ─┬─ enabled            written where the mapping is disabled
                                    ├─ flowTypes          written where the set differs, not where its text does
                                    ├─ scope.groups       equal groups are kept as they are
                                    └─ attributeMappings  changed member by member, new ones at the end
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar, assert_never

import msgspec
from msgspec import Struct

from reconciler.errors import ReconcilerError
from reconciler.mapping.language.parser import function_called
from reconciler.model.mappings import (
    AttributeMapping,
    ClauseGroup,
    DesiredMapping,
    Flow,
    ObjectMapping,
    ScopingFilter,
    Source,
    SourceKind,
)
from reconciler.model.overlay import overlay
from reconciler.model.values import Json
from reconciler.msgraph.wire.decoding import Malformed
from reconciler.msgraph.wire.expressions import WireSource, quoted
from reconciler.msgraph.wire.schema import (
    APPLY_NAMES,
    FLOW_NAMES,
    WHEN_NAMES,
    WireAttribute,
    WireClauseGroup,
    WireObjectMapping,
    attribute_mapping_of,
    clause_group_of,
    is_writable,
    object_mapping_of,
)

T = TypeVar("T")
Members = Mapping[str, Json]

_SOURCE_MEMBERS = frozenset(WireSource.__struct_encode_fields__)


class OverlayRefused(ReconcilerError):
    """Raised when a desired mapping does not fit the schema, so that writing it would not make it true."""


def overlaid(
    document: Members, overlays: Mapping[str, DesiredMapping], removed: Mapping[str, Iterable[str]] | None = None
) -> Members:
    """The document with these mappings, by source object, laid over it; the same object where nothing would change.

    `removed` are target attributes to take away. Raises OverlayRefused and Malformed.
    """
    for source, desired in overlays.items():
        document = _with_mapping(document, desired, (removed or {}).get(source, ()))
    return document


def _with_mapping(document: Members, desired: DesiredMapping, removed: Iterable[str]) -> Members:
    rules = _list(document.get("synchronizationRules"))
    # Of two mappings that are meant the reader takes an enabled one; so does the writer.
    found = min(_meant(rules, desired), key=lambda place: not place.live.enabled, default=None)
    if found is None:
        raise OverlayRefused(
            f"the schema has no mapping from {desired.source} to {desired.target} that may be edited",
            hint="mend the mapping's `source` and `target`",
        )
    rule = _members(rules[found.rule])
    mappings = _list(rule.get("objectMappings"))
    raw = _members(mappings[found.position])
    changed = _mapping(raw, found.live, desired, removed)
    if changed is raw:
        return document
    grown = {**rule, "objectMappings": _with_item(mappings, found.position, changed)}
    return {**document, "synchronizationRules": _with_item(rules, found.rule, grown)}


class _Place(Struct, frozen=True):
    """Where an object mapping stands in the document: in which rule, and where there; and what it means."""

    rule: int
    position: int
    live: ObjectMapping


def _meant(rules: Sequence[Json], desired: DesiredMapping) -> Iterator[_Place]:
    for rule_position, rule in enumerate(map(_members, rules)):
        for position, mapping in enumerate(map(_members, _list(rule.get("objectMappings")))):
            wire = _shaped(mapping, WireObjectMapping)
            if _is_meant(wire, rule, desired):
                yield _Place(rule_position, position, object_mapping_of(wire))


def _is_meant(wire: WireObjectMapping, rule: Members, desired: DesiredMapping) -> bool:
    editable = rule.get("editable")
    source, target = wire.source_object_name, wire.target_object_name
    writable = is_writable(editable if isinstance(editable, bool) else None, source, target)
    return writable and source == desired.source and target == desired.target


def _mapping(raw: Members, live: ObjectMapping, desired: DesiredMapping, removed: Iterable[str]) -> Members:
    wanted = overlay(live, desired, removed)
    if wanted == live:
        return raw
    missing = [target for target in wanted.match if target not in wanted.attributes]
    if missing:
        raise OverlayRefused(f"the schema has no attribute mapping to {', '.join(missing)} to match objects by")
    changes: dict[str, Json] = {} if live.enabled else {"enabled": True}
    if wanted.flow != live.flow:
        changes["flowTypes"] = ", ".join(FLOW_NAMES[flow] for flow in Flow if flow in wanted.flow) or "None"
    if wanted.filter != live.filter:
        changes["scope"] = _scope(raw.get("scope"), wanted.filter)
    if wanted.attributes != live.attributes or wanted.match != live.match:
        changes["attributeMappings"] = _attributes(_list(raw.get("attributeMappings")), live, wanted)
    return {**raw, **changes}


def _attributes(raws: Sequence[Json], live: ObjectMapping, wanted: ObjectMapping) -> list[Json]:
    kept_match = tuple(target for target in live.match if target in wanted.attributes)
    priorities = _priorities(wanted) if wanted.match != kept_match else None
    result: list[Json] = []
    placed: set[str] = set()
    for raw in map(_members, raws):
        wire = _shaped(raw, WireAttribute)
        target = wire.target_attribute_name or ""
        if not target or (target in placed and target in wanted.attributes):
            result.append(raw)
        elif target in wanted.attributes:
            placed.add(target)
            priority = None if priorities is None else priorities.get(target, 0)
            result.append(_attribute(raw, wire, wanted.attributes[target], priority))
    new = (mapping for target, mapping in wanted.attributes.items() if target not in placed)
    result.extend(_new_attribute(mapping, (priorities or {}).get(mapping.target, 0)) for mapping in new)
    return result


def _priorities(wanted: ObjectMapping) -> Mapping[str, int]:
    return {target: position for position, target in enumerate(wanted.match, start=1)}


def _attribute(raw: Members, wire: WireAttribute, wanted: AttributeMapping, priority: int | None) -> Members:
    live = attribute_mapping_of(wire)
    changes: dict[str, Json] = {}
    if wanted.source != live.source:
        changes["source"] = _source(raw.get("source"), wanted.source)
    if wanted.apply is not live.apply:
        changes["flowType"] = APPLY_NAMES[wanted.apply]
    if wanted.when is not live.when:
        changes["flowBehavior"] = WHEN_NAMES[wanted.when]
    if wanted.default != live.default:
        changes["defaultValue"] = wanted.default
    if priority is not None and priority != (wire.matching_priority or 0):
        changes["matchingPriority"] = priority
    return {**raw, **changes} if changes else raw


def _new_attribute(mapping: AttributeMapping, priority: int) -> Members:
    return {
        "defaultValue": mapping.default,
        "exportMissingReferences": False,
        "flowBehavior": WHEN_NAMES[mapping.when],
        "flowType": APPLY_NAMES[mapping.apply],
        "matchingPriority": priority,
        "source": _source(None, mapping.source),
        "targetAttributeName": mapping.target,
    }


def _source(raw: Json, wanted: Source) -> Json:
    """The wire form of a source. An expression's parameters are left out: its text alone says what is meant."""
    strange = {key: value for key, value in _members(raw or {}).items() if key not in _SOURCE_MEMBERS}
    match wanted.kind:
        case SourceKind.NOTHING:
            return None
        case SourceKind.ATTRIBUTE:
            form: dict[str, Json] = {"expression": f"[{wanted.text}]", "name": wanted.text, "parameters": []}
            return {**strange, **form, "type": "Attribute"}
        case SourceKind.CONSTANT:
            form = {"expression": quoted(wanted.text), "name": wanted.text, "parameters": []}
            return {**strange, **form, "type": "Constant"}
        case SourceKind.EXPRESSION:
            name = function_called(wanted.text)
            return {**strange, "expression": wanted.text, **({"name": name} if name else {}), "type": "Function"}
    assert_never(wanted.kind)


def _scope(raw: Json, wanted: ScopingFilter) -> Json:
    scope = _members(raw or {})
    live = [(clause_group_of(_shaped(group, WireClauseGroup)), group) for group in _list(scope.get("groups"))]
    groups: list[Json] = [next((form for value, form in live if value == group), _group(group)) for group in wanted]
    return {**scope, "groups": groups}


def _group(group: ClauseGroup) -> Json:
    clauses: list[Json] = [
        {
            "operatorName": clause.operator,
            "sourceOperandName": clause.attribute,
            "targetOperand": {"values": list(clause.values)} if clause.values else None,
        }
        for clause in group.clauses
    ]
    return {"clauses": clauses, "name": group.name}


def _with_item(items: Sequence[Json], position: int, item: Json) -> list[Json]:
    return [*items[:position], item, *items[position + 1 :]]


def _shaped(raw: Json, shape: type[T]) -> T:
    try:
        return msgspec.convert(raw, shape)
    except msgspec.ValidationError as error:
        raise Malformed(f"an answer has a wrong shape: {error}") from error
    except RecursionError as error:
        raise Malformed("an answer is nested too deep") from error


def _members(raw: Json) -> Members:
    if not isinstance(raw, dict):
        raise Malformed("an answer has a wrong shape: something else where an object belongs")
    return raw


def _list(raw: Json) -> Sequence[Json]:
    if raw is None:
        return ()
    if not isinstance(raw, list):
        raise Malformed("an answer has a wrong shape: something else where a list belongs")
    return raw
