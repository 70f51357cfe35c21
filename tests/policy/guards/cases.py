"""Cases for guards, built by hand from changes and two states."""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.model.address import Address, Kind, agent, app, group
from reconciler.model.plan import Action, Cause, Change, FieldChange
from reconciler.model.spec import Acknowledgement, Limits, Policy
from reconciler.plan.differences import changed
from reconciler.policy.guards.case import Case
from tests.plan.worlds import ANY, World, live_agents, live_app, live_group

AGENTS = live_agents("a", "b", "c", "d")


def case(
    changes: Iterable[Change],
    *,
    start: dict[Address, object] | None = None,
    final: dict[Address, object] | None = None,
    managed: Iterable[Address] = (),
    limits: Limits | None = None,
    protect: Iterable[Address] = (),
    interrupted: tuple[Address, ...] = (),
    acks: Iterable[Address | Acknowledgement] = (),
    policy: Policy | None = None,
) -> Case:
    policy = policy or Policy(
        availability="any", profiles={"any": ANY}, limits=limits or Limits(), protect=frozenset(protect)
    )
    given = tuple(Acknowledgement(ack) if isinstance(ack, Address) else ack for ack in acks)
    return Case(
        World(policy=policy).spec,
        World(live=AGENTS | (start or {})).state,
        World(live=AGENTS | (final or {})).state,
        tuple(changes),
        frozenset(managed),
        interrupted,
        given,
    )


def removal(address: Address, **fields: object) -> Change:
    return changed(address, Action.REMOVE, parts(fields), "gone from the spec")


def change(address: Address, action: Action = Action.CHANGE, **fields: tuple[object, object]) -> Change:
    return changed(address, action, (FieldChange(key, *values, Cause.PENDING) for key, values in fields.items()), "")


def parts(fields: dict[str, object]) -> Iterable[FieldChange]:
    return (FieldChange(key, value, None, Cause.PENDING) for key, value in fields.items())


def members(*keys: str) -> frozenset[Address]:
    return frozenset(agent(key) for key in keys)


def named(kind: Kind, number: int) -> list[Address]:
    return [Address(kind, str(n)) for n in range(number)]


P, Q, G, H = app("p"), app("q"), group("g"), group("h")
__all__ = ["AGENTS", "G", "H", "P", "Q", "case", "change", "live_app", "live_group", "members", "named", "removal"]
