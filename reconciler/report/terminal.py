"""What a terminal can show: safe characters, display columns, wrapped lines, and colour where it is wanted."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from enum import Enum
from itertools import accumulate, takewhile

from msgspec import Struct

NARROWEST = 40
"""Columns that output needs at least; a narrower terminal breaks lines by itself."""

DEFAULT_COLUMNS = 80
TAB = "    "
_RESET = "\x1b[0m"
_WORDS = re.compile(r" *(?:--[a-z]+ )?[^ ]+")


class Style(Enum):
    """What a stretch of text is, by the colour that it may have. Every one is told apart without colour too."""

    ADD = "\x1b[32m"
    CHANGE = "\x1b[33m"
    REMOVE = "\x1b[31m"
    MOVE = "\x1b[36m"
    ASK = "\x1b[1;35m"
    ERROR = "\x1b[1;31m"
    WARNING = "\x1b[1;33m"
    GOOD = "\x1b[1;32m"
    STRONG = "\x1b[1m"
    FAINT = "\x1b[2m"
    PLAIN = ""


class Terminal(Struct, frozen=True):
    """Where text goes: so many columns, with colour or without."""

    columns: int = DEFAULT_COLUMNS
    color: bool = False

    def paint(self, text: str, style: Style) -> str:
        """The text in its colour, or as it is where there is none."""
        return f"{style.value}{text}{_RESET}" if self.color and text and style.value else text


def terminal(color: str, environment: Mapping[str, str], *, is_terminal: bool, columns: int = 0) -> Terminal:
    """What `--color auto|always|never`, the environment and the stream come to; `columns` is 0 where nobody knows.

    `COLUMNS` counts more than what the stream says; `NO_COLOR` and a dumb terminal switch `auto` off, not `always`.
    """
    wanted = is_terminal and not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"
    said = environment.get("COLUMNS", "")
    wide = int(said) if said.isdecimal() and int(said) else columns or DEFAULT_COLUMNS
    return Terminal(max(wide, NARROWEST), color == "always" or (color == "auto" and wanted))


def escape(text: str) -> str:
    r"""The text on one line, with everything that would move the cursor or reorder letters written as `\n` or `\u202e`.

    Control characters, direction marks, unassigned and invisible ones, lone surrogates and odd blanks are written out.
    """
    return text if text.isprintable() else "".join(map(_escaped, text))


def _escaped(letter: str) -> str:
    if letter.isprintable():
        return letter
    return letter.encode("unicode_escape").decode("ascii")


def width(text: str) -> int:
    """The columns that a text takes: two for wide letters, none for combining marks."""
    return len(text) if text.isascii() else sum(map(_letter_width, text))


def _letter_width(letter: str) -> int:
    if unicodedata.combining(letter) or unicodedata.category(letter) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def first(text: str, columns: int) -> str:
    """The beginning of a text, as much of it as fits; a mark that belongs to its last letter included."""
    if text.isascii():
        return text[:columns]
    ends = accumulate(map(_letter_width, text))
    return text[: sum(1 for _ in takewhile(lambda end: end <= columns, ends))]


def last(text: str, columns: int) -> str:
    """The end of a text, as much of it as fits."""
    if text.isascii():
        return text[max(len(text) - columns, 0) :]
    begins = accumulate(map(_letter_width, reversed(text)))
    return text[len(text) - sum(1 for _ in takewhile(lambda begin: begin <= columns, begins)) :]


def wrap(text: str, columns: int, first: int | None = None) -> Iterator[str]:
    """The text in lines of so many columns, the first line of `first`, broken at blanks; a longer word stays whole.

    Addresses, URLs and options with their value are words, so that they can be copied. An empty text is one empty line.
    """
    line, room = "", columns if first is None else first
    for found in _WORDS.finditer(text):
        word = found.group()
        if line and width(line) + width(word) > room:
            yield line
            line, room = word.lstrip(" "), columns
        else:
            line += word
    yield line


def hang(first: str, text: str, columns: int, indent: int | None = None) -> Iterator[str]:
    """The text wrapped behind `first`, its later lines indented by that width, or by `indent`.

    Where `first` takes more than half of a line and the text does not fit behind it, the text starts on the next line,
    nearer to the left.
    """
    after = width(first) if indent is None else indent
    if width(first) > columns // 2 and width(first) + width(text) > columns:
        after = min(after, columns // 4)
        if first.strip(" "):
            yield first.rstrip(" ")
        first = " " * after
    lines = wrap(text, columns - after, columns - width(first))
    yield f"{first}{next(lines)}".rstrip(" ")
    yield from (" " * after + line for line in lines)
