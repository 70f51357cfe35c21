"""How everything is, as text and as JSON: what is ill first, what is well only counted unless it is asked for."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from reconciler.model.address import Kind
from reconciler.model.finding import Finding, in_order
from reconciler.model.words import counted
from reconciler.policy.health import Grade, Health
from reconciler.report.columns import columns
from reconciler.report.findings import finding_document
from reconciler.report.sections import section
from reconciler.report.terminal import Style, Terminal, escape, wrap

VERSION = 1
"""The version of the JSON document."""

SIGNS = {Grade.ILL: "!", Grade.AILING: "~", Grade.UNKNOWN: "?", Grade.WELL: " ", Grade.UNMANAGED: "-"}
_STYLES = {
    Grade.ILL: Style.ERROR,
    Grade.AILING: Style.WARNING,
    Grade.UNKNOWN: Style.ASK,
    Grade.WELL: Style.PLAIN,
    Grade.UNMANAGED: Style.FAINT,
}
_WORDS = {
    Grade.ILL: "ill",
    Grade.AILING: "ailing",
    Grade.UNKNOWN: "unknown",
    Grade.WELL: "well",
    Grade.UNMANAGED: "not managed here",
}
_MOST_UNMANAGED = 8


def status_text(service: str, tenant_id: str, found: Sequence[Health], terminal: Terminal, *, everything: bool) -> str:
    """What is ill, ailing and unknown, in this order; then what is well, in counts or (`everything`) thing by thing."""
    tenant = f", tenant {tenant_id}" if tenant_id else ""
    lines = [*wrap(escape(f"Status of {service}{tenant}"), terminal.columns), ""]
    shown = [each for each in found if each.grade < Grade.WELL or (everything and each.grade is Grade.WELL)]
    if shown:
        lines += [*_rows(shown, terminal), ""]
    lines += section("Not managed here", _unmanaged(found, terminal, everything=everything), terminal)
    lines.append(status_last_line(found))
    return "\n".join(lines) + "\n"


def _rows(found: Iterable[Health], terminal: Terminal) -> Iterator[str]:
    found = list(found)
    rows = [(f"{SIGNS[each.grade]} {each.address}", each.why) for each in found]
    return columns(rows, terminal, [_STYLES[each.grade] for each in found])


def _unmanaged(found: Sequence[Health], terminal: Terminal, *, everything: bool) -> Iterator[str]:
    strangers = [each for each in found if each.grade is Grade.UNMANAGED]
    shown = strangers if everything else strangers[:_MOST_UNMANAGED]
    rows = [(f"- {each.address.kind.value} {each.name or each.address.key}", each.why) for each in shown]
    yield from columns(rows, terminal, [Style.FAINT] * len(rows))
    if len(shown) < len(strangers):
        yield f"  and {len(strangers) - len(shown)} more; --all shows them"


def status_last_line(found: Sequence[Health]) -> str:
    """How many things are how, by kind. It is not wrapped."""
    counts = Counter((each.address.kind, each.grade) for each in found)
    parts = [_counts(kind, counts) for kind in (Kind.APP, Kind.GROUP, Kind.AGENT)]
    strangers = sum(each.grade is Grade.UNMANAGED for each in found)
    return f"Status: {'; '.join(filter(None, parts)) or 'nothing is declared'}. Not managed here: {strangers}."


def _counts(kind: Kind, counts: Counter[tuple[Kind, Grade]]) -> str:
    graded = [(grade, counts[kind, grade]) for grade in Grade if grade is not Grade.UNMANAGED and counts[kind, grade]]
    total = sum(number for _, number in graded)
    said = ", ".join(f"{number} {_WORDS[grade]}" for grade, number in graded)
    return f"{counted(total, kind.value)} ({said})" if total else ""


def status_json(service: str, tenant_id: str, found: Iterable[Health], findings: Iterable[Finding]) -> str:
    """The same as one JSON document, with everything in it."""
    document = {
        "version": VERSION,
        "service": service,
        "tenantId": tenant_id,
        "things": [
            {"address": str(each.address), "grade": each.grade.name.lower(), "why": each.why, "name": each.name}
            for each in found
        ],
        "findings": [finding_document(finding) for finding in in_order(findings)],
    }
    return json.dumps(document, indent=2) + "\n"
