"""A schema document, reduced to its object mappings and to what holds several values: equal parts are parsed once.

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
    target_directory_name: str | None = None


class _Definition(msgspec.Struct):
    name: str | None = None
    multivalued: bool | None = None


class _Object(msgspec.Struct):
    name: str | None = None
    attributes: list[_Definition] | None = None


class _Directory(msgspec.Struct):
    name: str | None = None
    objects: msgspec.Raw = msgspec.Raw(b"null")


class _Document(msgspec.Struct, rename="camel"):
    synchronization_rules: list[msgspec.Raw]
    directories: list[_Directory] | None = None
    version: str | None = None


Several = Mapping[str, frozenset[str]]
"""By object of the target: its attributes that hold several values."""


class Schema(msgspec.Struct, frozen=True):
    """The named object mappings of a schema's editable rules, disabled ones too, in its order.

    `several` says which attributes of the directories that they write to hold several values.
    """

    mappings: tuple[ObjectMapping, ...]
    several: Several


class _Read(msgspec.Struct, frozen=True):
    """A rule: the object mappings that this program may write, and the directory that they write to."""

    mappings: tuple[ObjectMapping, ...]
    target: str


@dataclass(slots=True)
class SchemaCache:
    """Remembers what each distinct rule and directory means, so that apps that share mappings share the values."""

    _rules: dict[bytes, _Read] = field(default_factory=dict)
    _directories: dict[bytes, Several] = field(default_factory=dict)

    def schema(self, body: Encoded) -> Schema:
        """What a schema says. Raises Malformed."""
        document = decode(body, _Document)
        rules = [self._rule(rule) for rule in document.synchronization_rules]
        targets = {rule.target for rule in rules if rule.mappings}
        several: dict[str, frozenset[str]] = {}
        for directory in document.directories or ():
            if directory.name in targets:  # The source's directory is most of a schema, and says nothing here.
                several |= self._directory(directory.objects)
        return Schema(tuple(mapping for rule in rules for mapping in rule.mappings), several)

    def _rule(self, rule: msgspec.Raw) -> _Read:
        digest = hashlib.sha256(rule).digest()
        known = self._rules.get(digest)
        if known is None:
            wire = decode(rule, _Rule)
            known = self._rules[digest] = _Read(tuple(_writable(wire)), wire.target_directory_name or "")
        return known

    def _directory(self, objects: msgspec.Raw) -> Several:
        digest = hashlib.sha256(objects).digest()
        known = self._directories.get(digest)
        if known is None:
            known = self._directories[digest] = _several(objects)
        return known


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


def _several(objects: Encoded) -> Several:
    """The attributes of several values, none where the objects have another shape: mappings are read all the same."""
    try:
        found = decode(objects, list[_Object])
    except Malformed:
        return {}
    return {
        each.name or "": frozenset(one.name or "" for one in each.attributes or () if one.multivalued) for each in found
    }


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
