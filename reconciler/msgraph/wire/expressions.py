"""The text of a source: as the service gives it, or rendered from its parameters where the text is missing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import msgspec

from reconciler.model.mappings import Source, SourceKind
from reconciler.msgraph.wire.decoding import Malformed


class WireSource(msgspec.Struct, rename="camel"):
    """The source of an attribute mapping, or one argument of a function."""

    expression: str | None = None
    name: str | None = None
    parameters: list[WireParameter] | None = None
    type: str | None = None


class WireParameter(msgspec.Struct):
    """A named argument of a function."""

    key: str | None = None
    value: WireSource | None = None


_KINDS = {
    "attribute": SourceKind.ATTRIBUTE,
    "constant": SourceKind.CONSTANT,
    "function": SourceKind.EXPRESSION,
}

_SLOTS: Mapping[str, tuple[str, ...]] = {
    "Replace": ("source", "find", "regexpattern", "regexgroupname", "replacement", "replacementattribute", "template"),
}
"""Functions whose arguments may be left out in the middle: every slot has its place, taken or not."""

_OPERATORS = frozenset({"=", "<>", "<", ">", "<=", ">="})
_BRACKETED = re.compile(r"\[(.*)\]", re.DOTALL)
_WHOLE = re.compile(r"-?\d+")
_QUOTED = re.compile(r'"(.*)"', re.DOTALL)


def source_of(wire: WireSource | None) -> Source:
    """The source that the wire describes; a missing one is the portal's "None". Raises Malformed."""
    if wire is None or (wire.name is None and not wire.expression):
        return Source(SourceKind.NOTHING)
    kind = _KINDS.get((wire.type or "attribute").lower())
    if kind is None:
        raise Malformed(f"an answer has a source of the unknown type {(wire.type or '')[:40]!r}")
    if kind is SourceKind.EXPRESSION:
        return Source(kind, wire.expression or _rendered_at_any_depth(wire))
    if wire.name is not None:
        return Source(kind, wire.name)
    return Source(kind, _bare(kind, wire.expression or ""))


def _rendered_at_any_depth(source: WireSource) -> str:
    try:
        return rendered(source)
    except RecursionError as error:
        raise Malformed("an answer has an expression that is nested too deep") from error


def rendered(source: WireSource) -> str:
    """The text of a source from its name and parameters, as the service itself writes such texts."""
    match (source.type or "attribute").lower():
        case "attribute":
            return f"[{source.name or ''}]"
        case "constant":
            return quoted(source.name or "")
        case _:
            return f"{source.name or ''}({', '.join(_arguments(source.name or '', source.parameters or ()))})"


def quoted(constant: str) -> str:
    """A constant as the expression language writes it."""
    escaped = constant.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _arguments(function: str, parameters: Sequence[WireParameter]) -> list[str]:
    slots = _SLOTS.get(function)
    if slots is None:
        return _with_conditions([_argument(parameter) for parameter in parameters], parameters)
    by_slot = {(parameter.key or "").lower(): _argument(parameter) for parameter in parameters}
    return [by_slot.get(slot, "") for slot in slots]


def _with_conditions(texts: list[str], parameters: Sequence[WireParameter]) -> list[str]:
    """The arguments, with a comparison joined into the one argument that it is in the text."""
    joined: list[str] = []
    position = 0
    while position < len(texts):
        operator = _operator(parameters, position + 1)
        if operator and position + 2 < len(texts):
            joined.append(f"{texts[position]}{operator}{_text(parameters[position + 2].value)}")
            position += 3
        else:
            joined.append(texts[position])
            position += 1
    return joined


def _operator(parameters: Sequence[WireParameter], position: int) -> str:
    value = parameters[position].value if position < len(parameters) else None
    is_constant = value is not None and (value.type or "").lower() == "constant"
    return value.name or "" if value is not None and is_constant and value.name in _OPERATORS else ""


def _argument(parameter: WireParameter) -> str:
    """An argument's text. Whole numbers stand bare in a call, though each by itself is a quoted constant."""
    value = parameter.value
    is_number = value is not None and (value.type or "").lower() == "constant" and _WHOLE.fullmatch(value.name or "")
    return value.name or "" if value is not None and is_number else _text(value)


def _text(value: WireSource | None) -> str:
    if value is None:
        return ""
    return value.expression or rendered(value)


def _bare(kind: SourceKind, expression: str) -> str:
    pattern = _BRACKETED if kind is SourceKind.ATTRIBUTE else _QUOTED
    match = pattern.fullmatch(expression)
    return match.group(1) if match else expression
