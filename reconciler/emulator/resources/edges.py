"""Put an agent or a published resource into an agent group, and take it out: the `$ref` calls of both sides.

They exist on the side of the agent and of the resource, never on the group's.
Pages: https://learn.microsoft.com/graph/api/onpremisesagent-post-agentgroups and
https://learn.microsoft.com/graph/api/publishedresource-post-agentgroups
"""

from __future__ import annotations

from http import HTTPStatus

from reconciler.emulator.addresses import last_reference
from reconciler.emulator.bodies import checked, text
from reconciler.emulator.context import NO_CONTENT, Answer, Call, Context, Key
from reconciler.emulator.directory import writable
from reconciler.emulator.errors import bad_request, not_found
from reconciler.emulator.store import Document, Kind
from reconciler.emulator.switches import GroupsPerResource
from reconciler.emulator.topology import PROFILE_ID, edge_id


def require_profile(call: Call) -> None:
    """Raise GraphError 404 where the address names another publishing type than `provisioning`."""
    profile = call.key("profile")
    if profile.lower() != PROFILE_ID:
        raise not_found(profile)


async def add_agent_to_group(context: Context, call: Call) -> Answer:
    """POST of a reference to a group, from an agent."""
    require_profile(call)
    agent = writable(context, Kind.AGENT, call.keys["agent"])
    return _add(context, Kind.AGENT_MEMBERSHIP, agent, _group(context, call))


async def remove_agent_from_group(context: Context, call: Call) -> Answer:
    """DELETE of a reference to a group, from an agent."""
    require_profile(call)
    agent = writable(context, Kind.AGENT, call.keys["agent"])
    return _remove(context, Kind.AGENT_MEMBERSHIP, agent, call.key("group"))


async def assign_resource_to_group(context: Context, call: Call) -> Answer:
    """POST of a reference to a group, from a published resource; 400 for a second group where only one is allowed."""
    require_profile(call)
    resource = writable(context, Kind.PUBLISHED_RESOURCE, call.keys["resource"])
    group = _group(context, call)
    others = context.truth.rows(Kind.RESOURCE_ASSIGNMENT, owner=str(resource["id"]))
    if others and context.switches.groups_per_resource is GroupsPerResource.ONE:
        raise bad_request("The published resource is already assigned to an agent group.", target="agentGroups")
    return _add(context, Kind.RESOURCE_ASSIGNMENT, resource, group)


async def unassign_resource_from_group(context: Context, call: Call) -> Answer:
    """DELETE of a reference to a group, from a published resource."""
    require_profile(call)
    resource = writable(context, Kind.PUBLISHED_RESOURCE, call.keys["resource"])
    return _remove(context, Kind.RESOURCE_ASSIGNMENT, resource, call.key("group"))


def references(context: Context, groups: list[Document]) -> Answer:
    """The answer to GET of `$ref`: the addresses of groups."""
    address = f"{context.base}/onPremisesPublishingProfiles/{PROFILE_ID}/agentGroups"
    body: Document = {
        "@odata.context": f"{context.base}/$metadata#Collection($ref)",
        "value": [{"@odata.id": f"{address}/{group['id']}"} for group in groups],
    }
    return Answer(HTTPStatus.OK, body)


def _group(context: Context, call: Call) -> Document:
    body = call.json()
    if not isinstance(body, dict):
        raise bad_request("An object was expected in the request's body.")
    url = str(checked(dict(body), {"@odata.id": text}, required=("@odata.id",))["@odata.id"])
    try:
        segments = last_reference(url)
    except ValueError:
        segments = ()
    named = [segment.lower() for segment in segments[-4:-1]]
    if named != ["onpremisespublishingprofiles", PROFILE_ID, "agentgroups"]:
        raise bad_request(
            "Invalid object identifier in the reference: an agent group was expected.", target="@odata.id"
        )
    return writable(context, Kind.AGENT_GROUP, Key(segments[-1]))


def _add(context: Context, kind: Kind, owner: Document, group: Document) -> Answer:
    identifier = edge_id(str(owner["id"]), str(group["id"]))
    if context.truth.row(kind, identifier):
        raise bad_request(
            "One or more added object references already exist for the following modified properties: 'agentGroups'."
        )
    with context.transaction() as writing:
        writing.put(kind, identifier, {}, owner=str(owner["id"]), alias=str(group["id"]))
    return NO_CONTENT


def _remove(context: Context, kind: Kind, owner: Document, group: str) -> Answer:
    identifier = edge_id(str(owner["id"]), group)
    if context.truth.row(kind, identifier) is None:
        raise not_found(group)
    with context.transaction() as writing:
        writing.delete(kind, identifier)
    return NO_CONTENT
