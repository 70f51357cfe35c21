"""Which permissions and which roles each call needs, as a table by method and address.

Pages: learn.microsoft.com/graph/permissions-reference and the page of each call. Where pages of different years
disagree, the permissions reference counts. A call that no page names needs what the write beside it needs.
"""

from __future__ import annotations

import re
from functools import cache

from msgspec import Struct

from reconciler.emulator.context import Operation


class Needs(Struct, frozen=True):
    """What a call needs: one permission of `delegated` for a user, one of `application` for an application itself.

    None of either: whoever has a token may call. `role` tells that a user must hold an administrator's role besides.
    """

    delegated: frozenset[str] = frozenset()
    application: frozenset[str] = frozenset()
    role: bool = False

    @property
    def is_open(self) -> bool:
        """Whether any token will do."""
        return not self.delegated and not self.application


ADMINISTRATORS = frozenset(
    {
        "62e90394-69f5-4237-9190-012177145e10",
        "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",
        "158c047a-c907-4556-b7ef-446551a6b5f7",
        "8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2",
    }
)
"""Template ids of the roles that may work on provisioning, as a token's claim `wids` names them: Global, Application,
Cloud Application and Hybrid Identity Administrator."""


def needs_of(operation: Operation) -> Needs:
    """What an operation needs; the first line of the table that fits counts."""
    return _needs(operation.method, operation.template)


@cache
def _needs(method: str, template: str) -> Needs:
    path = template.removesuffix("/$count").lower()
    return next((needs for line, needs in _TABLE if line.fullmatch(f"{method} {path}")), Needs())


def _line(call: str) -> re.Pattern[str]:
    """A line of the table: `{}` is any one segment, `**` any number of them."""
    words = re.escape(call.lower()).replace(r"\{\}", "[^/]+").replace(r"\*\*", "(/.*)?").replace(r"\|", "|")
    method, _, rest = words.partition(r"\ ")
    return re.compile(f"(?:{method.upper()}) {rest}")


def _set(*names: str) -> frozenset[str]:
    return frozenset(names)


_DIRECTORY = "Directory.ReadWrite.All"
_HYBRID = "Policy.ReadWrite.HybridAuthentication"
_SYNCHRONIZATION = "Synchronization.ReadWrite.All"
_OWNED = "Application.ReadWrite.OwnedBy"
_APPLICATIONS = "Application.ReadWrite.All"
_ATTRIBUTES = "CustomSecAttributeProvisioning.ReadWrite.All"

_RESOURCES = Needs(_set("OnPremisesPublishingProfiles.ReadWrite.All"))
_RESOURCES_WRITE = Needs(_RESOURCES.delegated, role=True)
_TOPOLOGY = Needs(_set(_DIRECTORY, "Policy.Read.HybridAuthentication", _HYBRID))
_TOPOLOGY_WRITE = Needs(_set(_DIRECTORY, _HYBRID), role=True)
_PROFILE_WRITE = Needs(_set(_DIRECTORY), role=True)

_JOBS = Needs(
    _set("Synchronization.Read.All", _SYNCHRONIZATION),
    _set(_OWNED, "Synchronization.Read.All", _SYNCHRONIZATION),
    role=True,
)
_JOBS_WRITE = Needs(_set(_SYNCHRONIZATION), _set(_OWNED, _SYNCHRONIZATION), role=True)
_JOB_CHANGE = Needs(_set(_SYNCHRONIZATION), _set(_SYNCHRONIZATION), role=True)
_SCHEMA = Needs(
    _JOBS.delegated | {_ATTRIBUTES, "CustomSecAttributeProvisioning.Read.All"},
    _JOBS.application | {_ATTRIBUTES, "CustomSecAttributeProvisioning.Read.All"},
    role=True,
)
_SCHEMA_WRITE = Needs(_JOBS_WRITE.delegated | {_ATTRIBUTES}, _JOBS_WRITE.application | {_ATTRIBUTES}, role=True)
_DISCOVER = Needs(_set(_DIRECTORY), _set(_OWNED, _DIRECTORY), role=True)
_UPLOAD = Needs(
    _set("SynchronizationData-User.Upload"),
    _set("SynchronizationData-User.Upload", "SynchronizationData-User.Upload.OwnedBy"),
    role=True,
)

_READ = _set("Application.Read.All", _APPLICATIONS, "Directory.Read.All", _DIRECTORY)
_PRINCIPALS = Needs(_READ, _READ | {_OWNED})
_ASSIGN = _set("Application.Read.All", _APPLICATIONS, "AppRoleAssignment.ReadWrite.All", "Directory.Read.All")
_ASSIGN_WRITE = Needs(_ASSIGN, _ASSIGN, role=True)
_APPLICATION_WRITE = Needs(_set(_APPLICATIONS), _set(_APPLICATIONS, _OWNED), role=True)
_APPLICATION_NEW = Needs(
    _set(_APPLICATIONS, "AppRegistration.Create"), _set(_APPLICATIONS, _OWNED, "AppRegistration.Create")
)
_PRINCIPAL_WRITE = Needs(_set(_APPLICATIONS, _DIRECTORY), _set(_APPLICATIONS, _OWNED, _DIRECTORY), role=True)

