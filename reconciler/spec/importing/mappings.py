"""A live object mapping as a spec says it, with a remark for each part that no spec can say."""

from __future__ import annotations

from reconciler.mapping.expression import balance
from reconciler.model.cells import UNMANAGED, Clear, DesiredCell, Value
from reconciler.model.mappings import (
    Apply,
    AttributeMapping,
    ClauseGroup,
    DesiredAttribute,
    DesiredMapping,
    ObjectMapping,
    ScopingFilter,
    Source,
    SourceKind,
    When,
)

_LONGEST_EXPRESSION = 10_000


def desired_mapping(live: ObjectMapping) -> tuple[DesiredMapping | None, list[str]]:
    """What the spec says of a live mapping, and what it leaves unmanaged and why; None where that is all of it."""
    name = f"the {live.source} mapping"
    if not live.enabled:
        return None, [f"{name} is disabled, and a mapping that a spec declares is enabled: it is left unmanaged."]
    remarks: list[str] = []
    attributes: dict[str, DesiredAttribute] = {}
    for target, mapping in live.attributes.items():
        attribute, remark = _attribute(mapping)
        if attribute is not None:
            attributes[target] = attribute
        if remark:
            remarks.append(f"{target} of {name} {remark}")
    if not _can_be_said(live.filter):
        remarks.append(f"the filter of {name} has an empty part that no spec can say: it is left unmanaged.")
    return DesiredMapping(
        live.source,
        live.target,
        Value(live.flow) if live.flow else Clear(),
        Value(live.match) if live.match else UNMANAGED,
        _filter(live.filter),
        attributes,
    ), remarks


def _attribute(live: AttributeMapping) -> tuple[DesiredAttribute | None, str]:
    fault = _fault(live.source)
    if fault:
        return None, f"{fault}: it is left unmanaged."
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
        case SourceKind.ATTRIBUTE if not source.text:
            return "names no source attribute"
        case SourceKind.EXPRESSION if not source.text:
            return "has an empty expression"
        case SourceKind.EXPRESSION if len(source.text) > _LONGEST_EXPRESSION:
            return "has an expression longer than a spec takes"
        case SourceKind.EXPRESSION if balance(source.text) is not None:
            return "has an expression that does not balance"
    return ""


def _filter(live: ScopingFilter) -> DesiredCell[ScopingFilter]:
    if not _can_be_said(live):
        return UNMANAGED
    return Value(live) if live else Clear()


def _can_be_said(groups: ScopingFilter) -> bool:
    return all(_says(group) for group in groups)


def _says(group: ClauseGroup) -> bool:
    return bool(group.clauses) and all(clause.attribute and clause.operator for clause in group.clauses)
