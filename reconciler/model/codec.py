"""A plan as a JSON document, and back; and the digests of changes and of whole plans.

A step's parameters follow from its fields by one table, so that a new kind of step needs no code here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, replace
from typing import Any, cast

from reconciler.model.address import Address
from reconciler.model.cells import Reason, Unreadable
from reconciler.model.conditions import Condition, post, pre
from reconciler.model.inverse import inverse
from reconciler.model.mappings import DesiredMapping
from reconciler.model.place import Place
from reconciler.model.plan import (
    Action,
    Budget,
    Cause,
    Change,
    Fewest,
    FieldChange,
    GuardResult,
    Plan,
    PlannedStep,
    Ruling,
    StartValue,
    Unverifiable,
    Verdict,
)
from reconciler.model.secret import SecretSource
from reconciler.model.states import Edge
from reconciler.model.steps import Step
from reconciler.model.values import (
    Json,
    Malformed,
    address_from,
    desired_mapping_from_json,
    desired_mapping_to_json,
    digest_of,
    items,
    member,
    members,
    number,
    text,
    value_from_json,
    value_to_json,
)

VERSION = 1
"""The version of the plan document; a reader refuses a newer one."""

_KINDS: Mapping[str, type[Any]] = {
    kind.__name__[0].lower() + kind.__name__[1:]: kind for kind in cast("tuple[type[Any], ...]", Step.__args__)
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


def plan_to_json(plan: Plan) -> Json:
    """The whole plan as the document that `schemas/plan.schema.json` describes. It holds no secret."""
    return {
        "version": VERSION,
        "service": plan.service,
        "tenantId": plan.tenant_id,
        "digest": plan.digest,
        "start": [_start_to_json(value) for value in plan.start],
        "goal": [_start_to_json(value) for value in plan.goal],
        "changes": [_change_to_json(change) for change in plan.changes],
        "steps": [_planned_to_json(planned, plan.ids) for planned in plan.steps],
        "ids": _ids_to_json(plan.ids),
        "verdict": _verdict_to_json(plan.verdict),
        "budget": {
            "calls": plan.budget.calls,
            "writes": plan.budget.writes,
            "seconds": plan.budget.seconds,
            "settling": plan.budget.settling,
        },
        "unverifiable": [
            {
                "address": str(unknown.address),
                "field": unknown.key,
                "reason": unknown.cell.reason.value,
                "detail": unknown.cell.detail,
            }
            for unknown in plan.unverifiable
        ],
        "unmanaged": [str(address) for address in plan.unmanaged],
        "notes": list(plan.notes),
    }


def plan_from_json(document: Json) -> Plan:
    """The plan that a document holds. Raises Malformed: a newer version, an unknown kind of step, a wrong shape."""
    whole = members(document)
    version = whole.get("version")
    if version != VERSION:
        raise Malformed(
            f"this plan has version {version!r}, and this program reads version {VERSION}",
            hint="make the plan again with this program, or install the program that made it",
        )
    budget = members(whole.get("budget"))
    plan = Plan(
        service=text(whole.get("service")),
        tenant_id=text(whole.get("tenantId")),
        start=tuple(_start_from(value) for value in items(whole.get("start"))),
        goal=tuple(_start_from(value) for value in items(whole.get("goal"))),
        changes=tuple(_change_from(change) for change in items(whole.get("changes"))),
        steps=tuple(_planned_from(planned) for planned in items(whole.get("steps"))),
        verdict=_verdict_from(members(whole.get("verdict"))),
        budget=Budget(
            int(number(budget.get("calls"))),
            int(number(budget.get("writes"))),
            number(budget.get("seconds")),
            number(budget.get("settling")),
        ),
        digest=text(whole.get("digest")),
        ids={address_from(address): text(live_id) for address, live_id in members(whole.get("ids")).items()},
        unverifiable=tuple(_unverifiable_from(members(unknown)) for unknown in items(whole.get("unverifiable"))),
        unmanaged=tuple(address_from(text(address)) for address in items(whole.get("unmanaged"))),
        notes=tuple(text(note) for note in items(whole.get("notes"))),
    )
    if plan_digest(plan) != plan.digest:
        raise Malformed(
            "this plan was changed after it was made: its digest does not fit what it says",
            hint="make the plan again",
        )
    return plan


def plan_digest(plan: Plan) -> str:
    """`sha256:` and the SHA-256 over the canonical JSON of start, goal, changes, steps and ids.

    Places, reasons, verdict, budget and notes are information and stand outside.
    """
    return digest_of(
        {
            "service": plan.service,
            "tenantId": plan.tenant_id,
            "start": [_start_to_json(value) for value in plan.start],
            "goal": [_start_to_json(value) for value in plan.goal],
            "changes": [_change_core(change) for change in plan.changes],
            "steps": [_planned_to_json(planned, plan.ids) for planned in plan.steps],
            "ids": _ids_to_json(plan.ids),
        }
    )


def sealed(plan: Plan) -> Plan:
    """The plan with its digest."""
    return replace(plan, digest=plan_digest(plan))


def change_digest(address: Address, action: Action, changes: Iterable[FieldChange]) -> str:
    """The digest by which a person acknowledges one change: its address, its action, every value before and after."""
    return digest_of({"address": str(address), "action": action.value, "fields": [_field_core(c) for c in changes]})


def step_to_json(step: Step, ids: Mapping[Address, str]) -> tuple[str, Json]:
    """The kind of a step and its parameters; an address has its live id beside it where that is known."""
    params = {f.name: _parameter(getattr(step, f.name), ids) for f in fields(step)}
    return _NAMES[type(step)], {_camel(name): value for name, value in params.items()}


def step_from_json(kind: str, params: Json) -> Step:
    """The step that `step_to_json` wrote. Raises Malformed for an unknown kind or a wrong shape."""
    if kind not in _KINDS:
        raise Malformed(f"a step of kind {kind!r} is unknown", hint="a newer version of this program made the plan")
    found = members(params)
    values = {f.name: _READERS[str(f.type)](found.get(_camel(f.name))) for f in fields(_KINDS[kind])}
    return cast("Step", _KINDS[kind](**values))


def _parameter(value: object, ids: Mapping[Address, str]) -> Json:
    match value:
        case Address():
            live_id = ids.get(value)
            return {"ref": str(value), "id": live_id} if live_id else {"ref": str(value)}
        case frozenset():
            edges = sorted(cast("frozenset[Edge]", value))
            return [{"member": str(edge.member), "group": str(edge.group)} for edge in edges]
        case DesiredMapping():
            return desired_mapping_to_json(value)
        case SecretSource():
            return value_to_json(value)
        case tuple():
            return list(cast("tuple[str, ...]", value))
        case Mapping():
            return {key: _parameter(below, ids) for key, below in value.items()}
    return cast("Json", value)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


def _setting(document: Json) -> str | bool | int | None:
    if document is None or isinstance(document, str | bool | int):
        return document
    raise Malformed("a setting is a text, a number, true, false or null")


def _secret_source(document: Json) -> SecretSource:
    value = value_from_json(document)
    if not isinstance(value, SecretSource):
        raise Malformed("expected the source of a secret")
    return value


def _edges(document: Json) -> frozenset[Edge]:
    return frozenset(
        Edge(address_from(text(members(edge).get("member"))), address_from(text(members(edge).get("group"))))
        for edge in items(document)
    )


def _flag(document: Json) -> bool:
    if not isinstance(document, bool):
        raise Malformed(f"expected true or false, found {type(document).__name__}")
    return document


_READERS: Mapping[str, Callable[[Json], object]] = {
    "Address": lambda document: address_from(text(members(document).get("ref"))),
    "str": text,
    "bool": _flag,
    "float": number,
    "frozenset[Edge]": _edges,
    "Mapping[str, ConnectionValue]": lambda found: {key: _setting(value) for key, value in members(found).items()},
    "Mapping[str, SecretSource]": lambda found: {key: _secret_source(value) for key, value in members(found).items()},
    "Mapping[str, DesiredMapping]": lambda found: {
        key: desired_mapping_from_json(members(value)) for key, value in members(found).items()
    },
    "Mapping[str, tuple[str, ...]]": lambda found: {
        key: tuple(text(target) for target in items(value)) for key, value in members(found).items()
    },
}
"""How a parameter is read, by the annotation of its field in `steps`."""


def _planned_to_json(planned: PlannedStep, ids: Mapping[Address, str]) -> Json:
    kind, params = step_to_json(planned.step, ids)
    document: dict[str, Json] = {
        "id": planned.id,
        "kind": kind,
        "needs": list(planned.needs),
        "params": params,
        "pre": [_condition(condition) for condition in pre(planned.step)],
        "post": [_condition(condition) for condition in post(planned.step)],
        "calls": planned.calls,
    }
    match inverse(planned.step):
        case str() as why:
            document["whyNoInverse"] = why
        case undo:
            undo_kind, undo_params = step_to_json(undo, ids)
            document["inverse"] = {"kind": undo_kind, "params": undo_params}
    return document


def _planned_from(document: Json) -> PlannedStep:
    found = members(document)
    return PlannedStep(
        text(found.get("id")),
        step_from_json(text(found.get("kind")), found.get("params")),
        tuple(text(need) for need in items(found.get("needs"))),
        int(number(found.get("calls"))),
    )


def _condition(condition: Condition) -> Json:
    return {
        "address": str(condition.address),
        "field": condition.key,
        "test": condition.test.value,
        "value": value_to_json(condition.value),
    }


def _start_to_json(value: StartValue) -> Json:
    document: dict[str, Json] = {"address": str(value.address), "field": value.key, "value": value.text}
    if value.digest:
        document["digest"] = value.digest
    return document


def _start_from(document: Json) -> StartValue:
    found = members(document)
    address, digest = address_from(text(found.get("address"))), found.get("digest", "")
    return StartValue(address, text(found.get("field")), text(found.get("value")), text(digest))


def _field_core(change: FieldChange) -> dict[str, Json]:
    return {"field": change.key, "before": value_to_json(change.before), "after": value_to_json(change.after)}


def _change_core(change: Change) -> dict[str, Json]:
    return {
        "address": str(change.address),
        "action": change.action.name.lower(),
        "digest": change.digest,
        "blocked": change.blocked,
        "fields": [_field_core(below) for below in change.fields],
    }


def _change_to_json(change: Change) -> Json:
    below: list[Json] = [
        {**_field_core(part), "cause": part.cause.value, "lines": list(part.lines), "place": _place(part.place)}
        for part in change.fields
    ]
    return {**_change_core(change), "fields": below, "reason": change.reason, "place": _place(change.place)}


def _place(place: Place | None) -> Json:
    return None if place is None else str(place)


def _change_from(document: Json) -> Change:
    found = members(document)
    return Change(
        address_from(text(found.get("address"))),
        _action(text(found.get("action"))),
        tuple(_field_change_from(members(below)) for below in items(found.get("fields"))),
        text(found.get("reason")),
        text(found.get("digest")),
        text(found.get("blocked")),
    )


def _action(name: str) -> Action:
    try:
        return Action[name.upper()]
    except KeyError as error:
        raise Malformed(f"an action {name!r} is unknown") from error


def _field_change_from(found: Mapping[str, Json]) -> FieldChange:
    return FieldChange(
        text(found.get("field")),
        value_from_json(found.get("before")),
        value_from_json(found.get("after")),
        member(Cause, found.get("cause")),
        tuple(text(line) for line in items(found.get("lines"))),
    )


def _ids_to_json(ids: Mapping[Address, str]) -> Json:
    return {str(address): live_id for address, live_id in ids.items()}


def _verdict_to_json(verdict: Verdict) -> Json:
    return {
        "ruling": verdict.ruling.value,
        "guards": [
            {
                "guard": guard.guard,
                "ruling": guard.ruling.value,
                "message": guard.message,
                "measured": guard.measured,
                "limit": guard.limit,
                "addresses": [{"address": str(address), "change": change} for address, change in guard.addresses],
            }
            for guard in verdict.guards
        ],
        "fewest": _fewest_to_json(verdict.fewest),
    }


def _fewest_to_json(fewest: Fewest | None) -> Json:
    if fewest is None:
        return None
    return {"group": str(fewest.group), "fewest": fewest.fewest, "start": fewest.start}


def _verdict_from(found: Mapping[str, Json]) -> Verdict:
    fewest = found.get("fewest")
    return Verdict(
        tuple(_guard_from(members(guard)) for guard in items(found.get("guards"))),
        None if fewest is None else _fewest_from(members(fewest)),
    )


def _guard_from(found: Mapping[str, Json]) -> GuardResult:
    return GuardResult(
        text(found.get("guard")),
        member(Ruling, found.get("ruling")),
        text(found.get("message")),
        text(found.get("measured")),
        text(found.get("limit")),
        tuple(
            (address_from(text(members(pair).get("address"))), text(members(pair).get("change")))
            for pair in items(found.get("addresses"))
        ),
    )


def _fewest_from(found: Mapping[str, Json]) -> Fewest:
    group = address_from(text(found.get("group")))
    return Fewest(group, int(number(found.get("fewest"))), int(number(found.get("start"))))


def _unverifiable_from(found: Mapping[str, Json]) -> Unverifiable:
    cell = Unreadable(member(Reason, found.get("reason")), text(found.get("detail")))
    return Unverifiable(address_from(text(found.get("address"))), text(found.get("field")), cell)
