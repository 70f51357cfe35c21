"""The properties of a thing as the audit log tells of them, before and after a change.

No page says which properties the service names for provisioning; these are the emulator's: an attribute mapping under
its target's name, a credential under its key, a job's members under theirs. A secret is never shown.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping

from reconciler.emulator.context import Context
from reconciler.emulator.store import Document, Kind
from reconciler.emulator.synchronization.credentials import Credential
from reconciler.emulator.synchronization.records import credentials_of
from reconciler.emulator.synchronization.sealing import seal_for

Properties = Mapping[str, tuple[object, object]]
"""By name: what a property is, by which it is compared, and what the log shows of it."""

_OF_JOB = ("templateId", "state", "settings")
_RULES = ("objectMappings", "attributeMappings")


def properties_of(context: Context, kind: Kind, identifier: str) -> Properties:
    """What there is of a thing in truth; nothing where it is not there."""
    read = _READERS.get(kind)
    if read is not None:
        return read(context, identifier)
    document = context.truth.get(kind, identifier) or {}
    return _plain({name: value for name, value in document.items() if name != "id"})


def modified(before: Properties, after: Properties) -> list[Document]:
    """What differs, as the log lists it: values are JSON texts."""
    found: list[Document] = []
    for name in dict.fromkeys((*before, *after)):
        old, new = before.get(name), after.get(name)
        if (old and old[0]) != (new and new[0]):
            found.append({"displayName": name, "oldValue": _shown(old), "newValue": _shown(new)})
    return found


def _shown(known: tuple[object, object] | None) -> str | None:
    return None if known is None else json.dumps(known[1], ensure_ascii=False)


def _plain(members: Mapping[str, object]) -> Properties:
    return {name: (value, value) for name, value in members.items()}


def _group(context: Context, identifier: str) -> Properties:
    document = context.truth.get(Kind.AGENT_GROUP, identifier) or {}
    members = [row.owner for row in context.truth.rows(Kind.AGENT_MEMBERSHIP, alias=identifier)]
    return _plain({"displayName": document.get("displayName"), "agents": sorted(members)} if document else {})


def _agent(context: Context, identifier: str) -> Properties:
    edges = context.truth.rows(Kind.AGENT_MEMBERSHIP, owner=identifier)
    return _plain({"agentGroups": sorted(edge.alias for edge in edges)})


def _resource(context: Context, identifier: str) -> Properties:
    document = context.truth.get(Kind.PUBLISHED_RESOURCE, identifier)
    if document is None:
        return {}
    edges = context.truth.rows(Kind.RESOURCE_ASSIGNMENT, owner=identifier)
    groups = sorted(edge.alias for edge in edges)
    return _plain({"displayName": document.get("displayName"), "agentGroups": groups})


def _job(context: Context, identifier: str) -> Properties:
    document = context.truth.get(Kind.JOB, identifier) or {}
    return _plain({name: document[name] for name in _OF_JOB if name in document})


def _secrets(context: Context, identifier: str) -> Properties:
    found: dict[str, tuple[object, object]] = {}
    for credential in credentials_of(context.truth, seal_for(context), identifier):
        found[credential.key] = (credential.value, Credential(credential.key, credential.value).shown())
    return found


def _schema(context: Context, identifier: str) -> Properties:
    document = context.truth.get(Kind.SCHEMA, identifier) or {}
    found: dict[str, tuple[object, object]] = {}
    for mapping in _within(document, "synchronizationRules", *_RULES[:1]):
        source = str(mapping.get("sourceObjectName"))
        found[f"{source}.scope"] = (mapping.get("scope"), mapping.get("scope"))
        found[f"{source}.flowTypes"] = (mapping.get("flowTypes"), mapping.get("flowTypes"))
        for attribute in _within(mapping, _RULES[1]):
            found[f"{source}.{attribute.get('targetAttributeName')}"] = (attribute, attribute.get("source"))
    return found


def _within(document: object, *names: str) -> Iterator[Mapping[str, object]]:
    """The objects of the list that a path of member names leads to, through every object on the way."""
    if not isinstance(document, dict):
        return
    if not names:
        yield document
        return
    inner = document.get(names[0])
    for each in inner if isinstance(inner, list) else ():
        yield from _within(each, *names[1:])


_READERS: Mapping[Kind, Callable[[Context, str], Properties]] = {
    Kind.AGENT_GROUP: _group,
    Kind.AGENT: _agent,
    Kind.PUBLISHED_RESOURCE: _resource,
    Kind.JOB: _job,
    Kind.SECRETS: _secrets,
    Kind.SCHEMA: _schema,
}
