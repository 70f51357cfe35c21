"""The other form of an expression on the wire: a function with its parameters by key, beside the text.

The keys are those that the service's own schemas hold; a comparison is spread over three of them. Numbers and texts
are the same constant there, and a slot that is empty has no parameter.
Source: https://learn.microsoft.com/graph/api/resources/synchronization-attributemappingsource
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import assert_never

from msgspec import Struct

from reconciler.mapping.functions.function import Function, Slot
from reconciler.mapping.functions.table import FUNCTIONS
from reconciler.mapping.language.tree import Attribute, Bare, Call, Comparison, Empty, Expression, Node, Number, Text

ATTRIBUTE, CONSTANT, FUNCTION = "Attribute", "Constant", "Function"
"""The types of a source."""


class SourceForm(Struct, frozen=True):
    """A source: its type, what it is called, its text, and of a function its parameters by key, in order."""

    type: str
    name: str
    expression: str
    parameters: tuple[tuple[str, SourceForm], ...] = ()


class NoForm(Exception):
    """Raised for an expression that has no parameters on the wire: an unknown function, or a lone comparison."""


def form_of(expression: Expression) -> SourceForm:
    """The parameters form of an expression. Raises NoForm."""
    return _form(expression.root, expression)


def text_of_form(form: SourceForm) -> str:
    """The text of a form, from its parameters alone. Raises NoForm for a function that is not known."""
    if form.type == ATTRIBUTE:
        return f"[{form.name}]"
    if form.type == CONSTANT:
        return form.expression or quoted(form.name)
    function = _known(form.name)
    return f"{form.name}({', '.join(_slots(function, form.parameters))})"


def quoted(constant: str) -> str:
    """A constant as the expression language writes it."""
    escaped = constant.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _form(node: Node, expression: Expression) -> SourceForm:
    match node:
        case Attribute(name):
            return SourceForm(ATTRIBUTE, name, f"[{name}]")
        case Text(value):
            return SourceForm(CONSTANT, value, quoted(value))
        case Number(text):
            return SourceForm(CONSTANT, text, quoted(text))
        case Bare(word):
            return SourceForm(CONSTANT, word, word)
        case Call(name, arguments):
            parameters = tuple(_parameters(_known(name), arguments, expression))
            return SourceForm(FUNCTION, name, expression.source(node), parameters)
        case Comparison() | Empty():
            raise NoForm(expression.source(node))
    assert_never(node)


def _known(name: str) -> Function:
    function = FUNCTIONS.get(name)
    if function is None:
        raise NoForm(name)
    return function


def _parameters(
    function: Function, arguments: Sequence[Node], expression: Expression
) -> Iterator[tuple[str, SourceForm]]:
    slots = list(function.given(len(arguments)))
    if len(slots) < len(arguments):
        raise NoForm(function.name)
    for argument, slot in zip(arguments, slots, strict=True):
        match argument:
            case Empty():
                continue
            case Comparison(left, operator, right) if slot.key == _CONDITION[0]:
                sides = (
                    _form(left, expression),
                    SourceForm(CONSTANT, operator, quoted(operator)),
                    _form(right, expression),
                )
                yield from zip(_CONDITION, sides, strict=True)
            case _:
                yield slot.key, _form(argument, expression)


def _slots(function: Function, parameters: Sequence[tuple[str, SourceForm]]) -> list[str]:
    """The text of each slot, empty where no parameter has its key; none behind the last that is given."""
    waiting: dict[str, list[str]] = {}
    for key, form in parameters:
        waiting.setdefault(key, []).append(text_of_form(form))
    condition = [waiting.pop(key)[0] for key in _CONDITION if key in waiting and len(waiting[key]) == 1]
    if len(condition) > 1:
        waiting[_CONDITION[0]] = [" ".join(part.strip('"') if at == 1 else part for at, part in enumerate(condition))]
    elif condition:
        waiting[_CONDITION[0]] = condition
    texts: list[str] = []
    while any(waiting.values()):
        slot = function.slot(len(texts))
        if slot is None:
            raise NoForm(function.name)
        texts.append(_taken(waiting, slot))
    while len(texts) < function.least:
        texts.append("")
    return texts


def _taken(waiting: dict[str, list[str]], slot: Slot) -> str:
    texts = waiting.get(slot.key)
    return texts.pop(0) if texts else ""


_CONDITION = ("one", "two", "three")
"""The keys of a comparison: its left side, its operator and its right side."""
