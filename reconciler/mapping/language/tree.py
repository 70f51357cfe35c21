"""What an expression is made of. Each part knows where it stands in the text, so nothing of the text is lost.

Source: https://learn.microsoft.com/entra/identity/app-provisioning/functions-for-customizing-application-data
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from msgspec import Struct


class Attribute(Struct, frozen=True):
    """`[name]`: what the user holds under this name, blanks around it aside."""

    name: str
    start: int
    end: int


class Text(Struct, frozen=True):
    """`"text"`, with the value that its escapes stand for."""

    value: str
    start: int
    end: int


class Number(Struct, frozen=True):
    """A number without quotes, as it is written: `448`, `-2147483648`, `&HF`."""

    text: str
    start: int
    end: int


class Bare(Struct, frozen=True):
    """A word without quotes that is no number and calls nothing: `%DomainFQDN%`, `IgnoreAttributeFlow`."""

    word: str
    start: int
    end: int


class Empty(Struct, frozen=True):
    """A slot between two commas that holds nothing. That is neither null nor an empty text."""

    start: int
    end: int


class Comparison(Struct, frozen=True):
    """Two sides and what is asked of them: `=`, `<>`, `>`, `>=`, `<` or `<=`."""

    left: Node
    operator: str
    right: Node
    start: int
    end: int


class Call(Struct, frozen=True):
    """A function with what stands in its slots."""

    name: str
    arguments: tuple[Node, ...]
    start: int
    end: int


Node: TypeAlias = Attribute | Text | Number | Bare | Empty | Comparison | Call


class Expression(Struct, frozen=True):
    """A text and the tree that it means."""

    text: str
    root: Node

    def source(self, node: Node) -> str:
        """The text of one of its parts, as it is written."""
        return self.text[node.start : node.end]

    def nodes(self) -> Iterator[Node]:
        """Every part, outer ones before inner ones, left before right."""
        waiting = [self.root]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(parts(node)))


def parts(node: Node) -> tuple[Node, ...]:
    """What a part consists of, from left to right."""
    match node:
        case Call(_, arguments):
            return arguments
        case Comparison(left, _, right):
            return left, right
    return ()
