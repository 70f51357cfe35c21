"""The guards' verdict, the budget and what nobody could compare as JSON, and back."""

from __future__ import annotations

from reconciler.model.address import Address
from reconciler.model.cells import Reason, Unreadable
from reconciler.model.change_codec import place_from_json, place_to_json
from reconciler.model.documents import (
    Json,
    address_from,
    every,
    member,
    members,
    number,
    optional,
    take,
    text,
    whole,
)
from reconciler.model.plan import Budget, Fewest, GuardResult, Ruling, Unverifiable, Verdict


def verdict_to_json(verdict: Verdict) -> Json:
    """The JSON of a verdict; its `ruling` follows from the guards and is there for readers."""
    return {
        "ruling": verdict.ruling.value,
        "guards": [_guard_to_json(guard) for guard in verdict.guards],
        "fewest": _fewest_to_json(verdict.fewest),
    }


def verdict_from_json(document: Json) -> Verdict:
    """The verdict that `verdict_to_json` wrote. Raises Malformed."""
    found = members(document)
    return Verdict(take(found, "guards", every(_guard_from)), take(found, "fewest", optional(_fewest_from)))


def budget_to_json(budget: Budget) -> Json:
    """The JSON of a budget, times in seconds."""
    return {
        "calls": budget.calls,
        "writes": budget.writes,
        "seconds": budget.seconds,
        "settling": budget.settling,
    }


def budget_from_json(document: Json) -> Budget:
    """The budget that `budget_to_json` wrote. Raises Malformed."""
    found = members(document)
    return Budget(
        take(found, "calls", whole),
        take(found, "writes", whole),
        take(found, "seconds", number),
        take(found, "settling", number),
    )


def unverifiable_to_json(unknown: Unverifiable) -> Json:
    """The JSON of a field that nobody could compare."""
    return {
        "address": str(unknown.address),
        "field": unknown.key,
        "reason": unknown.cell.reason.value,
        "detail": unknown.cell.detail,
        "place": place_to_json(unknown.place),
    }


def unverifiable_from_json(document: Json) -> Unverifiable:
    """The field that `unverifiable_to_json` wrote. Raises Malformed."""
    found = members(document)
    reason = take(found, "reason", lambda reason: member(Reason, reason))
    return Unverifiable(
        take(found, "address", address_from),
        take(found, "field", text),
        Unreadable(reason, take(found, "detail", text)),
        take(found, "place", optional(place_from_json)),
    )


def _guard_to_json(guard: GuardResult) -> Json:
    return {
        "guard": guard.guard,
        "ruling": guard.ruling.value,
        "message": guard.message,
        "measured": guard.measured,
        "limit": guard.limit,
        "addresses": [{"address": str(address), "change": change} for address, change in guard.addresses],
    }


def _guard_from(document: Json) -> GuardResult:
    found = members(document)
    return GuardResult(
        take(found, "guard", text),
        take(found, "ruling", lambda ruling: member(Ruling, ruling)),
        take(found, "message", text),
        take(found, "measured", text),
        take(found, "limit", text),
        take(found, "addresses", every(_refused_from)),
    )


def _refused_from(document: Json) -> tuple[Address, str]:
    found = members(document)
    return take(found, "address", address_from), take(found, "change", text)


def _fewest_to_json(fewest: Fewest | None) -> Json:
    if fewest is None:
        return None
    return {
        "group": str(fewest.group),
        "fewest": fewest.fewest,
        "start": fewest.start,
        "interrupted": [str(app) for app in fewest.interrupted],
    }


def _fewest_from(document: Json) -> Fewest:
    found = members(document)
    interrupted = take(found, "interrupted", optional(every(address_from)))
    return Fewest(
        take(found, "group", address_from),
        take(found, "fewest", whole),
        take(found, "start", whole),
        interrupted or (),
    )
