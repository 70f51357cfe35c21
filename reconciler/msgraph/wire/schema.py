"""A schema document, reduced to its object mappings: directories are skipped, equal rules are parsed once.

Page: learn.microsoft.com/graph/api/resources/synchronization-synchronizationschema (beta).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeVar

import msgspec

from reconciler.model.mappings import (
    Apply,
    AttributeMapping,
    Clause,
    ClauseGroup,
    Flow,
    ObjectMapping,
    ScopingFilter,
    When,
)
from reconciler.msgraph.wire.decoding import Encoded, Malformed, decode
from reconciler.msgraph.wire.expressions import WireSource, source_of

E = TypeVar("E", bound=Enum)

FLOW_NAMES: Mapping[Flow, str] = {Flow.ADD: "Add", Flow.UPDATE: "Update", Flow.DELETE: "Delete"}
APPLY_NAMES: Mapping[Apply, str] = {
    Apply.ALWAYS: "Always",
    Apply.ON_CREATE: "ObjectAddOnly",
    Apply.MULTI_VALUE_ADD: "MultiValueAddOnly",
    Apply.VALUE_ADD: "ValueAddOnly",
    Apply.ATTRIBUTE_ADD: "AttributeAddOnly",
}
WHEN_NAMES: Mapping[When, str] = {When.CHANGED: "FlowWhenChanged", When.ALWAYS: "FlowAlways"}


class _Operand(msgspec.Struct):
    values: list[str] | None = None


class _Clause(msgspec.Struct, rename="camel"):
    source_operand_name: str | None = None
    operator_name: str | None = None
    target_operand: _Operand | None = None


class WireClauseGroup(msgspec.Struct):
    """A group of clauses of a scope."""

    name: str | None = None
    clauses: list[_Clause] | None = None


class _Scope(msgspec.Struct):
    groups: list[WireClauseGroup] | None = None


class WireAttribute(msgspec.Struct, rename="camel"):
    """An attribute mapping; a member that is missing has its documented default."""

    target_attribute_name: str | None = None
    source: WireSource | None = None
    default_value: str | None = None
    flow_behavior: str | None = None
    flow_type: str | None = None
    matching_priority: int | None = None


class WireObjectMapping(msgspec.Struct, rename="camel"):
    """An object mapping; a member that is missing has its documented default."""

    source_object_name: str | None = None
    target_object_name: str | None = None
    enabled: bool | None = None
    flow_types: str | list[str] | None = None
    scope: _Scope | None = None
    attribute_mappings: list[WireAttribute] | None = None


class _Rule(msgspec.Struct, rename="camel"):
    editable: bool | None = None
    object_mappings: list[WireObjectMapping] | None = None


class _Document(msgspec.Struct, rename="camel"):
    synchronization_rules: list[msgspec.Raw]
    version: str | None = None


@dataclass(slots=True)
class RuleCache:
    """Remembers what each distinct rule means, so that apps that share mappings share the values."""

    _mappings: dict[bytes, tuple[ObjectMapping, ...]] = field(default_factory=dict)

    def mappings(self, rule: msgspec.Raw) -> tuple[ObjectMapping, ...]:
        """The object mappings of a rule that this program may write. Raises Malformed."""
        digest = hashlib.sha256(rule).digest()
        known = self._mappings.get(digest)
        if known is None:
            known = self._mappings[digest] = tuple(_writable(decode(rule, _Rule)))
        return known


def object_mappings(body: Encoded, cache: RuleCache) -> tuple[ObjectMapping, ...]:
    """The named object mappings of a schema's editable rules, disabled ones too, in its order. Raises Malformed."""
    document = decode(body, _Document)
    return tuple(mapping for rule in document.synchronization_rules for mapping in cache.mappings(rule))


def version_of(body: Encoded) -> str:
    """The version that the service gives a schema with every change; a digest where it gives none."""
    return decode(body, _Document).version or hashlib.sha256(body).hexdigest()


