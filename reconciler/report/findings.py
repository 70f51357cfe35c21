"""Findings as text with the line of source and a caret, and as JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from reconciler.model.finding import Finding, Severity, in_order
from reconciler.model.place import Place
from reconciler.report.terminal import TAB, Style, Terminal, escape, first, hang, last, width

if TYPE_CHECKING:
    from reconciler.model.values import Json

Sources = Mapping[str, Sequence[str]]
"""The lines of each file of the spec, by its name in places."""

VERSION = 1
"""The version of the JSON document."""

MOST = 50
"""Findings of one rule in one file that text shows: nobody reads ten thousand, and one cause has made most of them."""

_STYLES = {Severity.ERROR: Style.ERROR, Severity.WARNING: Style.WARNING, Severity.NOTE: Style.STRONG}
_WINDOW = 1000
"""Letters on each side of a place that are looked at: more fit no terminal, and a file can be one long line."""

_BEFORE_CARET = 3
"""Of a line too long to show, the caret stands this many quarters of the width from its left end at most."""


def findings_text(findings: Iterable[Finding], terminal: Terminal, sources: Sources, *, files: int = 0) -> str:
    """The findings in order, each with its source and what would mend it, and a last line that counts them all.

    Of one rule in one file MOST are shown, and how many more there are.
    """
    ordered = in_order(findings)
    explained: set[str] = set()
    lines: list[str] = []
    for finding, more in _shortened(ordered):
        lines.extend(finding_lines(finding, terminal, sources, with_page=finding.rule not in explained))
        lines.append("")
        if more:
            lines += [f"... and {more:,} more of {finding.rule}{_in_file(finding)}", ""]
        explained.add(finding.rule)
    lines.append(_summary(ordered, terminal, files))
    return "\n".join(lines) + "\n"


def _shortened(findings: Sequence[Finding]) -> Iterator[tuple[Finding, int]]:
    """The first MOST findings of each rule in each file, and behind the last of them how many are left out."""
    kinds = [(finding.rule, finding.place.file if finding.place else "") for finding in findings]
    number = Counter(kinds)
    seen: Counter[tuple[str, str]] = Counter()
    for finding, kind in zip(findings, kinds, strict=True):
        seen[kind] += 1
        if seen[kind] <= MOST:
            yield finding, number[kind] - MOST if seen[kind] == MOST else 0


def _in_file(finding: Finding) -> str:
    return f" in {escape(finding.place.file)}" if finding.place else ""


def finding_lines(finding: Finding, terminal: Terminal, sources: Sources, *, with_page: bool = True) -> Iterator[str]:
    """One finding, as lines: where and what, the source with a caret, related places, what was found, what to do."""
    where = f"{escape(str(finding.place))}: " if finding.place else ""
    kind = f"{finding.severity.value} {finding.rule}: "
    head, *rest = hang(f"{where}{kind}", escape(finding.message), terminal.columns, indent=len(TAB) // 2)
    yield head.replace(kind.rstrip(), terminal.paint(kind.rstrip(), _STYLES[finding.severity]), 1)
    yield from rest
    if finding.place:
        yield from source_lines(finding.place, terminal, sources, _STYLES[finding.severity])
    for other in finding.related:
        yield from hang("  ", f"{escape(str(other.place))}: {escape(other.message)}", terminal.columns, indent=4)
        yield from source_lines(other.place, terminal, sources, Style.FAINT)
    for label, text in _remarks(finding, with_page=with_page):
        yield from hang(f"  {label:<9} ", escape(text), terminal.columns)


def _remarks(finding: Finding, *, with_page: bool) -> Iterator[tuple[str, str]]:
    remarks = (
        ("found", finding.found),
        ("expected", finding.expected),
        ("nearest", finding.suggestion if finding.suggestion != finding.expected else ""),
        ("hint", finding.hint),
        ("see", finding.page if with_page else ""),
    )
    return ((label, text) for label, text in remarks if text)


def source_lines(place: Place, terminal: Terminal, sources: Sources, style: Style) -> Iterator[str]:
    """The line of source that a place begins on and carets under it; nothing where the source is not at hand."""
    lines = sources.get(place.file, ())
    if not 1 <= place.line <= len(lines):
        return
    line = lines[place.line - 1].rstrip("\r\n")
    start = min(max(place.column - 1, 0), len(line))
    end = place.end_column - 1 if place.end_line == place.line else len(line)
    end = max(start, min(end, start + _WINDOW))
    before = _shown(line[max(0, start - _WINDOW) : start])
    marked, after = _shown(line[start:end]), _shown(line[end : end + _WINDOW])
    before, marked, after = _clipped(before, marked, after, terminal.columns - len(TAB))
    yield f"{TAB}{before}{marked}{after}".rstrip(" ")
    yield f"{TAB}{' ' * width(before)}{terminal.paint('^' * max(width(marked), 1), style)}"


def _shown(text: str) -> str:
    return text if text.isprintable() else "".join(TAB if letter == "\t" else escape(letter) for letter in text)


def _clipped(before: str, marked: str, after: str, columns: int) -> tuple[str, str, str]:
    """The three parts of a line, shortened so that the marked one shows; three dots stand for what is left out."""
    room = columns * _BEFORE_CARET // 4
    if width(before) + width(marked) + width(after) <= columns:
        return before, marked, after
    if width(before) + min(width(marked), columns - room) > room:
        before = f"...{last(before.lstrip(' '), columns // 4)}"
    marked = _first(marked, columns - width(before))
    return before, marked, _first(after, columns - width(before) - width(marked))


def _first(text: str, columns: int) -> str:
    if width(text) <= columns:
        return text
    return f"{first(text, columns - 3)}..." if columns >= 3 else ""


def _summary(findings: Sequence[Finding], terminal: Terminal, files: int) -> str:
    among = f" in {files} file{'' if files == 1 else 's'}" if files else ""
    if not findings:
        return f"{terminal.paint('No faults', Style.GOOD)}{among}."
    return f"{counts(findings, terminal)}{among}."


def counts(findings: Iterable[Finding], terminal: Terminal) -> str:
    """How many findings of each severity there are: `2 errors, 1 warning`."""
    number = Counter(finding.severity for finding in findings)
    return ", ".join(
        terminal.paint(f"{number[severity]} {severity.value}{'' if number[severity] == 1 else 's'}", style)
        for severity, style in _STYLES.items()
        if number[severity]
    )


def findings_json(findings: Iterable[Finding]) -> str:
    """The findings, in order, as one JSON document."""
    document = {"version": VERSION, "findings": [finding_document(finding) for finding in in_order(findings)]}
    return json.dumps(document, indent=2) + "\n"


def finding_document(finding: Finding) -> Mapping[str, Json]:
    """One finding as it stands in any JSON document."""
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "address": finding.address,
        "place": place_document(finding.place),
        "related": [{"place": place_document(other.place), "message": other.message} for other in finding.related],
        "message": finding.message,
        "found": finding.found,
        "expected": finding.expected,
        "hint": finding.hint,
        "suggestion": finding.suggestion,
        "page": finding.page,
    }


def place_document(place: Place | None) -> Mapping[str, Json] | None:
    """A place as it stands in any JSON document; null where there is none."""
    if place is None:
        return None
    return {
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }
