"""Applications and their service principals, which are created apart or together and go together.

Pages: https://learn.microsoft.com/graph/api/resources/application and …/serviceprincipal
"""

from __future__ import annotations

from http import HTTPStatus

from reconciler.emulator.bodies import checked, text
from reconciler.emulator.context import Answer, Call, Context, Operation, utc
from reconciler.emulator.directory import OWNED_BY_PRINCIPAL
from reconciler.emulator.errors import GraphError, bad_request
from reconciler.emulator.resources.directory_objects import DirectoryResource
from reconciler.emulator.resources.directory_types import APPLICATION_MEMBERS, DIRECTORY, PRINCIPAL_MEMBERS
from reconciler.emulator.store import Document, Kind, Transaction

PROVISIONING_TAG = "WindowsAzureActiveDirectoryIntegratedApp"
"""The tag by which the portal lists a principal among the enterprise applications."""


def new_application(
    context: Context, members: Document, template: str | None, app_id: str, identifier: str
) -> Document:
    """An application with these members; `template` is the id of the application template that it was made from."""
    return {
        "id": identifier,
        "appId": app_id,
        "applicationTemplateId": template,
        "createdDateTime": utc(context.now),
        "description": None,
        "identifierUris": [],
        "notes": None,
        "publisherDomain": context.tenant.domain,
        "signInAudience": "AzureADMyOrg",
        "tags": [],
        **members,
    }


def new_principal(context: Context, application: Document, members: Document, identifier: str) -> Document:
    """The service principal of an application, with these members of its own."""
    return {
        "id": identifier,
        "accountEnabled": True,
        "appDisplayName": application["displayName"],
        "appId": application["appId"],
        "appOwnerOrganizationId": context.tenant.id,
        "appRoleAssignmentRequired": True,
        "appRoles": [],
        "applicationTemplateId": application["applicationTemplateId"],
        "createdDateTime": utc(context.now),
        "displayName": application["displayName"],
        "notes": None,
        "samlMetadataUrl": None,
        "servicePrincipalNames": [application["appId"]],
        "servicePrincipalType": "Application",
        "signInAudience": application["signInAudience"],
        "tags": [PROVISIONING_TAG],
        **members,
    }


def put_application(writing: Transaction, application: Document) -> None:
    """Keep an application."""
    writing.put(Kind.APPLICATION, str(application["id"]), application, alias=str(application["appId"]))


def put_principal(writing: Transaction, principal: Document) -> None:
    """Keep a service principal."""
    writing.put(Kind.SERVICE_PRINCIPAL, str(principal["id"]), principal, alias=str(principal["appId"]))


async def create_application(context: Context, call: Call) -> Answer:
    """POST of an application, which has no service principal until one is created."""
    body = checked(call.json_object(), APPLICATION_MEMBERS, required=("displayName",))
    application = new_application(context, body, None, context.ids.uuid(), context.ids.uuid())
    with context.transaction() as writing:
        put_application(writing, application)
    return DIRECTORY.one("application", context, call, application, HTTPStatus.CREATED)


async def create_principal(context: Context, call: Call) -> Answer:
    """POST of the service principal of an application; 409 where it exists."""
    body = checked(call.json_object(), {"appId": text, **PRINCIPAL_MEMBERS}, required=("appId",))
    app_id = str(body["appId"])
    application = next(iter(context.view.documents(Kind.APPLICATION, alias=app_id)), None)
    if application is None:
        raise bad_request(f"The appId '{app_id[:64]}' of the service principal does not reference a valid application.")
    if context.truth.rows(Kind.SERVICE_PRINCIPAL, alias=app_id):
        raise GraphError(
            HTTPStatus.CONFLICT,
            "Request_MultipleObjectsWithSameKeyValue",
            "The service principal cannot be created because the service principal name is already in use.",
        )
    principal = new_principal(context, application, body | {"appId": application["appId"]}, context.ids.uuid())
    with context.transaction() as writing:
        put_principal(writing, principal)
    return DIRECTORY.one("servicePrincipal", context, call, principal, HTTPStatus.CREATED)


def _remove_application(context: Context, writing: Transaction, application: Document, kind: Kind) -> None:
    for row in context.truth.rows(Kind.SERVICE_PRINCIPAL, alias=str(application["appId"])):
        _remove_principal(context, writing, row.document, Kind.SERVICE_PRINCIPAL)
    writing.delete(kind, str(application["id"]))


def _remove_principal(_context: Context, writing: Transaction, principal: Document, kind: Kind) -> None:
    for owned in OWNED_BY_PRINCIPAL:
        writing.delete_all(owned, owner=str(principal["id"]))
    writing.delete(kind, str(principal["id"]))


def _app_id(document: Document) -> str:
    return str(document["appId"])


_APPLICATION = "https://learn.microsoft.com/graph/api/application"
_PRINCIPAL = "https://learn.microsoft.com/graph/api/serviceprincipal"

APPLICATIONS = DirectoryResource(
    kind=Kind.APPLICATION,
    type_name="application",
    path="/applications",
    noun="application",
    page=_APPLICATION,
    members=APPLICATION_MEMBERS,
    units=2,
    alias=_app_id,
    remove=_remove_application,
)
PRINCIPALS = DirectoryResource(
    kind=Kind.SERVICE_PRINCIPAL,
    type_name="servicePrincipal",
    path="/servicePrincipals",
    noun="service principal",
    page=_PRINCIPAL,
    members=PRINCIPAL_MEMBERS,
    alias=_app_id,
    remove=_remove_principal,
)

OPERATIONS = (
    *APPLICATIONS.operations(),
    Operation(
        "POST", "/applications", create_application, "create an application", f"{_APPLICATION}-post-applications"
    ),
    *PRINCIPALS.operations(),
    Operation(
        "POST",
        "/servicePrincipals",
        create_principal,
        "create the principal of an application",
        f"{_PRINCIPAL}-post-serviceprincipals",
    ),
)