def by_source(
    mappings: Iterable[ObjectMapping], targets: Mapping[str, str] | None = None
) -> Mapping[str, ObjectMapping]:
    """One object mapping per source object: that of the target which the spec names, else the first enabled one."""
    found: dict[str, ObjectMapping] = {}
    wanted = targets or {}
    for mapping in sorted(mappings, key=lambda mapping: not mapping.enabled):
        target = wanted.get(mapping.source)
        if target is None or mapping.target == target:
            found.setdefault(mapping.source, mapping)
    return found


def is_writable(editable: bool | None, source: str | None, target: str | None) -> bool:
    """Whether an object mapping may be changed: named on both sides, in a rule that is editable."""
    return editable is not False and bool(source) and bool(target)


def object_mapping_of(wire: WireObjectMapping) -> ObjectMapping:
    """The value of an object mapping; of two mappings to one target the first counts. Raises Malformed."""
    attributes: dict[str, AttributeMapping] = {}
    matching: dict[str, int] = {}
    for attribute in wire.attribute_mappings or ():
        mapping = attribute_mapping_of(attribute)
        if mapping.target and mapping.target not in attributes:
            attributes[mapping.target] = mapping
            matching[mapping.target] = attribute.matching_priority or 0
    return ObjectMapping(
        wire.source_object_name or "",
        wire.target_object_name or "",
        wire.enabled is not False,
        flow_of(wire.flow_types),
        in_precedence(matching),
        _filter(wire.scope),
        attributes,
    )


def in_precedence(matching: Mapping[str, int]) -> tuple[str, ...]:
    """The matching targets in order of precedence, from priorities by target; 0 is no matching attribute."""
    ranked = [(priority, position, target) for position, (target, priority) in enumerate(matching.items())]
    return tuple(target for priority, _, target in sorted(ranked) if priority > 0)


def attribute_mapping_of(wire: WireAttribute) -> AttributeMapping:
    """The value of an attribute mapping. Raises Malformed."""
    return AttributeMapping(
        wire.target_attribute_name or "",
        source_of(wire.source),
        _member(APPLY_NAMES, wire.flow_type, Apply.ALWAYS),
        _member(WHEN_NAMES, wire.flow_behavior, When.CHANGED),
        wire.default_value,
    )


def flow_of(flags: str | Sequence[str] | None) -> frozenset[Flow]:
    """The set that a comma-separated text of flags stands for; everything where the service says nothing."""
    if flags is None:
        return frozenset(Flow)
    words = flags.split(",") if isinstance(flags, str) else flags
    named = [word.strip() for word in words]
    return frozenset(_member(FLOW_NAMES, word, Flow.ADD) for word in named if word.lower() not in {"", "none"})


def clause_group_of(wire: WireClauseGroup) -> ClauseGroup:
    """The value of a group of clauses; a unary operator has no operand, or a null one."""
    clauses = (
        Clause(
            clause.source_operand_name or "",
            clause.operator_name or "",
            tuple((clause.target_operand and clause.target_operand.values) or ()),
        )
        for clause in wire.clauses or ()
    )
    return ClauseGroup(wire.name or "", tuple(clauses))


def _writable(rule: _Rule) -> Iterator[ObjectMapping]:
    for mapping in rule.object_mappings or ():
        if is_writable(rule.editable, mapping.source_object_name, mapping.target_object_name):
            yield object_mapping_of(mapping)


def _filter(scope: _Scope | None) -> ScopingFilter:
    return tuple(clause_group_of(group) for group in (scope and scope.groups) or ())


def _member(names: Mapping[E, str], text: str | None, default: E) -> E:
    """The member of a name, compared without case: pages and answers differ in it."""
    if text is None:
        return default
    for member, name in names.items():
        if name.lower() == text.lower():
            return member
    raise Malformed(f"an answer has the unknown word {text[:40]!r} where one of {', '.join(names.values())} belongs")
