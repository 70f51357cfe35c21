"""What the audit log tells of the time before anybody called: the entries of a seed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from uuid import NAMESPACE_URL, uuid5

from reconciler.emulator.audit.activities import NAMED
from reconciler.emulator.audit.recording import initiated_by_app, initiated_by_user, log_entry, log_target
from reconciler.emulator.context import Context
from reconciler.emulator.seed import moment
from reconciler.emulator.store import Document, Kind, Transaction

Known = Mapping[tuple[Kind, str], Document]
"""What a seed holds, by kind and name."""


def plant_audit(context: Context, writing: Transaction, entries: Sequence[Document], known: Known) -> None:
    """Write the entries, the oldest first: the log lists the newest first. Each names what the seed holds."""
    dated = [(moment(str(entry["activityDateTime"])), position) for position, entry in enumerate(entries)]
    for at, position in sorted(dated):
        entry = entries[position]
        activity = NAMED[str(entry["activityDisplayName"])]
        target = known[activity.kind, str(entry["target"])]
        number = uuid5(NAMESPACE_URL, f"{context.tenant.id}/seed/{position}")
        targets = [log_target(activity.kind, target, _modified(entry))]
        made = log_entry(activity, at, number, _initiator(entry), targets)
        writing.put(Kind.AUDIT, str(made["id"]), made)


def _initiator(entry: Document) -> Document:
    by = entry.get("initiatedBy")
    if isinstance(by, dict) and "user" in by:
        return initiated_by_user(str(by["user"]))
    return initiated_by_app(str(by["app"])) if isinstance(by, dict) and "app" in by else {"user": None, "app": None}


def _modified(entry: Document) -> list[Document]:
    """The properties that were changed, with their values as JSON texts, as the log shows them."""
    told = entry.get("modifiedProperties", [])
    return [
        {
            "displayName": each["displayName"],
            **{key: json.dumps(each[key]) if key in each else None for key in ("oldValue", "newValue")},
        }
        for each in (told if isinstance(told, list) else [])
    ]
