"""The floor: a removal that leaves a group, an app or a whole kind with next to nothing is asked for.

A percentage protects nothing where there is little: one of two is half, and the last one of one is all.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.address import Kind
from reconciler.model.plan import Action, GuardResult
from reconciler.model.words import counted
from reconciler.policy.guards.case import Case, taken

NAME = "floor"


def check(case: Case) -> Iterator[GuardResult]:
    """Groups left with too few agents, apps left without a group, kinds left with too few things."""
    yield from _groups(case)
    yield from _apps(case)
    for kind in (Kind.GROUP, Kind.APP):
        yield from _kind(case, kind)


def _groups(case: Case) -> Iterator[GuardResult]:
    floor = case.spec.policy.limits.floor
    for change in case.of(Kind.GROUP):
        left = len(case.final.members(change.address, "agents"))
        if change.action is not Action.REMOVE and taken(change, "agents") and left < floor:
            message = f"{change.address} would be left with {counted(left, 'agent')}"
            yield case.result(NAME, message, (change,), measured=str(left), limit=f"at least {floor}")


def _apps(case: Case) -> Iterator[GuardResult]:
    for change in case.of(Kind.APP):
        left = case.final.members(change.address, "group")
        if change.action is not Action.REMOVE and taken(change, "group") and not left:
            message = f"{change.address} would be left without an agent group: nobody would serve it"
            yield case.result(NAME, message, (change,), measured="0", limit="at least 1")


def _kind(case: Case, kind: Kind) -> Iterator[GuardResult]:
    removed, floor = case.removals(kind), case.spec.policy.limits.floor
    added = sum(change.action is Action.ADD for change in case.of(kind))
    left = case.number(kind) - len(removed) + added
    if removed and left < floor:
        message = f"{counted(left, kind.value)} would be left of {case.number(kind)}"
        yield case.result(NAME, message, removed, measured=str(left), limit=f"at least {floor}")
