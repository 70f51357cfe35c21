"""Users, whom jobs read.

Page: https://learn.microsoft.com/graph/api/resources/user
"""

from __future__ import annotations

from http import HTTPStatus

from reconciler.emulator.bodies import checked
from reconciler.emulator.context import Answer, Call, Context, Operation, utc
from reconciler.emulator.errors import bad_request
from reconciler.emulator.resources.directory_objects import DirectoryResource
from reconciler.emulator.resources.directory_types import DIRECTORY, USER_MEMBERS
from reconciler.emulator.store import Document, Kind, Transaction

_PAGE = "https://learn.microsoft.com/graph/api/user"
_REQUIRED = ("displayName", "userPrincipalName", "accountEnabled", "mailNickname", "passwordProfile")


def new_user(context: Context, members: Document, identifier: str) -> Document:
    """A user with these members, of which a password is never kept."""
    kept = {name: value for name, value in members.items() if name != "passwordProfile"}
    return {"id": identifier, "createdDateTime": utc(context.now), "userType": "Member", **kept}


async def create_user(context: Context, call: Call) -> Answer:
    """POST of a user; 400 where another has its principal name."""
    body = checked(call.json_object(), USER_MEMBERS, required=_REQUIRED)
    name = str(body["userPrincipalName"])
    if context.truth.rows(Kind.USER, alias=name):
        raise bad_request("Another object with the same value for property userPrincipalName already exists.")
    user = new_user(context, body, context.ids.uuid())
    with context.transaction() as writing:
        writing.put(Kind.USER, str(user["id"]), user, alias=name)
    return DIRECTORY.one("user", context, call, user, HTTPStatus.CREATED)


def _change(user: Document, changes: Document) -> Document:
    return user | {name: value for name, value in changes.items() if name != "passwordProfile"}


def remove_member(_context: Context, writing: Transaction, document: Document, kind: Kind) -> None:
    """Delete a user or a group, and with it its memberships, its members and what it is assigned to."""
    identifier = str(document["id"])
    writing.delete_all(Kind.GROUP_MEMBER, alias=identifier)
    writing.delete_all(Kind.GROUP_MEMBER, owner=identifier)
    writing.delete_all(Kind.APP_ROLE_ASSIGNMENT, alias=identifier)
    writing.delete(kind, identifier)


def _principal_name(user: Document) -> str:
    return str(user["userPrincipalName"])


USERS = DirectoryResource(
    kind=Kind.USER,
    type_name="user",
    path="/users",
    noun="user",
    page=_PAGE,
    members=USER_MEMBERS,
    alias=_principal_name,
    remove=remove_member,
    change=_change,
)

OPERATIONS = (
    *USERS.operations(),
    Operation("POST", "/users", create_user, "create a user", f"{_PAGE}-post-users"),
)
