"""Does what a finding says, and nothing more: no knowledge of the spec, only its place, its nearest word and its hint."""

from __future__ import annotations

import re

from reconciler.model.finding import Finding
from reconciler.model.place import Place

_WRITE = re.compile(r"[Ww]rite `(?P<it>[^`]+)`")
_WRITE_LIST = re.compile(r"write a list: (?P<it>\[.*\])")
_COLUMN = re.compile(r"indent it by (?P<it>\d+) blank")


def mended(finding: Finding, text: str) -> str:
    """The text of the finding's file with what the finding says done to it; as it was where it says nothing to do."""
    place = finding.place
    if place is None:
        return text
    lines = text.split("\n")
    start, end = _offset(lines, place.line, place.column), _offset(lines, place.end_line, place.end_column)
    indented = _COLUMN.search(finding.hint)
    if indented:
        line = place.line - 1
        lines[line] = " " * int(indented["it"]) + lines[line].lstrip(" \t")
        return "\n".join(lines)
    new = _said(finding, text[start:end])
    return f"{text[:start]}{new}{text[end:]}"


def _said(finding: Finding, old: str) -> str:
    """What takes the place of what stands there."""
    if finding.suggestion:
        quote = old[:1] if old[:1] in {"'", '"'} else ""
        return f"{quote}{finding.suggestion}{quote}"
    for pattern in (_WRITE, _WRITE_LIST):
        found = pattern.search(finding.hint)
        if found:
            return found["it"]
    if "blank after the colon" in finding.hint:
        return re.sub(r":(?=\S)", ": ", old, count=1)
    if "remove the quotes" in finding.hint:
        return old.strip("'\"")
    if "put it in quotes" in finding.hint:
        return f'"{old}"'
    return old


def _offset(lines: list[str], line: int, column: int) -> int:
    return sum(len(each) + 1 for each in lines[: line - 1]) + column - 1


def span(place: Place) -> tuple[int, int]:
    """Where a place begins."""
    return place.line, place.column
