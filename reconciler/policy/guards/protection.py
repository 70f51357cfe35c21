"""Protection: whatever removes or moves a protected thing, or a part of one, is asked for."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.address import Address, Kind
from reconciler.model.plan import Action, Change, GuardResult
from reconciler.policy.guards.case import Case, taken

NAME = "protect"

_WORDS = {Action.REMOVE: "would be removed", Action.MOVE: "would be moved or renamed"}


def check(case: Case) -> Iterator[GuardResult]:
    """Protected groups and apps that go or move, agents that leave a group, parts that go."""
    for change in case.changes:
        for address, what in sorted(_touched(case.spec.policy.protect, change)):
            yield case.result(NAME, f"{address} is protected, and {what}", (change,))


def _touched(protected: frozenset[Address], change: Change) -> Iterator[tuple[Address, str]]:
    thing = change.address
    if thing in protected:
        if change.action in _WORDS:
            yield thing, _WORDS[change.action]
        elif taken(change, "group"):
            yield thing, "would be unassigned"
    if thing.kind is Kind.GROUP:
        for agent in taken(change, "agents") & protected:
            yield agent, f"would leave {thing}"
    for field in change.fields:
        part = thing.within(field.key)
        if part in protected and field.before is not None and field.after is None:
            yield part, "would be removed"
