"""The one slip that made a file no YAML: what is tried near the fault until the file has the shape of a spec again.

A parser gives up far from the slip as often as at it, and cannot tell a wrong indentation from a missing colon. So
each small repair of the lines around is tried, the smallest first; the first one after which the whole file is right
is what was most likely meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from reconciler.model.finding import Finding
from reconciler.model.place import Place
from reconciler.model.words import counted
from reconciler.spec.parse import parse
from reconciler.spec.rules import SYNTAX
from reconciler.spec.schema import SpecSchema
from reconciler.spec.tree import Document

LARGEST = 32 * 1024
"""Bytes of a file up to which repairs are tried: each of them reads the file again."""

_ABOVE, _BELOW = 2, 1
_KEY_WITHOUT_COLON = re.compile(r"(?P<before>(?:^\s*(?:- )?|[{,]\s*))(?P<key>[A-Za-z][\w.-]*)(?= +[^\s:#])")
_TIGHT_COLON = re.compile(r"(?<=[\w\"']):(?=[^\s/])")


class _Repair(Struct, frozen=True):
    """One line as it would be, what is wrong with it now, and what to do."""

    line: int
    text: str
    message: str
    hint: str


def repaired(document: Document, content: bytes, schema: SpecSchema) -> Document:
    """The document, whose fault of syntax says what would mend the file, where one small repair does."""
    fault = next((finding for finding in document.findings if finding.rule == SYNTAX.id), None)
    if fault is None or fault.place is None or len(content) > LARGEST:
        return document
    lines = content.decode("utf-8", "replace").split("\n")
    tried = (each for each in _repairs(lines, fault.place.line - 1) if _mends(each, lines, document.file, schema))
    repair = next(tried, None)
    if repair is None:
        return document
    better = _finding(repair, document.file, lines)
    return replace(document, findings=tuple(better if each is fault else each for each in document.findings))


def _mends(repair: _Repair, lines: list[str], file: str, schema: SpecSchema) -> bool:
    text = "\n".join((*lines[: repair.line], repair.text, *lines[repair.line + 1 :]))
    read = parse(file, text.encode())
    return not read.findings and schema.accepts(read.root)


def _finding(repair: _Repair, file: str, lines: list[str]) -> Finding:
    number, old = repair.line + 1, lines[repair.line]
    return SYNTAX.finding(
        repair.message,
        place=Place(file, number, 1, number, len(old) + 1),
        hint=repair.hint,
        suggestion=repair.text,
    )


def _repairs(lines: list[str], fault: int) -> Iterator[_Repair]:
    """What may be meant, line by line: the line of the fault, those above it, the one below."""
    near = (fault, *range(fault - 1, fault - _ABOVE - 1, -1), fault + _BELOW)
    said = [number for number in near if 0 <= number < len(lines) and lines[number].strip()]
    for number in said:
        yield from _colons(number, lines[number])
    for number in said:
        yield from _indentations(number, lines)


def _colons(number: int, line: str) -> Iterator[_Repair]:
    for found in _TIGHT_COLON.finditer(line):
        text = f"{line[: found.end()]} {line[found.end() :]}"
        yield _Repair(number, text, "a colon has no blank after it", "put a blank after the colon")
    for found in _KEY_WITHOUT_COLON.finditer(line):
        text = f"{line[: found.end()]}:{line[found.end() :]}"
        key = found["key"]
        yield _Repair(number, text, f"there is no colon after `{key}`", f"put a colon after `{key}`")


def _indentations(number: int, lines: list[str]) -> Iterator[_Repair]:
    line = lines[number]
    said = line.lstrip(" \t")
    before = line[: len(line) - len(said)]
    now = len(before.expandtabs(2))
    tab = "\t" in before
    message = "a tab stands where the indentation is counted" if tab else "this line does not line up with its table"
    for blanks in sorted(_columns(number, lines, now), key=lambda each: abs(each - now)):
        if tab or blanks != now:
            found = "" if tab else f", not by {now}"
            yield _Repair(number, " " * blanks + said, message, f"indent it by {counted(blanks, 'blank')}{found}")


def _columns(number: int, lines: list[str], now: int) -> Iterable[int]:
    """Where the line may begin: where its neighbours do, one level deeper, and a slip of the finger away."""
    around = {_indent(line) for line in lines[max(0, number - 3) : number + 3] if line.strip()}
    above = next((_indent(line) for line in reversed(lines[:number]) if line.strip()), 0)
    slips = {now, now - 1, now + 1, now - 2, now + 2}
    return {blanks for blanks in around | slips | {above + 2} if blanks >= 0}


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