_DIRECTORY_READ = _set("Directory.Read.All", _DIRECTORY)
_USERS = _DIRECTORY_READ | {"User.ReadBasic.All", "User.Read.All", "User.ReadWrite.All"}
_USERS_WRITE = _set("User.ReadWrite.All", _DIRECTORY)
_GROUPS = _DIRECTORY_READ | {"GroupMember.Read.All", "Group.Read.All", "Group.ReadWrite.All"}
_GROUPS_WRITE = _set("Group.ReadWrite.All", "GroupMember.ReadWrite.All", _DIRECTORY)
_AUDIT = _set("AuditLog.Read.All")

_SP = "/servicePrincipals/{}"
_JOB = f"{_SP}/synchronization/jobs/{{}}"
_WRITES = "POST|PUT|PATCH|DELETE"
_PROFILES = "/onPremisesPublishingProfiles"

_TABLE: tuple[tuple[re.Pattern[str], Needs], ...] = tuple(
    (_line(call), needs)
    for call, needs in (
        (f"GET {_PROFILES}/{{}}/publishedResources**", _RESOURCES),
        (f"{_WRITES} {_PROFILES}/{{}}/publishedResources**", _RESOURCES_WRITE),
        (f"GET {_PROFILES}**", _TOPOLOGY),
        (f"POST {_PROFILES}/{{}}/agentGroups", _PROFILE_WRITE),
        (f"PATCH {_PROFILES}/{{}}", _PROFILE_WRITE),
        (f"PATCH {_PROFILES}/{{}}/hybridAgentUpdaterConfiguration", _PROFILE_WRITE),
        (f"{_WRITES} {_PROFILES}**", _TOPOLOGY_WRITE),
        (f"PATCH {_JOB}", _JOB_CHANGE),
        (f"POST {_JOB}/bulkUpload", _UPLOAD),
        (f"POST {_JOB}/schema/directories/{{}}/discover", _DISCOVER),
        (f"POST {_JOB}/schema/parseExpression", _JOBS_WRITE),
        (f"GET {_JOB}/schema/functions", _JOBS_WRITE),
        (f"GET {_JOB}/schema/filterOperators", _JOBS_WRITE),
        (f"GET {_JOB}/schema**", _SCHEMA),
        (f"{_WRITES} {_JOB}/schema**", _SCHEMA_WRITE),
        (f"GET {_SP}/synchronization/templates/{{}}/schema/functions", _JOBS_WRITE),
        (f"GET {_SP}/synchronization/templates/{{}}/schema/filterOperators", _JOBS_WRITE),
        (f"GET {_SP}/synchronization/secrets", _JOBS_WRITE),
        (f"GET {_SP}/synchronization**", _JOBS),
        (f"{_WRITES} {_SP}/synchronization**", _JOBS_WRITE),
        ("GET /applications/{}/synchronization/templates/{}/schema/functions", _JOBS_WRITE),
        ("GET /applications/{}/synchronization/templates/{}/schema/filterOperators", _JOBS_WRITE),
        ("GET /applications/{}/synchronization**", _JOBS),
        (f"{_WRITES} /applications/{{}}/synchronization**", _JOBS_WRITE),
        (f"GET {_SP}/appRoleAssignedTo**", Needs(_READ, _READ | {_OWNED})),
        (f"{_WRITES} {_SP}/appRoleAssignedTo**", _ASSIGN_WRITE),
        ("GET /servicePrincipals**", _PRINCIPALS),
        (f"{_WRITES} /servicePrincipals**", _PRINCIPAL_WRITE),
        ("GET /applications**", _PRINCIPALS),
        ("POST /applications", _APPLICATION_NEW),
        (f"{_WRITES} /applications**", _APPLICATION_WRITE),
        ("POST /applicationTemplates/{}/instantiate", _PRINCIPAL_WRITE),
        ("GET /users**", Needs(_USERS, _USERS)),
        (f"{_WRITES} /users**", Needs(_USERS_WRITE, _USERS_WRITE, role=True)),
        ("GET /groups**", Needs(_GROUPS, _GROUPS)),
        (f"{_WRITES} /groups**", Needs(_GROUPS_WRITE, _GROUPS_WRITE, role=True)),
        ("GET /auditLogs**", Needs(_AUDIT, _AUDIT)),
    )
)
