"""When two expressions say the same: blanks aside, and whether a number stands in quotes."""

from __future__ import annotations

from typing import TypeAlias, assert_never

from reconciler.mapping.language.parser import parse
from reconciler.mapping.language.tokens import SyntaxFault
from reconciler.mapping.language.tree import Attribute, Bare, Call, Comparison, Empty, Node, Number, Text

Meaning: TypeAlias = "tuple[str | Meaning | None, ...] | None"


def same_meaning(one: str, other: str) -> bool:
    """Whether two texts are the same expression. Of texts that are none, only equal ones are.

    On the wire `2` and `"2"` are one constant, and slots that are empty to the end leave nothing: neither tells two
    expressions apart.
    """
    if one == other:
        return True
    try:
        return meaning(parse(one).root) == meaning(parse(other).root)
    except SyntaxFault:
        return False


def meaning(node: Node) -> Meaning:
    """What a part of an expression says, wherever and however it is written."""
    match node:
        case Attribute(name):
            return "attribute", name
        case Text(value):
            return "constant", value
        case Number(text):
            return "constant", text
        case Bare(word):
            return "word", word
        case Empty():
            return None
        case Comparison(left, operator, right):
            return "comparison", meaning(left), operator, meaning(right)
        case Call(name, arguments):
            said = [meaning(argument) for argument in arguments]
            while said and said[-1] is None:
                said.pop()
            return "call", name, *said
    assert_never(node)
