"""Drift as text and JSON: what somebody changed at the service, apart from what the spec wants next."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from reconciler.model.address import Address
from reconciler.model.drift import Drift
from reconciler.model.finding import Finding, in_order
from reconciler.model.place import Place
from reconciler.model.plan import Cause, Change, FieldChange, Unverifiable
from reconciler.model.trail import Author, Authors
from reconciler.model.values import Json, value_to_json
from reconciler.model.words import counted
from reconciler.report.authors import nobody_words
from reconciler.report.changes import ACTION_STYLES, change_block
from reconciler.report.findings import finding_document, place_document
from reconciler.report.sections import section
from reconciler.report.terminal import Terminal, escape, hang, wrap
from reconciler.report.unknown import failed_lines, unverifiable_lines
from reconciler.report.values import value_text

VERSION = 1
"""The version of the JSON document."""

NO_LEDGER = "There is no ledger yet, so every difference from the spec counts as drift."

CHANGED = "Changed at the service. An apply would put it back like this:"
DIFFERS = "Not as the spec says; who moved is not known without a ledger. An apply would do this:"
"""What stands above the differences, with a ledger and without one."""


def drift_text(drift: Drift, terminal: Terminal) -> str:
    """What drifted, as an apply would put it back; what is pending, in short; what is unknown; and the counts."""
    lines = [*_head(drift, terminal)]
    for change in drift.drift:
        lines += [*change_block(change, terminal, authors=drift.authors), ""]
    lines += section("Pending: the spec moved on, and the next apply does it", _pending(drift, terminal), terminal)
    lines += section("Could not be read", failed_lines(drift.failed, terminal), terminal)
    lines += section("Unverifiable", unverifiable_lines(drift.unverifiable, terminal), terminal)
    lines.append(drift_last_line(drift))
    return "\n".join(lines) + "\n"


def accepted_lines(taken: Iterable[tuple[Address, FieldChange | None, Place]]) -> Iterator[str]:
    """What was written into the spec, and where, one line each; without a field the thing has left the spec."""
    for address, field, place in taken:
        if field is None:
            yield f"accepted {escape(str(address))}: it is gone, and left {escape(place.file)}"
        else:
            where = escape(str(place))
            yield f"accepted {escape(str(address))} {escape(field.key)}: {value_text(field.before)} ({where})"


def _head(drift: Drift, terminal: Terminal) -> Iterator[str]:
    tenant = f", tenant {drift.tenant_id}" if drift.tenant_id else ""
    yield from wrap(escape(f"Drift of {drift.service}{tenant}"), terminal.columns)
    if not drift.ledger:
        yield from wrap(NO_LEDGER, terminal.columns)
    yield ""
    if drift.drift:
        yield from wrap(CHANGED if drift.ledger else DIFFERS, terminal.columns)
        if drift.nobody:
            yield from wrap(escape(nobody_words(drift)), terminal.columns)
    elif drift.failed:
        unread = counted(len(drift.failed), "field")
        yield from wrap(
            f"{unread} could not be read, so nobody knows whether they drifted. The rest did not.", terminal.columns
        )
    else:
        yield from wrap("No drift: nobody changed what this repository manages.", terminal.columns)
    yield ""


def _pending(drift: Drift, terminal: Terminal) -> Iterator[str]:
    for change in drift.pending:
        name = f"{change.action.value} {escape(str(change.address))}"
        fields = ", ".join(field.key for field in change.fields) or change.blocked or change.reason
        first, *rest = hang(f"{name}  ", escape(fields), terminal.columns, indent=4)
        yield terminal.paint(name, ACTION_STYLES[change.action]) + first[len(name) :]
        yield from rest


def drift_last_line(drift: Drift) -> str:
    """The line that every drift report ends with, whatever it found. It is not wrapped."""
    both = sum(field.cause is Cause.BOTH for change in drift.drift for field in change.fields)
    twice = f" In both: {counted(both, 'field')}." if both else ""
    drifted = "none that could be read" if drift.failed and not drift.drift else _count(drift.drift)
    return (
        f"Drift: {drifted}. Pending: {_count(drift.pending)}.{twice} "
        f"Unverifiable: {counted(len(drift.unverifiable), 'field')}. "
        f"Failed reads: {counted(len(drift.failed), 'field')}."
    )


def _count(changes: Sequence[Change]) -> str:
    fields = sum(max(len(change.fields), 1) for change in changes)
    return f"{counted(fields, 'field')} of {counted(len(changes), 'thing')}" if changes else "none"


def drift_json(drift: Drift, findings: Iterable[Finding] = ()) -> str:
    """The same as one JSON document, with findings that the run made besides."""
    document = {
        "version": VERSION,
        "service": drift.service,
        "tenantId": drift.tenant_id,
        "ledger": drift.ledger,
        "whoUnknown": drift.nobody,
        "drift": [_change(change, drift.authors) for change in drift.drift],
        "pending": [_change(change, drift.authors) for change in drift.pending],
        "unverifiable": [_unknown(unknown) for unknown in drift.unverifiable],
        "failedReads": [_unknown(unknown) for unknown in drift.failed],
        "findings": [finding_document(finding) for finding in in_order(findings)],
    }
    return json.dumps(document, indent=2) + "\n"


def _change(change: Change, authors: Authors) -> Mapping[str, Json]:
    return {
        "address": str(change.address),
        "action": change.action.name.lower(),
        "reason": change.reason,
        "blocked": change.blocked,
        "place": place_document(change.place),
        "fields": [_field(field, authors.get((change.address, field.key))) for field in change.fields],
    }


def _field(field: FieldChange, author: Author | None) -> Mapping[str, Json]:
    return {
        "field": field.key,
        "cause": field.cause.name.lower(),
        "live": value_to_json(field.before),
        "spec": value_to_json(field.after),
        "lines": list(field.lines),
        "place": place_document(field.place),
        "changedBy": _author(author),
    }


def _author(author: Author | None) -> Mapping[str, Json] | None:
    if author is None:
        return None
    return {"who": author.who, "at": f"{author.at:%Y-%m-%dT%H:%M:%SZ}", "others": author.others}


def _unknown(unknown: Unverifiable) -> Mapping[str, Json]:
    return {
        "address": str(unknown.address),
        "field": unknown.key,
        "reason": unknown.cell.reason.value,
        "detail": unknown.cell.detail,
        "place": place_document(unknown.place),
    }
