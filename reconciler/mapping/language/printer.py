"""Writes a tree as text: with the blanks that a careful person would put, and none else."""

from __future__ import annotations

from typing import assert_never

from reconciler.mapping.language.tree import Attribute, Bare, Call, Comparison, Empty, Expression, Node, Number, Text


def formatted(expression: Expression) -> str:
    """The stable form of an expression: one blank behind each comma and around each operator, on one line.

    Texts keep their escapes. Formatting what is formatted changes nothing, and never the meaning.
    """
    return _written(expression.root, expression)


def _written(node: Node, expression: Expression) -> str:
    match node:
        case Attribute(name):
            return f"[{name}]"
        case Text() | Number() | Bare():
            return expression.source(node)
        case Empty():
            return ""
        case Comparison(left, operator, right):
            return f"{_written(left, expression)} {operator} {_written(right, expression)}"
        case Call(name, arguments):
            return f"{name}({', '.join(_written(argument, expression) for argument in arguments)})"
    assert_never(node)
