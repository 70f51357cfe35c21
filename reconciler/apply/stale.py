"""Refuse a plan that was used, that depends on a value which has moved since, or that nobody reviewed."""

from __future__ import annotations

import json
from collections.abc import Iterable

from reconciler.apply.ports import Ledger
from reconciler.errors import StalePlan
from reconciler.model.plan import Plan, StartValue
from reconciler.model.reviewed import Reviewed, differences
from reconciler.model.states import LiveState
from reconciler.model.values import start_value

MOST_SHOWN = 20
"""Values that moved, as far as a message names them."""


def moved(start: Iterable[StartValue], live: LiveState) -> tuple[tuple[StartValue, StartValue], ...]:
    """The values that a plan depends on and that the service does not hold any more: each before and now."""
    pairs = (
        (before, start_value(before.address, before.key, live.cell(before.address, before.key))) for before in start
    )
    return tuple((before, now) for before, now in pairs if before != now)


def refuse_stale(plan: Plan, live: LiveState) -> None:
    """Raise StalePlan, with every value that moved, before and now."""
    found = moved(plan.start, live)
    if not found:
        return
    lines = [
        f"  {before.address} {before.key}: was {worded(before)}, is {worded(now)}" for before, now in found[:MOST_SHOWN]
    ]
    if len(found) > MOST_SHOWN:
        lines.append(f"  and {len(found) - MOST_SHOWN} more")
    message = "\n".join(("the service moved since this plan was made:", *lines))
    raise StalePlan(message, hint="make a new plan and read it before it is applied")


def worded(value: StartValue) -> str:
    """A value as a person reads it, without the form that tells values from things; a long one is its excerpt."""
    match None if value.digest else json.loads(value.text):
        case {"known": {"refs": [*addresses]}}:
            return ", ".join(addresses) or "nobody"
        case {"known": {"ref": address}}:
            return str(address)
        case {"known": known}:
            return json.dumps(known)
        case {"absent": True}:
            return "nothing"
    return value.text


def refuse_used(plan: Plan, ledger: Ledger) -> None:
    """Raise StalePlan where this very plan was applied before, wholly or in part."""
    at = ledger.used_at(plan.digest)
    if at is not None:
        raise StalePlan(
            f"this plan was applied before, at {at.isoformat(timespec='seconds')}",
            hint="a plan is applied once; make a new one: it holds what is left to do",
        )


def refuse_unreviewed(made: Plan, reviewed: Reviewed) -> None:
    """Raise StalePlan, with the difference as far as it is known, where a plan is not the one that was reviewed."""
    if made.digest == reviewed.digest:
        return
    lines = [f"  {action.value} {address} {what}" for action, address, what in differences(reviewed, made)]
    more = len(lines) - MOST_SHOWN
    shown = [*lines[:MOST_SHOWN], f"  and {more} more"] if more > 0 else lines
    message = "\n".join(
        (
            "this is not the plan that was reviewed, so nothing was applied:",
            f"  reviewed {reviewed.digest}",
            f"  now      {made.digest}",
            *(shown or [_undetailed(made, reviewed)]),
        )
    )
    raise StalePlan(message, hint="have the plan of today reviewed: a new run of the check publishes it")


def _undetailed(made: Plan, reviewed: Reviewed) -> str:
    if not made.differs:
        return "  nothing is left to do: what was reviewed is done, or nobody wants it any more"
    if reviewed.changes is None:
        return "  of the reviewed plan only the digest is known: read the plan of today as a whole"
    return "  the changes are the same; what they start from, or the steps that lead there, is another"
