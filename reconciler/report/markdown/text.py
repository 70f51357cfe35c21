"""Text from outside as markdown that renders as exactly that text: no markup, no link, no mention."""

from __future__ import annotations

import re
from collections.abc import Iterable

from reconciler.report.terminal import escape

MOST = 300
"""Letters of one text that a comment shows; what is longer is cut, so that no name can fill it."""

_LONGEST_WORD = 120
_EMPTY = "(empty)"
_TICKS = re.compile("`+")
_OPENING = "(\"'"
_CLOSING = ",.;:!?%)\"'"
_TOKEN = re.compile(rf"[{_OPENING}]*`[^`]+`[{_CLOSING}]*(?= |$)|[^ ]+")
_QUOTED = re.compile("`[^`]+`")
_PLAIN = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*|[^\W_]+|[0-9]+[.,:][0-9]+|[→…]|", re.UNICODE)
_COMMIT = re.compile(r"[0-9a-f]{7,40}", re.IGNORECASE)
_NUMBERED = re.compile(r"[0-9]+[.)]")


def code(text: str, most: int = MOST) -> str:
    """A text as a code span, in which nothing has a meaning: no markup, no mention, no link."""
    shown = clipped(escape(text), most) or _EMPTY
    ticks = _ticks(shown, 1)
    edge = shown[0] + shown[-1]
    padded = f" {shown} " if shown.strip(" ") and (" " in edge or "`" in edge) else shown
    return f"{ticks}{padded}{ticks}"


def prose(text: str, most: int = MOST) -> str:
    """A sentence that may hold names: plain words stay as they are, every other word becomes a code span.

    Plain are words of letters and numbers, so whatever could be markup, a link or a mention stands in code. A number
    that begins the text and a word that could be a commit do too, and what stands between two backticks as one piece.
    Several blanks count as one.
    """
    words = _TOKEN.findall(clipped(escape(text), most))
    if words and _NUMBERED.fullmatch(words[0]):
        return " ".join((code(words[0]), *map(_word, words[1:])))
    return " ".join(map(_word, words))


def cell(text: str) -> str:
    r"""Markdown made here as the cell of a table: a `|`, which splits cells even within code, is written `\x7c`."""
    return text.replace("|", "\\x7c")


def fence(lines: Iterable[str], language: str = "text") -> str:
    """Escaped lines as a block of code, closed by more ticks than any of them holds."""
    text = "\n".join(lines)
    ticks = "`" * max((len(found) + 1 for found in _TICKS.findall(text)), default=0)
    ticks = max(ticks, "```")
    return f"{ticks}{language}\n{text}\n{ticks}"


def clipped(text: str, most: int) -> str:
    """A text of at most so many letters, with dots where it was cut."""
    return text if len(text) <= most else f"{text[: most - 3]}..."


def _word(word: str) -> str:
    begun = word.lstrip(_OPENING)
    core = begun.rstrip(_CLOSING)
    if _PLAIN.fullmatch(core) and not _COMMIT.fullmatch(core) and len(core) <= _LONGEST_WORD:
        return word
    shown = core[1:-1] if _QUOTED.fullmatch(core) else core
    return f"{word[: len(word) - len(begun)]}{code(shown, _LONGEST_WORD)}{begun[len(core) :]}"


def _ticks(text: str, least: int) -> str:
    """The shortest run of ticks that stands nowhere in a text."""
    taken = {len(found) for found in _TICKS.findall(text)}
    length = least
    while length in taken:
        length += 1
    return "`" * length
