"""A mapping and its parts as a spec writes them: whole, or what an app says beside the name of another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from reconciler.model.cells import Clear, Value
from reconciler.model.mappings import Clause, DesiredAttribute, DesiredMapping, Flow, ScopingFilter, SourceKind
from reconciler.spec.importing.prefixes import prefix_of
from reconciler.spec.importing.sharing import Use, targets_of
from reconciler.spec.importing.text import Node, Row


def mapping_node(mapping: DesiredMapping) -> dict[str, Node]:
    """A whole mapping."""
    prefix = prefix_of(targets_of(mapping))
    node: dict[str, Node] = {"source": mapping.source, "target": mapping.target}
    if prefix:
        node["prefix"] = prefix
    return node | part_nodes(mapping, prefix)


def use_node(use: Use) -> Node:
    """The name of a mapping, with what is said beside it."""
    if use.own is None:
        return use.named.key
    parts = part_nodes(use.own, use.named.prefix)
    if isinstance(attributes := parts.get("attributes"), dict):
        parts["attributes"] = Row(attributes)
    return Row({"use": use.named.key, **parts})


def part_nodes(mapping: DesiredMapping, prefix: str) -> dict[str, Node]:
    """The parts that a mapping has a word on, in the order in which they are written."""
    return dict(_parts(mapping, prefix))


def _parts(mapping: DesiredMapping, prefix: str) -> Iterator[tuple[str, Node]]:
    if isinstance(mapping.flow, Value | Clear):
        yield "flow", flow_node(mapping.flow.value if isinstance(mapping.flow, Value) else frozenset())
    matching = mapping.match.value if isinstance(mapping.match, Value) else ()
    if matching:
        yield "match", [target.removeprefix(prefix) for target in matching]
    ordered = sorted(mapping.attributes, key=lambda each: (_rank(each, matching), each.casefold(), each))
    if ordered:
        yield "attributes", {each.removeprefix(prefix): attribute_node(mapping.attributes[each]) for each in ordered}
    match mapping.filter:
        case Clear():
            yield "filter", []
        case Value(groups):
            yield "filter", filter_node(groups)


def _rank(target: str, matching: Sequence[str]) -> int:
    """Where an attribute stands: those that match objects first, in their order."""
    return matching.index(target) if target in matching else len(matching)


def flow_node(chosen: AbstractSet[Flow]) -> Node:
    """What may be done to objects, in the order of the words."""
    return [flow.value for flow in Flow if flow in chosen]


def filter_node(groups: ScopingFilter) -> Node:
    """A scoping filter as a spec writes it."""
    return [
        {**({"name": group.name} if group.name else {}), "all": [_clause(clause) for clause in group.clauses]}
        for group in groups
    ]


def attribute_node(attribute: DesiredAttribute) -> Node:
    """An attribute mapping as a spec writes it."""
    members: dict[str, Node] = {}
    source = attribute.source
    if isinstance(source, Clear):
        return None
    match source.kind:
        case SourceKind.ATTRIBUTE:
            members["source"] = source.text
        case SourceKind.CONSTANT:
            members["constant"] = source.text
        case SourceKind.EXPRESSION:
            members["expression"] = f"={source.text}" if source.text.startswith("=") else source.text
    if attribute.apply is not None:
        members["apply"] = attribute.apply.value
    if attribute.when is not None:
        members["when"] = attribute.when.value
    match attribute.default:
        case Value(text):
            members["default"] = text
        case Clear():
            members["default"] = None
    return _short(members)


def _short(members: dict[str, Node]) -> Node:
    """The short form of an attribute that says no more than where its value comes from."""
    match members:
        case {"source": str(name)} if len(members) == 1 and not name.startswith("="):
            return name
        case {"expression": str(text)} if len(members) == 1:
            return text if text.startswith("=") else f"={text}"
    return Row(members)


def _clause(clause: Clause) -> Node:
    members: dict[str, Node] = {"attribute": clause.attribute, "operator": clause.operator}
    if len(clause.values) == 1:
        members["value"] = clause.values[0]
    elif clause.values:
        members["values"] = list(clause.values)
    return Row(members)
