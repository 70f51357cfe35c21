"""Who is assigned to an application: the users and groups of a service principal's `appRoleAssignedTo`.

Page: https://learn.microsoft.com/graph/api/serviceprincipal-list-approleassignedto
"""

from __future__ import annotations

from http import HTTPStatus

from reconciler.emulator.bodies import checked, text
from reconciler.emulator.context import NO_CONTENT, Answer, Call, Context, Operation, utc
from reconciler.emulator.directory import principal_of, principal_to_write
from reconciler.emulator.errors import bad_request, not_found
from reconciler.emulator.resources.directory_types import DIRECTORY, assigned_to
from reconciler.emulator.store import Document, Kind, Transaction

DEFAULT_ROLE = "00000000-0000-0000-0000-000000000000"
"""The role of an application that declares none."""


def new_assignment(context: Context, principal: Document, who: Document, kind: Kind, identifier: str) -> Document:
    """The assignment of a user or a group to a service principal."""
    return {
        "id": identifier,
        "appRoleId": DEFAULT_ROLE,
        "createdDateTime": utc(context.now),
        "principalDisplayName": who["displayName"],
        "principalId": who["id"],
        "principalType": "User" if kind is Kind.USER else "Group",
        "resourceDisplayName": principal["displayName"],
        "resourceId": principal["id"],
    }


def put_assignment(writing: Transaction, assignment: Document) -> None:
    """Keep an assignment."""
    owner, alias = str(assignment["resourceId"]), str(assignment["principalId"])
    writing.put(Kind.APP_ROLE_ASSIGNMENT, str(assignment["id"]), assignment, owner=owner, alias=alias)


async def list_assignments(context: Context, call: Call) -> Answer:
    """GET of who is assigned."""
    return DIRECTORY.collection("appRoleAssignment", context, call, _assignments(context, call))


async def count_assignments(context: Context, call: Call) -> Answer:
    """GET of how many are assigned."""
    return DIRECTORY.count("appRoleAssignment", call, _assignments(context, call))


async def get_assignment(context: Context, call: Call) -> Answer:
    """GET of one assignment."""
    wanted = call.key("assignment").lower()
    found = next((each for each in _assignments(context, call) if str(each["id"]).lower() == wanted), None)
    if found is None:
        raise not_found(wanted)
    return DIRECTORY.one("appRoleAssignment", context, call, found)


async def assign(context: Context, call: Call) -> Answer:
    """POST of an assignment; 400 where it exists."""
    principal = principal_to_write(context, call.keys["principal"])
    members = {"principalId": text, "resourceId": text, "appRoleId": text}
    body = checked(call.json_object(), members, required=("principalId", "resourceId", "appRoleId"))
    if str(body["resourceId"]).lower() != str(principal["id"]).lower():
        raise bad_request("The property 'resourceId' must be the service principal of the address.")
    who, kind = _assignable(context, str(body["principalId"]))
    present = context.truth.rows(Kind.APP_ROLE_ASSIGNMENT, owner=str(principal["id"]))
    if any(row.alias.lower() == str(who["id"]).lower() for row in present):
        raise bad_request("Permission being assigned already exists on the object.")
    assignment = new_assignment(context, principal, who, kind, context.ids.uuid()) | {"appRoleId": body["appRoleId"]}
    with context.transaction() as writing:
        put_assignment(writing, assignment)
    return DIRECTORY.one("appRoleAssignment", context, call, assignment, HTTPStatus.CREATED)


async def unassign(context: Context, call: Call) -> Answer:
    """DELETE of an assignment."""
    principal = principal_to_write(context, call.keys["principal"])
    row = context.truth.row(Kind.APP_ROLE_ASSIGNMENT, call.key("assignment"))
    if row is None or row.owner != principal["id"]:
        raise not_found(call.key("assignment"))
    with context.transaction() as writing:
        writing.delete(Kind.APP_ROLE_ASSIGNMENT, row.id)
    return NO_CONTENT


def _assignments(context: Context, call: Call) -> list[Document]:
    return assigned_to(context, str(principal_of(context, call.keys["principal"])["id"]))


def _assignable(context: Context, identifier: str) -> tuple[Document, Kind]:
    for kind in (Kind.USER, Kind.GROUP):
        document = context.view.get(kind, identifier)
        if document:
            return document, kind
    raise not_found(identifier)


_ALL = "/servicePrincipals/{principal}/appRoleAssignedTo"
_PAGES = "https://learn.microsoft.com/graph/api/serviceprincipal-"

OPERATIONS = (
    Operation("GET", _ALL, list_assignments, "list who is assigned", f"{_PAGES}list-approleassignedto", units=2),
    Operation("GET", f"{_ALL}/$count", count_assignments, "count who is assigned", f"{_PAGES}list-approleassignedto"),
    Operation("POST", _ALL, assign, "assign a user or a group", f"{_PAGES}post-approleassignedto"),
    Operation(
        "GET", f"{_ALL}/{{assignment}}", get_assignment, "get an assignment", f"{_PAGES}list-approleassignedto", units=2
    ),
    Operation(
        "DELETE", f"{_ALL}/{{assignment}}", unassign, "remove an assignment", f"{_PAGES}delete-approleassignedto"
    ),
)
