"""What was done in the past, as text and as JSON: newest first, a line for each deed."""

from __future__ import annotations

import json
from collections.abc import Sequence

from reconciler.ledger.account import History
from reconciler.ledger.history import Deed, Past
from reconciler.model.values import Json
from reconciler.model.words import counted
from reconciler.report.columns import columns
from reconciler.report.terminal import Style, Terminal, escape, wrap

VERSION = 1
"""The version of the JSON document."""

_DONE = {Deed.MIGRATE: "the ledger was taken along"}
_SHORT = len("sha256:") + 12


def history_text(history: History, terminal: Terminal, limit: int = 0) -> str:
    """The newest deeds, as many as `limit` says (0: all), and how many there are."""
    shown = history.past[: limit or None]
    head = f"History of {history.service}, tenant {history.tenant_id}, kept in {history.where}"
    lines = [*wrap(escape(head), terminal.columns), ""]
    if shown:
        styles = [Style.PLAIN if past.is_whole else Style.WARNING for past in shown]
        lines += [*columns([_row(past) for past in shown], terminal, styles), ""]
    lines.append(_last_line(history.past, len(shown)))
    return "\n".join(lines) + "\n"


def _last_line(past: Sequence[Past], shown: int) -> str:
    if not past:
        return "History: nothing yet. The first apply makes a journal."
    applies = [each for each in past if each.deed is Deed.APPLY]
    broken = sum(not each.is_whole for each in applies)
    partly = f", {broken} of them not whole" if broken else ""
    edits = len(past) - len(applies)
    other = f", {counted(edits, 'change')} of the ledger by hand" if edits else ""
    rest = f" The newest {shown} are shown." if shown < len(past) else ""
    return f"History: {len(applies)} {'apply' if len(applies) == 1 else 'applies'}{partly}{other}.{rest}"


def _row(past: Past) -> tuple[str, ...]:
    moment = past.at.isoformat(timespec="seconds").replace("+00:00", "Z")
    if past.deed is Deed.APPLY:
        return moment, past.deed.value, past.subject[:_SHORT], f"{result(past)}{_by(past)}"
    target = f" to {past.target}" if past.target else ""
    return moment, past.deed.value, f"{past.subject}{target}", f"{_DONE.get(past.deed, 'on record')}{_by(past)}"


def _by(past: Past) -> str:
    return f"; by {past.by}" if past.by else ""


def result(past: Past) -> str:
    """What an apply came to, in words."""
    counts = [f"{past.done} of {counted(past.steps, 'step')} done"]
    counts += [f"{number} {word}" for number, word in ((past.failed, "failed"), (past.skipped, "skipped")) if number]
    if past.recovered:
        counts.append(f"{past.recovered} found done by a later run")
    broke = "" if past.ended else "broke off or still runs: "
    return broke + ", ".join(counts)


def history_json(history: History, limit: int = 0) -> str:
    """The same as one JSON document."""
    document = {
        "version": VERSION,
        "service": history.service,
        "tenantId": history.tenant_id,
        "where": history.where,
        "count": len(history.past),
        "history": [_past(past) for past in history.past[: limit or None]],
    }
    return json.dumps(document, indent=2) + "\n"


def _past(past: Past) -> dict[str, Json]:
    document: dict[str, Json] = {"kind": past.deed.value, "at": past.at.isoformat(), "by": past.by}
    if past.deed is Deed.MIGRATE:
        return {**document, "from": past.subject, "to": past.target}
    if past.deed is not Deed.APPLY:
        return {**document, "address": past.subject, "to": past.target or None}
    return {
        **document,
        "plan": past.subject,
        "ended": past.ended.isoformat() if past.ended else None,
        "whole": past.is_whole,
        "steps": past.steps,
        "done": past.done,
        "failed": past.failed,
        "skipped": past.skipped,
        "recovered": past.recovered,
    }
