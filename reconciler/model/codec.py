"""A plan as a JSON document, and back; and the digests of changes and of whole plans.

The digest is over the document itself, so that anybody can check it without this program:

    SHA-256 of the RFC 8785 form of
        {service, tenantId, start, goal, ids,
         changes: [{address, action, digest, fields: [{field, before, after}]}],
         steps: [every member but calls and whyNoInverse]}
"""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from msgspec.structs import replace

from reconciler.model.address import Address
from reconciler.model.applied_codec import applied_from_json, applied_to_json
from reconciler.model.change_codec import (
    change_core,
    change_digest,
    change_from_json,
    change_to_json,
    start_from_json,
    start_to_json,
)
from reconciler.model.document_rules import TAMPERED
from reconciler.model.documents import (
    Json,
    Malformed,
    address_from,
    digest_of,
    digest_of_lists,
    every,
    expect_version,
    members,
    optional,
    table,
    take,
    text,
    whole,
)
from reconciler.model.plan import Plan, PlannedStep
from reconciler.model.step_codec import Ids, step_from_json, step_to_json
from reconciler.model.values import value_to_json
from reconciler.model.verdict_codec import (
    budget_from_json,
    budget_to_json,
    unverifiable_from_json,
    unverifiable_to_json,
    verdict_from_json,
    verdict_to_json,
)

if TYPE_CHECKING:
    from reconciler.model.conditions import Condition

__all__ = [
    "VERSION",
    "applied_from_json",
    "applied_to_json",
    "change_digest",
    "plan_digest",
    "plan_from_json",
    "plan_to_json",
    "sealed",
    "step_from_json",
    "step_to_json",
]

VERSION = 1
"""The version of the plan document; a reader refuses any other."""


def plan_to_json(plan: Plan) -> Json:
    """The whole plan as the document that `schemas/plan.schema.json` describes. It holds no secret."""
    return {
        "version": VERSION,
        "service": plan.service,
        "tenantId": plan.tenant_id,
        "digest": plan.digest,
        "start": [start_to_json(value) for value in plan.start],
        "goal": [start_to_json(value) for value in plan.goal],
        "changes": [change_to_json(change) for change in plan.changes],
        "steps": [_planned_to_json(planned, plan.ids) for planned in plan.steps],
        "ids": {str(address): live_id for address, live_id in plan.ids.items()},
        "verdict": verdict_to_json(plan.verdict),
        "budget": budget_to_json(plan.budget),
        "unverifiable": [unverifiable_to_json(unknown) for unknown in plan.unverifiable],
        "unmanaged": [str(address) for address in plan.unmanaged],
        "names": {str(address): name for address, name in plan.names.items()},
        "notes": list(plan.notes),
    }


def plan_from_json(document: Json) -> Plan:
    """The plan that a document holds.

    Raises Malformed, which carries a finding: another version, an unknown kind of step, a wrong shape, steps that need
    each other in a circle, or a digest that does not fit.
    """
    found = members(document)
    expect_version(found, VERSION)
    names = take(found, "names", optional(_texts_from))
    plan = Plan(
        service=take(found, "service", text),
        tenant_id=take(found, "tenantId", text),
        start=take(found, "start", every(start_from_json)),
        goal=take(found, "goal", every(start_from_json)),
        changes=take(found, "changes", every(change_from_json)),
        steps=take(found, "steps", _steps_from),
        verdict=take(found, "verdict", verdict_from_json),
        budget=take(found, "budget", budget_from_json),
        digest=take(found, "digest", text),
        ids=take(found, "ids", _texts_from),
        unverifiable=take(found, "unverifiable", every(unverifiable_from_json)),
        unmanaged=take(found, "unmanaged", every(address_from)),
        names=names or {},
        notes=take(found, "notes", every(text)),
    )
    if _document_digest(document) != plan.digest:
        raise Malformed(
            "this plan was changed after it was made: its digest does not fit what it says",
            hint="make the plan again",
            rule=TAMPERED,
        )
    return plan


def plan_digest(plan: Plan) -> str:
    """The digest of a plan: `sha256:` and the SHA-256 over what decides what it does.

    Places, reasons, verdict, budget, notes and whatever else only informs stand outside.
    """
    # Not by way of the whole document, which takes four times the memory of the plan of a large tenant.
    return digest_of_lists(
        {
            "service": plan.service,
            "tenantId": plan.tenant_id,
            "ids": {str(address): live_id for address, live_id in plan.ids.items()},
        },
        {
            "start": map(start_to_json, plan.start),
            "goal": map(start_to_json, plan.goal),
            "changes": (change_core(change_to_json(change)) for change in plan.changes),
            "steps": (_step_core(_planned_to_json(planned, plan.ids)) for planned in plan.steps),
        },
    )


def sealed(plan: Plan) -> Plan:
    """The plan with its digest."""
    return replace(plan, digest=plan_digest(plan))


def _document_digest(document: Json) -> str:
    found = members(document)
    plainly = {name: found.get(name) for name in ("service", "tenantId", "start", "goal", "ids")}
    changes, steps = take(found, "changes", every(change_core)), take(found, "steps", every(_step_core))
    return digest_of({**plainly, "changes": changes, "steps": steps})


def _step_core(step: Json) -> Json:
    return {name: value for name, value in members(step).items() if name not in _INFORMATION}


_INFORMATION = frozenset({"whyNoInverse", "calls"})
"""What a step's document says besides what the step does."""


def _planned_to_json(planned: PlannedStep, ids: Ids) -> Json:
    from reconciler.model.conditions import post, pre  # noqa: PLC0415 - a plan without steps needs neither
    from reconciler.model.inverse import inverse  # noqa: PLC0415 - the same

    kind, params = step_to_json(planned.step, ids)
    document: dict[str, Json] = {
        "id": planned.id,
        "kind": kind,
        "needs": list(planned.needs),
        "params": params,
        "pre": [_condition_to_json(condition) for condition in pre(planned.step)],
        "post": [_condition_to_json(condition) for condition in post(planned.step)],
        "calls": planned.calls,
    }
    match inverse(planned.step):
        case str() as why:
            document["whyNoInverse"] = why
        case undo:
            undo_kind, undo_params = step_to_json(undo, ids)
            document["inverse"] = {"kind": undo_kind, "params": undo_params}
    return document


def _condition_to_json(condition: Condition) -> Json:
    return {
        "address": str(condition.address),
        "field": condition.key,
        "test": condition.test.value,
        "value": value_to_json(condition.value),
    }


def _steps_from(document: Json) -> tuple[PlannedStep, ...]:
    """Steps that can be ordered: each id once, every need a step, no circle."""
    steps = every(_planned_from)(document)
    needs = {planned.id: planned.needs for planned in steps}
    if len(needs) != len(steps):
        raise Malformed("two steps have one id")
    for number, planned in enumerate(steps):
        unknown = next((need for need in planned.needs if need not in needs), None)
        if unknown is not None:
            raise Malformed(f"there is no step {unknown!r}", pointer=f"{number}/needs")
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        raise Malformed(f"steps need each other in a circle: {' → '.join(error.args[1])}") from error
    return steps


def _planned_from(document: Json) -> PlannedStep:
    found = members(document)
    kind = take(found, "kind", text)
    return PlannedStep(
        take(found, "id", text),
        take(found, "params", lambda params: step_from_json(kind, params)),
        take(found, "needs", every(text)),
        take(found, "calls", whole),
    )


def _texts_from(document: Json) -> dict[Address, str]:
    return {address_from(address): found for address, found in table(text)(document).items()}
