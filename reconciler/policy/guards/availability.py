"""Availability: apps that fewer active agents serve in the end than their profile asks for are asked for.

Too few agents at the start are nobody's doing: a plan is only asked about what it takes away.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from reconciler.model.address import Address, Kind
from reconciler.model.plan import Action, Change, GuardResult
from reconciler.model.words import counted, listed
from reconciler.policy.availability import minimum, serving
from reconciler.policy.guards.case import Case, taken

NAME = "availability"


def check(case: Case) -> Iterator[GuardResult]:
    """Apps left with fewer active agents than min(before, profile), by the changes that take the others away."""
    taking = {change.address: change for change in case.changes if _takes(change)}
    short: defaultdict[tuple[Address, ...], list[tuple[Address, int, int]]] = defaultdict(list)
    for app in case.start.of(Kind.APP) if taking else ():
        groups = case.start.members(app.address, "group")
        causes = tuple(sorted(address for address in (app.address, *groups) if address in taking))
        if not causes or _is_removed(taking.get(app.address)):
            continue
        before, after = len(serving(case.start, app.address)), len(serving(case.final, app.address))
        floor = min(before, minimum(case.spec, case.final, app.address))
        if after < floor:
            short[causes].append((app.address, after, floor))
    for causes, apps in sorted(short.items()):
        fewest = min(after for _, after, _ in apps)
        names = listed(sorted(app for app, _, _ in apps))
        message = f"{names} would be left with {counted(fewest, 'active agent')}"
        needed = max(floor for _, _, floor in apps)
        filling = tuple(taking[address] for address in causes)
        yield case.result(NAME, message, filling, measured=str(fewest), limit=f"at least {needed}")


def _takes(change: Change) -> bool:
    return bool(taken(change, "agents") or taken(change, "group"))


def _is_removed(change: Change | None) -> bool:
    return change is not None and change.action is Action.REMOVE
