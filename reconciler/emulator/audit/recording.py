"""Write the audit log: one entry for each call that changed something, with who made it.

Page: https://learn.microsoft.com/graph/api/resources/directoryaudit
"""

from __future__ import annotations

from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from msgspec import Struct

from reconciler.emulator.audit.activities import ACTIVITIES, PROVISIONING, Activity
from reconciler.emulator.audit.properties import Properties, modified, properties_of
from reconciler.emulator.context import Answer, Call, Context, Operation
from reconciler.emulator.directory import readable
from reconciler.emulator.errors import GraphError
from reconciler.emulator.store import Document, Kind
from reconciler.emulator.tokens import Caller

_TYPES = {Kind.SERVICE_PRINCIPAL: "ServicePrincipal", Kind.AGENT_GROUP: "ConnectorGroup", Kind.AGENT: "Connector"}
_MEMBERS = {Kind.AGENT: "group", Kind.PUBLISHED_RESOURCE: "group", Kind.AGENT_GROUP: "agent"}
"""Under which key of the address the other thing stands that a call brings together with the first."""


class Watched(Struct, frozen=True):
    """A call that is about to be made: what it addresses, and how that is before it."""

    activity: Activity
    target: Document | None
    before: Properties
    about: str


def moment_text(moment: datetime) -> str:
    """A moment as the log writes it, with seven digits below the second."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond:06d}0Z"


def watched(context: Context, operation: Operation, call: Call) -> Watched | None:
    """What has to be known before a call that the log will tell of; None for any other call."""
    activity = ACTIVITIES.get((operation.method, operation.template))
    if activity is None:
        return None
    target = _addressed(context, call, activity.kind, activity.key)
    kind, key = activity.about or activity.kind, activity.about_key or activity.key
    about = str(target["id"]) if target and key == activity.key else call.keys[key].value if key in call.keys else ""
    return Watched(activity, target, properties_of(context, kind, about) if about else {}, about)


def record(context: Context, call: Call, seen: Watched, answer: Answer, caller: Caller) -> None:
    """Write the entry of a call that succeeded; what changed nothing is told of too, as the service does."""
    activity = seen.activity
    made = str(answer.body["id"]) if isinstance(answer.body, dict) and "id" in answer.body else ""
    about = seen.about or made
    target = seen.target or context.truth.get(activity.kind, about) or {}
    after = properties_of(context, activity.about or activity.kind, about)
    number = uuid5(NAMESPACE_URL, f"{context.tenant.id}/{context.store.written}")
    targets = _targets(context, call, activity, target, modified(seen.before, after))
    entry = log_entry(activity, context.now, number, _initiator(caller), targets)
    with context.transaction() as writing:
        writing.put(Kind.AUDIT, str(entry["id"]), entry)


def log_entry(activity: Activity, at: datetime, number: UUID, by: Document, targets: list[Document]) -> Document:
    """An entry of the log."""
    prefix = "Sync" if activity.service == PROVISIONING else "Directory"
    return {
        "id": f"{prefix}_{number}",
        "category": activity.category,
        "correlationId": str(number),
        "result": "success",
        "resultReason": "",
        "activityDisplayName": activity.name,
        "activityDateTime": moment_text(at),
        "loggedByService": activity.service,
        "operationType": activity.operation,
        "initiatedBy": by,
        "targetResources": targets,
        "additionalDetails": [],
    }


def _addressed(context: Context, call: Call, kind: Kind, key: str) -> Document | None:
    """What a key of the address names; None where the call makes it, or will be refused for it."""
    if key not in call.keys:
        return None
    try:
        return readable(context, kind, call.keys[key])
    except GraphError:
        return None


def _targets(
    context: Context, call: Call, activity: Activity, target: Document, properties: list[Document]
) -> list[Document]:
    found = [log_target(activity.kind, target, properties)]
    other = _addressed(context, call, Kind.AGENT, "agent") if _MEMBERS.get(activity.kind) == "agent" else None
    return [*found, log_target(Kind.AGENT, other, [])] if other else found


def log_target(kind: Kind, document: Document, properties: list[Document]) -> Document:
    """What an entry is about, with the properties that were changed."""
    return {
        "id": document.get("id"),
        "displayName": document.get("displayName") or document.get("machineName"),
        "type": _TYPES.get(kind, "Other"),
        "userPrincipalName": None,
        "groupType": None,
        "modifiedProperties": properties,
    }


def _initiator(caller: Caller) -> Document:
    """Who made a call; nobody where its token does not say."""
    if caller.app_only:
        return initiated_by_app(caller.name, caller.app, caller.object_id)
    if not caller.name and not caller.object_id:
        return {"user": None, "app": None}
    return initiated_by_user(caller.name, caller.object_id)


def initiated_by_user(name: str, identifier: str | None = None) -> Document:
    """Who made a call, where it was a user."""
    user = {"id": identifier, "displayName": None, "userPrincipalName": name, "ipAddress": None}
    return {"user": user, "app": None}


def initiated_by_app(name: str, app: str | None = None, principal: str | None = None) -> Document:
    """Who made a call, where it was an application."""
    known = {"appId": app, "displayName": name, "servicePrincipalId": principal, "servicePrincipalName": None}
    return {"user": None, "app": known}
