"""Agent groups: created, renamed, listed with their members, and deleted when nothing is in them.

Page: https://learn.microsoft.com/graph/api/resources/onpremisesagentgroup
"""

from __future__ import annotations

from http import HTTPStatus

from reconciler.emulator.bodies import boolean, checked, text
from reconciler.emulator.context import NO_CONTENT, Answer, Call, Context, Operation
from reconciler.emulator.directory import readable, writable
from reconciler.emulator.errors import bad_request, not_found
from reconciler.emulator.resources.edges import require_profile
from reconciler.emulator.store import Document, Kind
from reconciler.emulator.topology import PROFILE_ID, TOPOLOGY, agent_groups, agents_of_group, resources_of_group


async def list_groups(context: Context, call: Call) -> Answer:
    """GET of all groups."""
    require_profile(call)
    return TOPOLOGY.collection("agentGroup", context, call, agent_groups(context))


async def count_groups(context: Context, call: Call) -> Answer:
    """GET of the number of groups."""
    require_profile(call)
    return TOPOLOGY.count("agentGroup", call, agent_groups(context))


async def get_group(context: Context, call: Call) -> Answer:
    """GET of one group."""
    return TOPOLOGY.one("agentGroup", context, call, _group(context, call))


async def create_group(context: Context, call: Call) -> Answer:
    """POST of a group. Display names need not be unique, so a repeated POST makes a second one."""
    require_profile(call)
    members = {"displayName": text, "publishingType": _is_provisioning, "isDefault": boolean}
    body = checked(call.json_object(), members, required=("displayName",))
    if body.get("isDefault"):
        raise bad_request("The property 'isDefault' is set by the system.", target="isDefault")
    group: Document = {
        "id": context.ids.uuid(),
        "displayName": body["displayName"],
        "publishingType": PROFILE_ID,
        "isDefault": False,
    }
    with context.transaction() as writing:
        writing.put(Kind.AGENT_GROUP, str(group["id"]), group)
    return TOPOLOGY.one("agentGroup", context, call, group, HTTPStatus.CREATED)


async def rename_group(context: Context, call: Call) -> Answer:
    """PATCH of a group's display name."""
    require_profile(call)
    group = writable(context, Kind.AGENT_GROUP, call.keys["group"])
    body = checked(call.json_object(), {"displayName": text})
    with context.transaction() as writing:
        writing.put(Kind.AGENT_GROUP, str(group["id"]), group | body)
    return NO_CONTENT


async def delete_group(context: Context, call: Call) -> Answer:
    """DELETE of a group; 400 for the default group, and for one that still holds agents or resources (inferred)."""
    require_profile(call)
    group = writable(context, Kind.AGENT_GROUP, call.keys["group"])
    identifier = str(group["id"])
    if group["isDefault"]:
        raise bad_request("The default agent group cannot be deleted.")
    for kind, name in ((Kind.AGENT_MEMBERSHIP, "agents"), (Kind.RESOURCE_ASSIGNMENT, "published resources")):
        if context.truth.rows(kind, alias=identifier):
            raise bad_request(f"The agent group still has {name} and cannot be deleted.")
    with context.transaction() as writing:
        writing.delete(Kind.AGENT_GROUP, identifier)
    return NO_CONTENT


async def list_agents(context: Context, call: Call) -> Answer:
    """GET of a group's agents."""
    return TOPOLOGY.collection("agent", context, call, _agents(context, call))


async def count_agents(context: Context, call: Call) -> Answer:
    """GET of the number of a group's agents."""
    return TOPOLOGY.count("agent", call, _agents(context, call))


async def get_agent(context: Context, call: Call) -> Answer:
    """GET of one of a group's agents."""
    return TOPOLOGY.one("agent", context, call, _among(_agents(context, call), call.key("agent")))


async def list_resources(context: Context, call: Call) -> Answer:
    """GET of the published resources that are assigned to a group."""
    return TOPOLOGY.collection("publishedResource", context, call, _resources(context, call))


async def count_resources(context: Context, call: Call) -> Answer:
    """GET of the number of published resources that are assigned to a group."""
    return TOPOLOGY.count("publishedResource", call, _resources(context, call))


async def get_resource(context: Context, call: Call) -> Answer:
    """GET of one of the published resources that are assigned to a group."""
    found = _among(_resources(context, call), call.key("resource"))
    return TOPOLOGY.one("publishedResource", context, call, found)


def _group(context: Context, call: Call) -> Document:
    require_profile(call)
    return readable(context, Kind.AGENT_GROUP, call.keys["group"])


def _agents(context: Context, call: Call) -> list[Document]:
    return agents_of_group(context, str(_group(context, call)["id"]))


def _resources(context: Context, call: Call) -> list[Document]:
    return resources_of_group(context, str(_group(context, call)["id"]))


def _among(entities: list[Document], identifier: str) -> Document:
    found = next((entity for entity in entities if str(entity["id"]).lower() == identifier.lower()), None)
    if found is None:
        raise not_found(identifier)
    return found


def _is_provisioning(value: object) -> bool:
    return value == PROFILE_ID


_ALL = "/onPremisesPublishingProfiles/{profile}/agentGroups"
_ONE = f"{_ALL}/{{group}}"
_PAGES = "https://learn.microsoft.com/graph/api/onpremisesagentgroup-"
_GET = f"{_PAGES}get"
_VERSIONS = ("beta",)

OPERATIONS = (
    Operation("GET", _ALL, list_groups, "list agent groups", f"{_PAGES}list", _VERSIONS),
    Operation("GET", f"{_ALL}/$count", count_groups, "count agent groups", f"{_PAGES}list", _VERSIONS),
    Operation("POST", _ALL, create_group, "create an agent group", f"{_PAGES}post", _VERSIONS),
    Operation("GET", _ONE, get_group, "get an agent group", _GET, _VERSIONS),
    Operation("PATCH", _ONE, rename_group, "rename an agent group", f"{_PAGES}update", _VERSIONS),
    Operation("DELETE", _ONE, delete_group, "delete an empty agent group", f"{_PAGES}delete", _VERSIONS),
    Operation("GET", f"{_ONE}/agents", list_agents, "list a group's agents", _GET, _VERSIONS),
    Operation("GET", f"{_ONE}/agents/$count", count_agents, "count a group's agents", _GET, _VERSIONS),
    Operation("GET", f"{_ONE}/agents/{{agent}}", get_agent, "get one of a group's agents", _GET, _VERSIONS),
    Operation("GET", f"{_ONE}/publishedResources", list_resources, "list a group's resources", _GET, _VERSIONS),
    Operation(
        "GET", f"{_ONE}/publishedResources/$count", count_resources, "count a group's resources", _GET, _VERSIONS
    ),
    Operation(
        "GET",
        f"{_ONE}/publishedResources/{{resource}}",
        get_resource,
        "get one of a group's resources",
        _GET,
        _VERSIONS,
    ),
)
