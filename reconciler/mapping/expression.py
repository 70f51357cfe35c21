"""The outer form of an expression: its function, whether quotes and brackets balance, and when two texts are the same.

An expression is `Function(argument, …)`; arguments are `[attribute]`, `"text"` with backslash escapes, bare words and
further expressions. Its text is kept byte for byte.
Source: https://learn.microsoft.com/entra/identity/app-provisioning/functions-for-customizing-application-data
"""

from __future__ import annotations

import re

from msgspec import Struct

_FUNCTION = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*)\s*\(")
_CLOSERS = {")": "(", "]": "["}
_CALLED = {"(": "parenthesis", "[": "bracket", ")": "parenthesis", "]": "bracket"}
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_WHOLES = re.compile(r'("(?:[^"\\]|\\.)*+"|\[[^\]]*\])', re.DOTALL)
_BLANKS = re.compile(r"\s+")
_AROUND = re.compile(r"\s*([(),])\s*")


class Fault(Struct, frozen=True):
    """Where an expression stops to balance: a column from 0, and what is wrong there."""

    column: int
    message: str


def balance(text: str) -> Fault | None:
    """The first place where an expression does not balance; None where it does."""
    opened: list[tuple[str, int]] = []
    column = 0
    while column < len(text):
        letter = text[column]
        if letter == '"' and not _in_brackets(opened):
            whole = _TEXT.match(text, column)
            if whole is None:
                return Fault(column, "a double quote opens here and is never closed")
            column = whole.end()
            continue
        if letter == "[" or (letter == "(" and not _in_brackets(opened)):
            opened.append((letter, column))
        elif letter == "]" or (letter == ")" and not _in_brackets(opened)):
            if not opened or opened[-1][0] != _CLOSERS[letter]:
                return Fault(column, f"a {_CALLED[letter]} closes here that was never opened")
            opened.pop()
        column += 1
    if opened:
        letter, column = opened[-1]
        return Fault(column, f"a {_CALLED[letter]} opens here and is never closed")
    return None


def function_name(text: str) -> str | None:
    """The name of the outermost function of an expression; None where it is no call."""
    match = _FUNCTION.match(text)
    return match.group(1) if match else None


def same_text(one: str, other: str) -> bool:
    """Whether two expressions are equal, blanks outside of quotes and brackets aside."""
    return one == other or _without_blanks(one) == _without_blanks(other)


def _in_brackets(opened: list[tuple[str, int]]) -> bool:
    """Whether an attribute's name is being read, in which quotes and parentheses are letters like others."""
    return bool(opened) and opened[-1][0] == "["


def _without_blanks(text: str) -> list[str]:
    """The parts of an expression: quoted texts and attributes as they are, the rest without blanks that say nothing."""
    parts = _WHOLES.split(text)
    return [part if at % 2 else _AROUND.sub(r"\1", _BLANKS.sub(" ", part)).strip() for at, part in enumerate(parts)]
