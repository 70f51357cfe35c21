"""Directory objects as Graph shows them: which members each type has, and which of them a caller can set.

Pages: https://learn.microsoft.com/graph/api/resources/application, …/serviceprincipal, …/user, …/group
"""

from __future__ import annotations

from reconciler.emulator.bodies import Check, anything, boolean, optional_text, text, texts
from reconciler.emulator.context import Context
from reconciler.emulator.listing import EntityType, Navigation, Types
from reconciler.emulator.store import Document, Kind

APPLICATION_MEMBERS: dict[str, Check] = {
    "displayName": text,
    "description": optional_text,
    "notes": optional_text,
    "signInAudience": optional_text,
    "identifierUris": texts,
    "tags": texts,
    "groupMembershipClaims": optional_text,
    "isFallbackPublicClient": anything,
    "serviceManagementReference": optional_text,
    "api": anything,
    "appRoles": anything,
    "info": anything,
    "keyCredentials": anything,
    "optionalClaims": anything,
    "passwordCredentials": anything,
    "publicClient": anything,
    "requiredResourceAccess": anything,
    "spa": anything,
    "web": anything,
}

PRINCIPAL_MEMBERS: dict[str, Check] = {
    "displayName": text,
    "accountEnabled": boolean,
    "appRoleAssignmentRequired": boolean,
    "description": optional_text,
    "notes": optional_text,
    "homepage": optional_text,
    "loginUrl": optional_text,
    "logoutUrl": optional_text,
    "notificationEmailAddresses": texts,
    "preferredSingleSignOnMode": optional_text,
    "replyUrls": texts,
    "servicePrincipalNames": texts,
    "tags": texts,
    "appRoles": anything,
    "keyCredentials": anything,
    "passwordCredentials": anything,
}

USER_MEMBERS: dict[str, Check] = {
    "displayName": text,
    "userPrincipalName": text,
    "accountEnabled": boolean,
    "mailNickname": optional_text,
    "mail": optional_text,
    "givenName": optional_text,
    "surname": optional_text,
    "department": optional_text,
    "jobTitle": optional_text,
    "employeeId": optional_text,
    "employeeType": optional_text,
    "companyName": optional_text,
    "city": optional_text,
    "country": optional_text,
    "officeLocation": optional_text,
    "postalCode": optional_text,
    "state": optional_text,
    "streetAddress": optional_text,
    "mobilePhone": optional_text,
    "preferredLanguage": optional_text,
    "usageLocation": optional_text,
    "userType": optional_text,
    "onPremisesExtensionAttributes": anything,
    "passwordProfile": anything,
}

GROUP_MEMBERS: dict[str, Check] = {
    "displayName": text,
    "description": optional_text,
    "mailEnabled": boolean,
    "mailNickname": text,
    "securityEnabled": boolean,
    "groupTypes": texts,
    "visibility": optional_text,
}


def members_of(context: Context, group: str) -> list[Document]:
    """The members of a group: users and groups, each with its `@odata.type`."""
    view = context.view
    found: list[Document] = []
    for edge in view.rows(Kind.GROUP_MEMBER, owner=group):
        for kind, name in ((Kind.USER, "user"), (Kind.GROUP, "group")):
            document = view.get(kind, edge.alias)
            if document:
                found.append({"@odata.type": f"#microsoft.graph.{name}", **document})
    return found


def assigned_to(context: Context, principal: str) -> list[Document]:
    """The app role assignments that a service principal was given."""
    return context.view.documents(Kind.APP_ROLE_ASSIGNMENT, owner=principal)


DIRECTORY = Types(
    {
        "application": EntityType(
            "applications",
            ("id", "appId", "createdDateTime", "applicationTemplateId", "publisherDomain", *APPLICATION_MEMBERS),
            directory=True,
        ),
        "servicePrincipal": EntityType(
            "servicePrincipals",
            (
                "id",
                "appId",
                "appDisplayName",
                "appOwnerOrganizationId",
                "applicationTemplateId",
                "createdDateTime",
                "samlMetadataUrl",
                "servicePrincipalType",
                "signInAudience",
                *PRINCIPAL_MEMBERS,
            ),
            {"appRoleAssignedTo": Navigation("appRoleAssignment", assigned_to)},
            directory=True,
        ),
        "user": EntityType(
            "users",
            ("id", "createdDateTime", "identities", *(name for name in USER_MEMBERS if name != "passwordProfile")),
            directory=True,
        ),
        "group": EntityType(
            "groups",
            ("id", "createdDateTime", "mail", *GROUP_MEMBERS),
            {"members": Navigation("directoryObject", members_of)},
            directory=True,
        ),
        "directoryObject": EntityType(
            "directoryObjects", ("id", *dict.fromkeys((*USER_MEMBERS, *GROUP_MEMBERS))), directory=True
        ),
        "appRoleAssignment": EntityType(
            "appRoleAssignments",
            (
                "id",
                "appRoleId",
                "createdDateTime",
                "principalDisplayName",
                "principalId",
                "principalType",
                "resourceDisplayName",
                "resourceId",
            ),
        ),
        "applicationTemplate": EntityType(
            "applicationTemplates",
            (
                "id",
                "displayName",
                "description",
                "categories",
                "homePageUrl",
                "logoUrl",
                "publisher",
                "supportedProvisioningTypes",
                "supportedSingleSignOnModes",
            ),
        ),
    }
)
