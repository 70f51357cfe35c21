"""Published resources: created, renamed, deleted, and assigned to agent groups.

Page: https://learn.microsoft.com/graph/api/resources/publishedresource
"""

from __future__ import annotations

from http import HTTPStatus

from reconciler.emulator.bodies import checked, text
from reconciler.emulator.context import NO_CONTENT, Answer, Call, Context, Operation
from reconciler.emulator.directory import readable, writable
from reconciler.emulator.errors import bad_request
from reconciler.emulator.resources.edges import (
    assign_resource_to_group,
    references,
    require_profile,
    unassign_resource_from_group,
)
from reconciler.emulator.store import Document, Kind
from reconciler.emulator.topology import PROFILE_ID, TOPOLOGY, groups_of_resource, published_resources


async def list_resources(context: Context, call: Call) -> Answer:
    """GET of all published resources."""
    require_profile(call)
    return TOPOLOGY.collection("publishedResource", context, call, published_resources(context))


async def count_resources(context: Context, call: Call) -> Answer:
    """GET of the number of published resources."""
    require_profile(call)
    return TOPOLOGY.count("publishedResource", call, published_resources(context))


async def get_resource(context: Context, call: Call) -> Answer:
    """GET of one published resource."""
    return TOPOLOGY.one("publishedResource", context, call, _resource(context, call))


async def create_resource(context: Context, call: Call) -> Answer:
    """POST of a published resource. Names need not be unique, so a repeated POST makes a second one."""
    require_profile(call)
    members = {"displayName": text, "resourceName": text, "publishingType": lambda value: value == PROFILE_ID}
    body = checked(call.json_object(), members, required=("displayName", "resourceName"))
    resource: Document = {
        "id": context.ids.uuid(),
        "publishingType": PROFILE_ID,
        "displayName": body["displayName"],
        "resourceName": body["resourceName"],
    }
    with context.transaction() as writing:
        writing.put(Kind.PUBLISHED_RESOURCE, str(resource["id"]), resource)
    return TOPOLOGY.one("publishedResource", context, call, resource, HTTPStatus.CREATED)


async def update_resource(context: Context, call: Call) -> Answer:
    """PATCH of a published resource: the page knows only its display name, and the resource name identifies it."""
    require_profile(call)
    resource = writable(context, Kind.PUBLISHED_RESOURCE, call.keys["resource"])
    body = checked(call.json_object(), {"displayName": text, "resourceName": text})
    if body.get("resourceName", resource["resourceName"]) != resource["resourceName"]:
        raise bad_request("The property 'resourceName' cannot be changed.", target="resourceName")
    with context.transaction() as writing:
        writing.put(Kind.PUBLISHED_RESOURCE, str(resource["id"]), resource | body)
    return NO_CONTENT


async def delete_resource(context: Context, call: Call) -> Answer:
    """DELETE of a published resource, and of its assignments with it."""
    require_profile(call)
    identifier = str(writable(context, Kind.PUBLISHED_RESOURCE, call.keys["resource"])["id"])
    with context.transaction() as writing:
        writing.delete_all(Kind.RESOURCE_ASSIGNMENT, owner=identifier)
        writing.delete(Kind.PUBLISHED_RESOURCE, identifier)
    return NO_CONTENT


async def list_groups(context: Context, call: Call) -> Answer:
    """GET of the groups that a published resource is assigned to."""
    return TOPOLOGY.collection("agentGroup", context, call, _groups(context, call))


async def count_groups(context: Context, call: Call) -> Answer:
    """GET of the number of groups that a published resource is assigned to."""
    return TOPOLOGY.count("agentGroup", call, _groups(context, call))


async def list_references(context: Context, call: Call) -> Answer:
    """GET of the addresses of the groups that a published resource is assigned to."""
    return references(context, _groups(context, call))


def _resource(context: Context, call: Call) -> Document:
    require_profile(call)
    return readable(context, Kind.PUBLISHED_RESOURCE, call.keys["resource"])


def _groups(context: Context, call: Call) -> list[Document]:
    return groups_of_resource(context, str(_resource(context, call)["id"]))


_ALL = "/onPremisesPublishingProfiles/{profile}/publishedResources"
_ONE = f"{_ALL}/{{resource}}"
_GROUPS = f"{_ONE}/agentGroups"
_PAGES = "https://learn.microsoft.com/graph/api/publishedresource-"
_GET = f"{_PAGES}get"
_VERSIONS = ("beta",)

OPERATIONS = (
    Operation("GET", _ALL, list_resources, "list published resources", f"{_PAGES}list", _VERSIONS),
    Operation("GET", f"{_ALL}/$count", count_resources, "count published resources", f"{_PAGES}list", _VERSIONS),
    Operation("POST", _ALL, create_resource, "create a published resource", f"{_PAGES}post", _VERSIONS),
    Operation("GET", _ONE, get_resource, "get a published resource", _GET, _VERSIONS),
    Operation("PATCH", _ONE, update_resource, "rename a published resource", f"{_PAGES}update", _VERSIONS),
    Operation("DELETE", _ONE, delete_resource, "delete a published resource", f"{_PAGES}delete", _VERSIONS),
    Operation("GET", _GROUPS, list_groups, "list a resource's groups", _GET, _VERSIONS),
    Operation("GET", f"{_GROUPS}/$count", count_groups, "count a resource's groups", _GET, _VERSIONS),
    Operation("GET", f"{_GROUPS}/$ref", list_references, "list references to its groups", _GET, _VERSIONS),
    Operation(
        "POST",
        f"{_GROUPS}/$ref",
        assign_resource_to_group,
        "assign a resource to a group",
        f"{_PAGES}post-agentgroups",
        _VERSIONS,
    ),
    Operation(
        "DELETE",
        f"{_GROUPS}/{{group}}/$ref",
        unassign_resource_from_group,
        "unassign a resource from a group",
        f"{_PAGES}delete-agentgroups",
        _VERSIONS,
    ),
)
