"""Groups of users, by which applications are assigned; their members are users and groups.

Page: https://learn.microsoft.com/graph/api/resources/group
"""

from __future__ import annotations

from http import HTTPStatus

from reconciler.emulator.addresses import last_reference
from reconciler.emulator.bodies import checked, text
from reconciler.emulator.context import NO_CONTENT, Answer, Call, Context, Operation, utc
from reconciler.emulator.directory import readable, writable
from reconciler.emulator.errors import bad_request, not_found
from reconciler.emulator.resources.directory_objects import DirectoryResource
from reconciler.emulator.resources.directory_types import DIRECTORY, GROUP_MEMBERS, members_of
from reconciler.emulator.resources.users import remove_member
from reconciler.emulator.store import Document, Kind
from reconciler.emulator.topology import edge_id

_PAGE = "https://learn.microsoft.com/graph/api/group"
_REQUIRED = ("displayName", "mailEnabled", "mailNickname", "securityEnabled")


def new_group(context: Context, members: Document, identifier: str) -> Document:
    """A group with these members of its document."""
    return {
        "id": identifier,
        "createdDateTime": utc(context.now),
        "description": None,
        "groupTypes": [],
        "mail": None,
        "mailEnabled": False,
        "securityEnabled": True,
        **members,
    }


async def create_group(context: Context, call: Call) -> Answer:
    """POST of a group."""
    body = checked(call.json_object(), GROUP_MEMBERS, required=_REQUIRED)
    group = new_group(context, body, context.ids.uuid())
    with context.transaction() as writing:
        writing.put(Kind.GROUP, str(group["id"]), group)
    return DIRECTORY.one("group", context, call, group, HTTPStatus.CREATED)


async def list_members(context: Context, call: Call) -> Answer:
    """GET of a group's direct members."""
    return DIRECTORY.collection("directoryObject", context, call, _members(context, call))


async def count_members(context: Context, call: Call) -> Answer:
    """GET of the number of a group's direct members."""
    return DIRECTORY.count("directoryObject", call, _members(context, call))


async def add_member(context: Context, call: Call) -> Answer:
    """POST of a reference to a user or a group."""
    group = writable(context, Kind.GROUP, call.keys["group"])
    body = call.json()
    url = checked(dict(body), {"@odata.id": text}, ("@odata.id",))["@odata.id"] if isinstance(body, dict) else ""
    member = _referenced(context, str(url))
    identifier = edge_id(str(group["id"]), member)
    if context.truth.row(Kind.GROUP_MEMBER, identifier):
        raise bad_request(
            "One or more added object references already exist for the following modified properties: 'members'."
        )
    with context.transaction() as writing:
        writing.put(Kind.GROUP_MEMBER, identifier, {}, owner=str(group["id"]), alias=member)
    return NO_CONTENT


async def remove_member_reference(context: Context, call: Call) -> Answer:
    """DELETE of a reference to a member."""
    group = writable(context, Kind.GROUP, call.keys["group"])
    member = call.key("member")
    with context.transaction() as writing:
        if not writing.delete(Kind.GROUP_MEMBER, edge_id(str(group["id"]), member)):
            raise not_found(member)
    return NO_CONTENT


def _members(context: Context, call: Call) -> list[Document]:
    return members_of(context, str(readable(context, Kind.GROUP, call.keys["group"])["id"]))


def _referenced(context: Context, url: str) -> str:
    try:
        segments = last_reference(url)
    except ValueError:
        segments = ()
    identifier = segments[-1] if segments else ""
    for kind in (Kind.USER, Kind.GROUP):
        document = context.view.get(kind, identifier)
        if document:
            return str(document["id"])
    raise not_found(identifier)


GROUPS = DirectoryResource(
    kind=Kind.GROUP,
    type_name="group",
    path="/groups",
    noun="group",
    page=_PAGE,
    members=GROUP_MEMBERS,
    remove=remove_member,
)
_ONE = "/groups/{group}/members"

OPERATIONS = (
    *GROUPS.operations(),
    Operation("POST", "/groups", create_group, "create a group", f"{_PAGE}-post-groups"),
    Operation("GET", _ONE, list_members, "list a group's members", f"{_PAGE}-list-members"),
    Operation("GET", f"{_ONE}/$count", count_members, "count a group's members", f"{_PAGE}-list-members"),
    Operation("POST", f"{_ONE}/$ref", add_member, "add a member to a group", f"{_PAGE}-post-members"),
    Operation(
        "DELETE",
        f"{_ONE}/{{member}}/$ref",
        remove_member_reference,
        "remove a member from a group",
        f"{_PAGE}-delete-members",
    ),
)
