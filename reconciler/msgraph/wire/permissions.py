"""Which permission each of our calls needs, in words for people: what a refusal lacks, and what a token allows.

Pages: learn.microsoft.com/graph/permissions-reference and the page of each call. Calls on agents, groups and published
resources are documented for signed-in users only.
"""

from __future__ import annotations

import re

from reconciler.model.abilities import Capability
from reconciler.model.fields import Surface

_DIRECTORY = "Directory.ReadWrite.All"
_HYBRID = "Policy.ReadWrite.HybridAuthentication"
_RESOURCES = "OnPremisesPublishingProfiles.ReadWrite.All"
_SYNC_READ = "Synchronization.Read.All"
_SYNC = "Synchronization.ReadWrite.All"
_OWNED = "Application.ReadWrite.OwnedBy"
_PRINCIPALS = ("Application.Read.All", "Directory.Read.All", "Application.ReadWrite.All")

READ_TOPOLOGY = Capability(
    "read agents, groups and published resources",
    Surface.TOPOLOGY,
    delegated=("Policy.Read.HybridAuthentication", _HYBRID, _DIRECTORY),
)
CREATE_GROUPS = Capability("create groups", Surface.TOPOLOGY, delegated=(_DIRECTORY,), writes=True)
CHANGE_GROUPS = Capability(
    "change groups and memberships", Surface.TOPOLOGY, delegated=(_HYBRID, _DIRECTORY), writes=True
)
WRITE_RESOURCES = Capability("write published resources", Surface.TOPOLOGY, delegated=(_RESOURCES,), writes=True)
WRITE_UPDATER = Capability("set the updater's window", Surface.TOPOLOGY, delegated=(_DIRECTORY,), writes=True)

READ_PRINCIPALS = Capability(
    "find service principals", Surface.APPS, delegated=_PRINCIPALS, application=(*_PRINCIPALS, _OWNED)
)
READ_JOBS = Capability(
    "read jobs and templates",
    Surface.APPS,
    delegated=(_SYNC_READ, _SYNC),
    application=(_SYNC_READ, _SYNC, _OWNED),
    role=True,
)
READ_SCHEMAS = Capability(
    "read mappings",
    Surface.APPS,
    delegated=(_SYNC_READ, _SYNC),
    application=(_SYNC_READ, _SYNC, _OWNED),
    role=True,
)
READ_CONNECTION = Capability(
    "read connection settings", Surface.APPS, delegated=(_SYNC,), application=(_SYNC, _OWNED), role=True
)
WRITE_JOBS = Capability(
    "create, start and pause jobs",
    Surface.APPS,
    delegated=(_SYNC,),
    application=(_SYNC, _OWNED),
    role=True,
    writes=True,
)
WRITE_SCHEMAS = Capability(
    "write mappings", Surface.APPS, delegated=(_SYNC,), application=(_SYNC, _OWNED), role=True, writes=True
)
WRITE_CONNECTION = Capability(
    "write connection settings and tokens",
    Surface.APPS,
    delegated=(_SYNC,),
    application=(_SYNC, _OWNED),
    role=True,
    writes=True,
)
READ_AUDIT = Capability(
    "read who changed what",
    Surface.APPS,
    delegated=("AuditLog.Read.All",),
    application=("AuditLog.Read.All",),
    other_role="a role such as Reports Reader",
    extra=True,
)

_PROFILE = "/onPremisesPublishingProfiles/[^/]+"
_SYNCHRONIZATION = "/servicePrincipals/[^/]+/synchronization"

_CALLS: tuple[tuple[re.Pattern[str], Capability], ...] = tuple(
    (re.compile(call), capability)
    for call, capability in (
        (f"GET {_PROFILE}.*", READ_TOPOLOGY),
        (f"POST {_PROFILE}/agentGroups", CREATE_GROUPS),
        (f"PATCH {_PROFILE}/hybridAgentUpdaterConfiguration", WRITE_UPDATER),
        (f"[A-Z]+ {_PROFILE}/publishedResources.*", WRITE_RESOURCES),
        (f"[A-Z]+ {_PROFILE}/.*", CHANGE_GROUPS),
        (f"GET {_SYNCHRONIZATION}/jobs/[^/]+/schema.*", READ_SCHEMAS),
        (f"[A-Z]+ {_SYNCHRONIZATION}/jobs/[^/]+/schema.*", WRITE_SCHEMAS),
        (f"GET {_SYNCHRONIZATION}/secrets", READ_CONNECTION),
        (f"[A-Z]+ {_SYNCHRONIZATION}/secrets", WRITE_CONNECTION),
        (f"GET {_SYNCHRONIZATION}/.*", READ_JOBS),
        (f"[A-Z]+ {_SYNCHRONIZATION}/.*", WRITE_JOBS),
        ("GET /servicePrincipals.*", READ_PRINCIPALS),
        ("GET /auditLogs/.*", READ_AUDIT),
    )
)
"""Which capability a call belongs to; the first line that fits counts."""


def capability_of(method: str, path: str) -> Capability | None:
    """What a call belongs to; None for a call that no page names a permission for. A query does not matter."""
    call = f"{method} {path.partition('?')[0]}"
    return next((capability for line, capability in _CALLS if line.fullmatch(call)), None)
