"""What the ledger says, as text and as JSON; of a secret its source and version, never more."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime

from reconciler.ledger.account import Edited, Held
from reconciler.ledger.migration import Moved
from reconciler.ledger.stores.interface import Holder
from reconciler.model.address import Address
from reconciler.model.cells import Value
from reconciler.model.states import Applied, Edge, FieldValue
from reconciler.model.values import Json, value_to_json
from reconciler.model.words import counted
from reconciler.report.columns import columns
from reconciler.report.terminal import Style, Terminal, escape, wrap
from reconciler.report.values import value_text

VERSION = 1
"""The version of the JSON documents."""

_GONE = "the spec no longer names it"


def list_text(held: Held, terminal: Terminal) -> str:
    """Every thing on record with its live id, and which of them the spec no longer names."""
    things = sorted(held.document.applied.things.values(), key=lambda thing: thing.address)
    rows = [(str(thing.address), counted(len(_values(thing)), "field"), _about(thing, held)) for thing in things]
    styles = [Style.PLAIN if thing.address in held.named else Style.WARNING for thing in things]
    lines = [*_head(held, terminal), ""]
    lines += [*columns(rows, terminal, styles), ""] if rows else []
    lines += [*_open(held, terminal), _last_line(held)]
    return "\n".join(lines) + "\n"


def _head(held: Held, terminal: Terminal) -> Iterator[str]:
    return wrap(escape(f"Ledger of {held.service}, tenant {held.tenant_id}, kept in {held.where}"), terminal.columns)


def _about(thing: Applied, held: Held) -> str:
    said = (thing.live_id, "" if thing.address in held.named else _GONE)
    return ", ".join(filter(None, said))


def _open(held: Held, terminal: Terminal) -> Iterator[str]:
    if held.document.open:
        since = min(each.since for each in held.document.open)
        steps = counted(len(held.document.open), "step")
        yield from wrap(f"{steps} open since {_moment(since)}: the next apply finds out by reading.", terminal.columns)
        yield ""


def _last_line(held: Held) -> str:
    if not held.document.applied.known:
        return "Ledger: none yet. The first apply makes it; until then nothing that the spec does not name is removed."
    things = held.document.applied.things
    gone = sum(address not in held.named for address in things)
    return f"Ledger: {counted(len(things), 'thing')}{f', {gone} of them gone from the spec' if gone else ''}."


def show_text(held: Held, address: Address, terminal: Terminal) -> str:
    """Every field of a thing that is on record, and since when its memberships and assignments are ours."""
    thing = held.document.applied.things[address.thing]
    rows = [(key, value_text(value)) for key, value in _values(thing, address.part)]
    title = ", ".join(filter(None, (str(thing.address), _about(thing, held))))
    lines = [*_head(held, terminal), "", *wrap(escape(title), terminal.columns), ""]
    # `value_text` has escaped what it gives, and a second time changes nothing that can be printed.
    lines += [f"  {line}" for line in columns(rows, Terminal(terminal.columns - 2, terminal.color))]
    made = [f"  {edge.member} in {edge.group} since {_moment(at)}" for edge, at in _edges(held, address.thing)]
    lines += ["", "Made by this repository:", "", *made] if made else []
    return "\n".join(lines) + "\n"


def _edges(held: Held, address: Address) -> Iterator[tuple[Edge, datetime]]:
    return ((edge, at) for edge, at in sorted(held.document.edges.items()) if address in {edge.member, edge.group})


def _values(thing: Applied, part: str = "") -> list[tuple[str, FieldValue]]:
    """The values on record by field, of one part of the thing or of all."""
    return [
        (key, cell.value)
        for key, cell in sorted(thing.cells.items())
        if isinstance(cell, Value) and (not part or key == part or key.startswith(f"{part}/"))
    ]


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


def ledger_json(held: Held, things: Iterable[Address] | None = None, part: str = "") -> str:
    """The ledger, or these things of it, as one JSON document."""
    known = held.document.applied.things
    document = {
        "version": VERSION,
        "service": held.service,
        "tenantId": held.tenant_id,
        "where": held.where,
        "ledger": held.document.applied.known,
        "openSteps": len(held.document.open),
        "things": [_thing(known[address], held, part) for address in sorted(known if things is None else things)],
    }
    return json.dumps(document, indent=2) + "\n"


def _thing(thing: Applied, held: Held, part: str) -> Json:
    return {
        "address": str(thing.address),
        "liveId": thing.live_id,
        "inSpec": thing.address in held.named,
        "fields": {key: value_to_json(value) for key, value in _values(thing, part)},
    }


def edited_json(verb: str, edited: Edited) -> str:
    """What a change of the ledger came to, as one JSON document."""
    document = {
        "version": VERSION,
        "kind": verb,
        "address": str(edited.address),
        "to": str(edited.target) if edited.target else None,
        "liveId": edited.live_id,
        "inSpec": edited.named,
        "recorded": list(edited.recorded),
        "left": list(edited.left),
    }
    return json.dumps(document, indent=2) + "\n"


def adopted_text(edited: Edited, terminal: Terminal) -> str:
    """What is on record now of an adopted thing, and what is not."""
    text = f"Adopted {edited.address}{_id(edited)}: {counted(len(edited.recorded), 'field')} on record."
    lines = [*wrap(escape(text), terminal.columns)]
    if edited.left:
        left = f"Not on record, since they differ from the spec: {', '.join(edited.left)}."
        lines += wrap(escape(left), terminal.columns)
    return "\n".join(lines) + "\n"


def forgotten_text(edited: Edited, terminal: Terminal) -> str:
    """What follows from forgetting a thing."""
    after = (
        "the spec still names it, so that the next apply records it again"
        if edited.named
        else "what the service holds stays as it is, and nobody manages it"
    )
    return "\n".join(wrap(escape(f"Forgot {edited.address}{_id(edited)}: {after}."), terminal.columns)) + "\n"


def moved_text(edited: Edited, terminal: Terminal) -> str:
    """What follows from moving a thing to another key."""
    after = "" if edited.named else "; the spec does not name it yet, so that the next plan removes it"
    text = f"Moved {edited.address} to {edited.target}{_id(edited)}{after}."
    return "\n".join(wrap(escape(text), terminal.columns)) + "\n"


def _id(edited: Edited) -> str:
    return f" ({edited.live_id})" if edited.live_id else ""


def migrated_text(moved: Moved, source: str, target: str, terminal: Terminal) -> str:
    """What was taken along, and what is to be done with what is left."""
    things = counted(len(moved.document.applied.things), "thing")
    rest = f"{counted(moved.records, 'record')} of the journal and {counted(moved.snapshots, 'snapshot')}"
    text = (
        f"Took the ledger along from {source} to {target}: {things}, {rest}. "
        f"What is in {source} is no longer read: remove it when the next plan is as you expect."
    )
    return "\n".join(wrap(escape(text), terminal.columns)) + "\n"


def unlocked_text(where: str, holder: Holder | None, terminal: Terminal) -> str:
    """Whose lock was taken away."""
    text = f"Took the lock on {where} from {holder}." if holder else f"Nobody held the lock on {where}."
    return "\n".join(wrap(escape(text), terminal.columns)) + "\n"
