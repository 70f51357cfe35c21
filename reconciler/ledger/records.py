"""The JSON of what the journal and the ledger say of steps. Of a secret it holds the version, never the value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reconciler.model.plan import Plan, PlannedStep
from reconciler.model.record import FieldRecord, Intent, Result
from reconciler.model.step_codec import step_from_json, step_to_json
from reconciler.model.values import Json, items, live_cell_to_json, members, number, text

BEGIN, INTENT, RESULT, END = "begin", "intent", "result", "end"
"""The kinds of record that an apply makes in a journal."""

ADOPT, FORGET, MOVE, MIGRATE = "adopt", "forget", "move", "migrate"
"""The kinds of record that a person makes who changes what the ledger says."""


def begin_to_json(plan: Plan, by: str = "") -> Mapping[str, Json]:
    """An apply begins: which plan, for which service, with how many steps, and by whom."""
    who: dict[str, Json] = {"by": by} if by else {}
    return {"plan": plan.digest, "service": plan.service, "tenantId": plan.tenant_id, "steps": len(plan.steps), **who}


def intent_to_json(intent: Intent, plan: str) -> Mapping[str, Json]:
    """A step of a plan is about to be done."""
    return {
        "plan": plan,
        "step": planned_to_json(intent.step),
        "before": _fields(intent.before),
        "intended": _fields(intent.intended),
    }


def result_to_json(result: Result, plan: str, *, recovered: bool = False) -> Mapping[str, Json]:
    """What came of a step; `recovered` where a later run found it out."""
    document: dict[str, Json] = {
        "plan": result.plan or plan,
        "step": result.step,
        "ending": result.ending.value,
        "observed": _fields(result.observed),
    }
    if result.message:
        document["message"] = result.message
    if recovered:
        document["recovered"] = True
    return document


def end_to_json(done: int, failed: int, skipped: int) -> Mapping[str, Json]:
    """An apply has ended."""
    return {"done": done, "failed": failed, "skipped": skipped}


def planned_to_json(planned: PlannedStep) -> Json:
    """A step with its id and its needs."""
    kind, params = step_to_json(planned.step, {})
    document: dict[str, Json] = {"id": planned.id, "kind": kind, "params": params}
    if planned.needs:
        document["needs"] = list(planned.needs)
    if planned.calls != 1:
        document["calls"] = planned.calls
    return document


def planned_from_json(document: Json) -> PlannedStep:
    """The step that `planned_to_json` wrote. Raises Malformed."""
    found = members(document)
    return PlannedStep(
        text(found.get("id")),
        step_from_json(text(found.get("kind")), found.get("params")),
        tuple(text(need) for need in items(found.get("needs", []))),
        int(number(found.get("calls", 1))),
    )


def _fields(fields: Iterable[FieldRecord]) -> Json:
    return [
        {"address": str(field.address), "field": field.key, "cell": live_cell_to_json(field.cell)} for field in fields
    ]
