"""The bytes of a file as text, or the finding that says why they are none."""

from __future__ import annotations

import codecs
import re

from reconciler.model.finding import Finding
from reconciler.model.place import Place
from reconciler.spec.rules import CONTROL_CHARACTER, ENCODING, TOO_LARGE
from reconciler.spec.tree import first_line

LARGEST_FILE = 1 << 20
"""Bytes that a file may have. Readers read one more, to see that there is more."""

_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32 (little endian)"),
    (codecs.BOM_UTF32_BE, "UTF-32 (big endian)"),
    (codecs.BOM_UTF16_LE, "UTF-16 (little endian)"),
    (codecs.BOM_UTF16_BE, "UTF-16 (big endian)"),
)
UNSEEN = "\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff"
"""As in a class of a regular expression: control characters but tabs and line breaks, and what turns text around."""

_UNSEEN = re.compile(f"[{UNSEEN}]")
_BREAK = re.compile(r"\r\n|\r|\n")


def decode(file: str, content: bytes) -> str | Finding:
    """The text of a file without its byte order mark, or why it is refused."""
    if len(content) > LARGEST_FILE:
        return TOO_LARGE.finding(
            f"{file} is larger than 1 MiB",
            place=first_line(file),
            expected="at most 1 MiB",
            hint="split it: sections may stand in any number of files",
        )
    encoding = _foreign(content)
    if encoding:
        return _not_utf8(file, f"{file} is {encoding}, not UTF-8", first_line(file), encoding)
    try:
        text = content.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError as error:
        place = _place_of(file, content[: error.start].removeprefix(codecs.BOM_UTF8).decode("utf-8", "replace"))
        found = f"the byte 0x{content[error.start]:02x}"
        return _not_utf8(file, f"{file} is not UTF-8", place, found)
    unseen = _UNSEEN.search(text)
    return _unseen(file, text, unseen) if unseen else text


def lines_of(content: bytes) -> tuple[str, ...]:
    """The lines of a file as places count them, whatever its bytes are; for showing, not for reading."""
    text = content.removeprefix(codecs.BOM_UTF8).decode("utf-8", "replace")
    return tuple(_BREAK.split(text))


def _foreign(content: bytes) -> str:
    marked = next((name for mark, name in _MARKS if content.startswith(mark)), "")
    if marked:
        return marked
    head = content[:4]
    if len(head) >= 2 and head[0] and not head[1]:
        return "UTF-16 (little endian)"
    return "UTF-16 (big endian)" if len(head) >= 2 and head[1] and not head[0] else ""


def _not_utf8(file: str, message: str, place: Place, found: str) -> Finding:
    hint = f"save {file} as UTF-8 (in PowerShell: Set-Content -Encoding utf8)"
    return ENCODING.finding(message, place=place, found=found, expected="UTF-8", hint=hint)


def _unseen(file: str, text: str, unseen: re.Match[str]) -> Finding:
    character = f"U+{ord(unseen[0]):04X}"
    return CONTROL_CHARACTER.finding(
        f"{file} holds the character {character}, which cannot be seen",
        place=_place_of(file, text[: unseen.start()]),
        found=character,
        hint="remove it",
    )


def _place_of(file: str, before: str) -> Place:
    lines = _BREAK.split(before)
    line, column = len(lines), len(lines[-1]) + 1
    return Place(file, line, column, line, column + 1)
