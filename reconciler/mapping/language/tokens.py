"""Splits an expression into its words. Blanks and line breaks may stand between any two of them."""

from __future__ import annotations

import re
from enum import Enum

from msgspec import Struct


class Sort(Enum):
    """The sorts of words."""

    TEXT = "text"
    ATTRIBUTE = "attribute"
    NUMBER = "number"
    WORD = "word"
    OPERATOR = "operator"
    OPENING = "opening"
    CLOSING = "closing"
    COMMA = "comma"
    END = "end"


class Token(Struct, frozen=True):
    """A word, and where it stands."""

    sort: Sort
    text: str
    start: int
    end: int


class SyntaxFault(Exception):
    """Raised where a text is no expression: the offset of the fault, what is wrong, what was expected, and a hint."""

    def __init__(self, at: int, message: str, expected: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.at = at
        self.message = message
        self.expected = expected
        self.hint = hint

    @property
    def column(self) -> int:
        """The column of the fault, counted from 1."""
        return self.at + 1


_NEXT = re.compile(
    r"""\s*+(?:
      (?P<text>"(?:[^"\\]|\\.)*+")
    | (?P<number>(?:-?\d++(?:\.\d++)?|&[Hh][0-9A-Fa-f]++)(?![\w.%]))
    | (?P<word>%[^%\s,()"\[\]]++%|[^\W\d][\w.]*+)
    | (?P<operator><>|<=|>=|=|<|>)
    | (?P<opening>\()
    | (?P<closing>\))
    | (?P<comma>,)
    | (?P<attribute>\[)
    | (?P<end>\Z)
    )""",
    re.VERBOSE | re.DOTALL,
)
_BLANKS = re.compile(r"\s*+")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_BRACKET = re.compile(r"[\[\]]")
_ODD_NUMBER = re.compile(r"-?\d[\w.%]*+")
_LOOKALIKES = {
    "“": 'a straight double quote, `"`',
    "”": 'a straight double quote, `"`',
    "„": 'a straight double quote, `"`',
    "'": 'a double quote, `"`',
    "\u2018": 'a double quote, `"`',
    "\u2019": 'a double quote, `"`',
    "`": 'a double quote, `"`',
    ";": "a comma, `,`",
    "+": 'the function `Join`, as in `Join("", [a], [b])`',
    "!": "`<>`, or the function `Not`",
    "]": "an attribute's name before it, which opens with `[`",
    "&": 'the function `Join`, as in `Join("", [a], [b])`',
    "{": "square brackets, as in `[displayName]`",
    "-": "the function `Join`, or a number right behind it",
}
"""What a letter that begins no word is most likely meant to be."""


def token_at(text: str, at: int) -> Token:
    """The word that stands at an offset or behind the blanks there. Raises SyntaxFault."""
    found = _NEXT.match(text, at)
    if found is None:
        raise _unknown(text, _BLANKS.match(text, at).end())  # type: ignore[union-attr] # it matches nothing too
    sort = Sort(found.lastgroup)
    start, end = found.span(sort.value)
    if sort is Sort.ATTRIBUTE:
        end = _closing_bracket(text, start)
    return Token(sort, text[start:end], start, end)


def unescaped(token: str) -> str:
    r"""The value of a quoted text. A backslash before a quote or a backslash goes; before any other letter it stays.

    The page escapes `\\s` in regular expressions, and people write `\s`: both mean the same.
    """
    return _ESCAPE.sub(lambda found: found[1] if found[1] in '"\\' else found[0], token[1:-1])


def _closing_bracket(text: str, start: int) -> int:
    """Where the attribute ends that opens at `start`. Brackets within a name come in pairs: `a[type eq "b"].c`."""
    depth = 0
    for bracket in _BRACKET.finditer(text, start):
        depth += 1 if bracket[0] == "[" else -1
        if depth == 0:
            return bracket.end()
    raise SyntaxFault(start, "a bracket opens here and is never closed", "`]`", "close the attribute's name with `]`")


def _unknown(text: str, at: int) -> SyntaxFault:
    letter = text[at]
    if letter == '"':
        return SyntaxFault(at, "a double quote opens here and is never closed", '`"`', "close the text with a quote")
    odd = _ODD_NUMBER.match(text, at)
    if odd is not None:
        return SyntaxFault(
            at, f"`{odd[0]}` is neither a number nor a word", "a number", f'put a text in quotes: `"{odd[0]}"`'
        )
    meant = _LOOKALIKES.get(letter, "")
    return SyntaxFault(at, f"`{letter}` means nothing here", meant, f"use {meant}" if meant else "put a text in quotes")
