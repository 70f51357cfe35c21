"""What can be said of an expression before anybody is evaluated: what will fail, and what is likely meant otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum
from itertools import pairwise

from msgspec import Struct

from reconciler.mapping.dotnet.patterns import may_run_away, pattern_of
from reconciler.mapping.evaluation import IGNORE_ATTRIBUTE, IGNORE_OBJECT
from reconciler.mapping.failure import Failed
from reconciler.mapping.functions.function import Function, Kind, Slot
from reconciler.mapping.functions.table import FUNCTIONS
from reconciler.mapping.functions.texts import BINARY_COMPARE, TEXT_COMPARE
from reconciler.mapping.language.tree import Attribute, Bare, Call, Comparison, Empty, Expression, Node, Number, Text
from reconciler.mapping.values import number_in


class Doubt(Enum):
    """The sorts of remark."""

    UNKNOWN_FUNCTION = "unknown function"
    ARITY = "number of arguments"
    TYPE = "type of an argument"
    DEFAULT = "a default that was forgotten"
    UNREACHABLE = "a branch that is never taken"
    PATTERN = "a pattern that does not compile"
    RUNAWAY = "a pattern that may run away"
    WORD = "an unknown word"
    COMPARISON = "a comparison outside of a condition"


class Remark(Struct, frozen=True):
    """A remark on one part of an expression."""

    doubt: Doubt
    node: Node
    message: str
    expected: str = ""
    hint: str = ""
    known: tuple[str, ...] = ()


def remarks(expression: Expression) -> Iterator[Remark]:
    """Everything that can be said of an expression, from left to right."""
    if isinstance(expression.root, Comparison):
        yield _lone(expression.root)
    for node in expression.nodes():
        match node:
            case Call():
                yield from _call(node)
            case Bare(word) if not word.startswith("%") and word not in _WORDS:
                yield Remark(
                    Doubt.WORD,
                    node,
                    f"{word} is no word of the language",
                    "an attribute in brackets, or a text in quotes",
                    f'write `[{word}]` or `"{word}"`',
                    _WORDS,
                )


def is_random(expression: Expression) -> bool:
    """Whether an expression gives another value each time."""
    return any(isinstance(node, Call) and node.name in _RANDOM for node in expression.nodes())


def attributes_of(expression: Expression) -> Iterator[Attribute]:
    """The attributes that an expression reads."""
    return (node for node in expression.nodes() if isinstance(node, Attribute))


def functions_of(expression: Expression) -> Iterator[str]:
    """The names of the functions that an expression calls."""
    return (node.name for node in expression.nodes() if isinstance(node, Call))


_WORDS = (IGNORE_ATTRIBUTE, IGNORE_OBJECT, TEXT_COMPARE, BINARY_COMPARE)
_RANDOM = frozenset({"Guid", "Now", "RandomString"})


def _lone(node: Comparison) -> Remark:
    return Remark(
        Doubt.COMPARISON,
        node,
        "a comparison is no value by itself",
        "a comparison as the condition of `IIF`, or in `CBool`",
        'put it into `IIF(…, "True", "False")`',
    )


def _call(node: Call) -> Iterator[Remark]:
    function = FUNCTIONS.get(node.name)
    if function is None:
        yield Remark(
            Doubt.UNKNOWN_FUNCTION,
            node,
            f"the function {node.name} is not known here",
            "a function of the language, with its letters as the page has them",
            "the service may know it: then weigh the rule with `policy.rules`",
            tuple(FUNCTIONS),
        )
        return
    count = len(node.arguments)
    if count < function.least or (function.most is not None and count > function.most):
        yield _arity(node, function)
        return
    for argument, slot in zip(node.arguments, function.given(count), strict=True):
        yield from _argument(node, slot, argument)
    yield from _OF_ONE.get(node.name, _nothing)(node)


def _arity(node: Call, function: Function) -> Remark:
    least, most = function.least, function.most
    wanted = f"at least {least}" if most is None else str(least) if least == most else f"{least} to {most}"
    names = ", ".join(f"{slot.name}?" if slot.optional else slot.name for slot in function.slots)
    return Remark(
        Doubt.ARITY,
        node,
        f"{node.name} has {len(node.arguments)} arguments",
        f"{wanted}: {names}",
        "a slot that is not needed stays empty between two commas",
    )


def _argument(node: Call, slot: Slot, argument: Node) -> Iterator[Remark]:
    match argument:
        case Empty() if not slot.optional and node.name not in _MAY_LACK:
            yield Remark(Doubt.TYPE, argument, f"{node.name} has no {slot.name}", f"a {slot.kind.value}")
        case Text(value) | Number(value) if slot.kind is Kind.NUMBER and _is_no_number(value):
            yield Remark(Doubt.TYPE, argument, f"the {slot.name} of {node.name} is no number", "a number")
        case Text() | Number() if slot.kind in {Kind.LIST, Kind.ROLES}:
            yield Remark(
                Doubt.TYPE,
                argument,
                f"the {slot.name} of {node.name} is one text",
                f"an attribute that is a {slot.kind.value}",
            )
        case Comparison() if slot.kind is not Kind.CONDITION:
            yield _lone(argument)
        case Call(name) if slot.kind is Kind.NUMBER and _gives(name) in {Kind.TRUTH, Kind.MOMENT, Kind.LIST}:
            yield Remark(
                Doubt.TYPE, argument, f"{name} gives no number, as the {slot.name} of {node.name} is", "a number"
            )


def _is_no_number(text: str) -> bool:
    return number_in(text) is None and not text.upper().startswith("&H")


def _gives(name: str) -> Kind | None:
    function = FUNCTIONS.get(name)
    return function.gives if function else None


_MAY_LACK = frozenset({"IIF", "Coalesce", "Join", "Switch", "Append", "Prepend"})
"""Functions that take an empty slot as no value, where the page calls the slot required."""


def _nothing(_node: Call) -> Iterator[Remark]:
    return iter(())


def _switch(node: Call) -> Iterator[Remark]:
    """Keys and values come in pairs behind the default: an odd number means that one of them is missing."""
    if len(node.arguments) % 2:
        yield Remark(
            Doubt.DEFAULT,
            node,
            f"Switch has {len(node.arguments)} arguments: what stands behind the source is no default and pairs",
            "a source, a default, and pairs of key and value",
            'leave the default empty if there is none: `Switch([source], , "key", "value")`',
        )
        return
    seen: set[str] = set()
    for key in node.arguments[2::2]:
        if isinstance(key, Text | Number):
            said = key.value if isinstance(key, Text) else key.text
            if said in seen:
                yield Remark(Doubt.UNREACHABLE, key, f"Switch has the key {said!r} twice: the second is never reached")
            seen.add(said)


def _coalesce(node: Call) -> Iterator[Remark]:
    for before, after in pairwise(node.arguments):
        if isinstance(before, Text | Number):
            yield Remark(Doubt.UNREACHABLE, after, "Coalesce never reaches this: what stands before it is never null")
            return


def _iif(node: Call) -> Iterator[Remark]:
    condition, then, otherwise = node.arguments
    said = condition.value.casefold() if isinstance(condition, Text) else ""
    if said in {"true", "false"}:
        never = otherwise if said == "true" else then
        yield Remark(Doubt.UNREACHABLE, never, f"IIF never takes this branch: its condition is always {said}")
    if isinstance(condition, Comparison) and any(side == "" for side in _texts((condition.left, condition.right))):
        yield Remark(
            Doubt.UNREACHABLE,
            then,
            "IIF never takes this branch: a comparison with an empty text never holds",
            "a test for a value",
            "use `IsPresent([attribute])` or `IsNullOrEmpty([attribute])`",
        )


def _texts(nodes: Sequence[Node]) -> Iterator[str]:
    return (node.value for node in nodes if isinstance(node, Text))


_SLOTS_OF_REPLACE = 7


def _replace(node: Call) -> Iterator[Remark]:
    slots: list[Node | None] = [None if isinstance(argument, Empty) else argument for argument in node.arguments]
    slots += [None] * (_SLOTS_OF_REPLACE - len(slots))
    _, old, pattern, _, replacement, other, template = slots
    if isinstance(pattern, Text):
        yield from _pattern(pattern)
    if not (old and (replacement or template)) and not (pattern and (replacement or other)):
        yield Remark(
            Doubt.ARITY,
            node,
            "Replace says either not what to look for or not what to put there",
            "a text or a pattern, and a replacement, an attribute or a template",
            'as in `Replace([source], "old", , , "new", , )`',
        )


def _pattern(node: Text) -> Iterator[Remark]:
    try:
        pattern_of(node.value)
    except Failed as failure:
        yield Remark(Doubt.PATTERN, node, str(failure), "a regular expression of .NET")
        return
    if may_run_away(node.value):
        yield Remark(
            Doubt.RUNAWAY,
            node,
            "the pattern counts what counts itself, and can take longer than anybody waits",
            "no `+` or `*` behind a group that ends with one",
            "write `[a-z]+` for `([a-z]+)+`",
        )


_OF_ONE: Mapping[str, Callable[[Call], Iterator[Remark]]] = {
    "Switch": _switch,
    "Coalesce": _coalesce,
    "IIF": _iif,
    "Replace": _replace,
}
"""What is to be said of single functions, once the number of their arguments is right."""
