"""A live object mapping as a spec says it, with a remark for each part that no spec can say."""

from __future__ import annotations

from collections.abc import Hashable

from reconciler.mapping.language.parser import fault_in
from reconciler.model.cells import UNMANAGED, Clear, DesiredCell, Value
from reconciler.model.mappings import (
    Apply,
    AttributeMapping,
    Clause,
    ClauseGroup,
    DesiredAttribute,
    DesiredMapping,
    ObjectMapping,
    ScopingFilter,
    Source,
    SourceKind,
    When,
)
from reconciler.spec.importing.sayable import is_line, is_text

_LONGEST_EXPRESSION = 10_000


def desired_mapping(live: ObjectMapping) -> tuple[DesiredMapping | None, list[str]]:
    """What the spec says of a live mapping, and what it leaves unmanaged and why; None where that is all of it."""
    name = f"{live.source} mapping"
    if not live.enabled:
        return None, [f"The {name} is disabled, and a mapping that a spec declares is enabled: it is left unmanaged."]
    if not is_line(live.source) or not is_line(live.target):
        return None, [f"The {name} has a name that no spec can hold: it is left unmanaged."]
    remarks: list[str] = []
    attributes: dict[str, DesiredAttribute] = {}
    for target, mapping in live.attributes.items():
        attribute, remark = _attribute(mapping)
        if attribute is not None:
            attributes[target] = attribute
        if remark:
            remarks.append(f"{short_name(target)} of the {name} {remark}")
    matching = all(map(is_line, live.match))
    if not matching:
        remarks.append(f"The {name} matches by a name that no spec can hold: `match` is left unmanaged.")
    filtered = _can_be_said(live.filter)
    if not filtered:
        remarks.append(f"The filter of the {name} has a part that no spec can say: it is left unmanaged.")
    return DesiredMapping(
        live.source,
        live.target,
        Value(live.flow) if live.flow else Clear(),
        Value(live.match) if live.match and matching else UNMANAGED,
        (Value(live.filter) if live.filter else Clear()) if filtered else UNMANAGED,
        attributes,
    ), remarks


def short_name(target: str) -> str:
    """The name of a target attribute without its schema, as a remark calls it."""
    return target.rpartition(":")[2] if target.startswith("urn:") else target


def signature(mapping: DesiredMapping) -> Hashable:
    """What two mappings have in common that say the same."""
    attributes = frozenset(mapping.attributes.values())
    return (mapping.source, mapping.target, mapping.flow, mapping.match, mapping.filter, attributes)


def _attribute(live: AttributeMapping) -> tuple[DesiredAttribute | None, str]:
    fault = _fault(live.source)
    if fault or not is_line(live.target) or not is_text(live.default or ""):
        return None, f"{fault or 'holds a text that no spec can hold'}: it is left unmanaged."
    default: DesiredCell[str] = UNMANAGED if live.default is None else Value(live.default)
    if live.source.kind is SourceKind.NOTHING and live.default is None:
        default = Clear()  # It says that nothing flows; without a word on its value a mapping has no sense.
    when = live.when if live.when is not When.CHANGED else None
    if live.apply not in {Apply.ALWAYS, Apply.ON_CREATE}:
        remark = f"is applied as {live.apply.value}, which no spec can say: that is left as it is."
        return DesiredAttribute(live.target, live.source, None, when, default), remark
    apply = live.apply if live.apply is not Apply.ALWAYS else None
    return DesiredAttribute(live.target, live.source, apply, when, default), ""


def _fault(source: Source) -> str:
    """Why a source cannot stand in a spec; "" where it can."""
    match source.kind:
        case SourceKind.ATTRIBUTE if not is_line(source.text):
            return "names a source attribute that no spec can name"
        case SourceKind.EXPRESSION if not source.text.strip():
            return "has an empty expression"
        case SourceKind.EXPRESSION | SourceKind.CONSTANT if not is_text(source.text):
            return "holds a text that no spec can hold"
        case SourceKind.EXPRESSION if len(source.text) > _LONGEST_EXPRESSION:
            return "has an expression longer than a spec takes"
        case SourceKind.EXPRESSION if fault_in(source.text) is not None:
            return "has an expression that this program cannot read"
    return ""


def _can_be_said(groups: ScopingFilter) -> bool:
    return all(_says(group) for group in groups)


def _says(group: ClauseGroup) -> bool:
    named = not group.name or is_line(group.name)
    return named and bool(group.clauses) and all(_says_clause(clause) for clause in group.clauses)


def _says_clause(clause: Clause) -> bool:
    return is_line(clause.attribute) and is_line(clause.operator) and all(map(is_text, clause.values))
