"""Which calls the audit log tells of, and in which words.

The activities are those of learn.microsoft.com/entra/identity/monitoring-health/reference-audit-activities and of
learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-when-will-provisioning-finish-specific-user.
That agent groups are told of as connector groups, and that nothing tells of the updater, is inferred from them.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from reconciler.emulator.store import Kind

PROVISIONING = "Account Provisioning"
PROXY = "Application Proxy"

_PROFILE = "/onPremisesPublishingProfiles/{profile}"
_JOBS = "/servicePrincipals/{principal}/synchronization/jobs"


class Activity(Struct, frozen=True):
    """An activity: its words, the kind of thing that it changes and under which key of the address that stands.

    `about` is the kind whose properties it modifies, where that is another: its id then stands under `about_key`.
    """

    name: str
    service: str
    category: str
    operation: str
    kind: Kind
    key: str
    about: Kind | None = None
    about_key: str = ""


def _provisioning(name: str, operation: str, about: Kind, about_key: str) -> Activity:
    return Activity(
        name,
        PROVISIONING,
        "ProvisioningManagement",
        operation,
        Kind.SERVICE_PRINCIPAL,
        "principal",
        about,
        about_key,
    )


def _group(name: str, operation: str) -> Activity:
    return Activity(name, PROXY, "ResourceManagement", operation, Kind.AGENT_GROUP, "group")


def _resource(name: str, operation: str) -> Activity:
    return Activity(name, PROXY, "ApplicationManagement", operation, Kind.PUBLISHED_RESOURCE, "resource")


_UPDATE_GROUP = _group("Update Connector Group", "Update")
_UPDATE_RESOURCE = _resource("Update application", "Update")
_MAPPINGS = _provisioning("Update attribute mappings or scope", "Update", Kind.SCHEMA, "job")
_SETTINGS = "Update provisioning setting or credentials"

ACTIVITIES: Mapping[tuple[str, str], Activity] = {
    ("POST", f"{_PROFILE}/agentGroups"): _group("Add connector Group", "Add"),
    ("PATCH", f"{_PROFILE}/agentGroups/{{group}}"): _UPDATE_GROUP,
    ("DELETE", f"{_PROFILE}/agentGroups/{{group}}"): _group("Delete Connector Group", "Delete"),
    ("POST", f"{_PROFILE}/agents/{{agent}}/agentGroups/$ref"): Activity(
        "Add a Connector to Connector Group", PROXY, "ResourceManagement", "Assign", Kind.AGENT, "agent"
    ),
    ("DELETE", f"{_PROFILE}/agents/{{agent}}/agentGroups/{{group}}/$ref"): _UPDATE_GROUP,
    ("POST", f"{_PROFILE}/publishedResources"): _resource("Add application", "Add"),
    ("PATCH", f"{_PROFILE}/publishedResources/{{resource}}"): _UPDATE_RESOURCE,
    ("DELETE", f"{_PROFILE}/publishedResources/{{resource}}"): _resource("Delete application", "Delete"),
    ("POST", f"{_PROFILE}/publishedResources/{{resource}}/agentGroups/$ref"): _UPDATE_RESOURCE,
    ("DELETE", f"{_PROFILE}/publishedResources/{{resource}}/agentGroups/{{group}}/$ref"): _UPDATE_RESOURCE,
    ("POST", _JOBS): _provisioning("Add provisioning configuration", "Add", Kind.JOB, "job"),
    ("PATCH", f"{_JOBS}/{{job}}"): _provisioning(_SETTINGS, "Update", Kind.JOB, "job"),
    ("DELETE", f"{_JOBS}/{{job}}"): _provisioning("Delete provisioning configuration", "Delete", Kind.JOB, "job"),
    ("POST", f"{_JOBS}/{{job}}/start"): _provisioning(
        "Enable/start provisioning configuration", "Update", Kind.JOB, "job"
    ),
    ("POST", f"{_JOBS}/{{job}}/pause"): _provisioning(
        "Disable/pause provisioning configuration", "Update", Kind.JOB, "job"
    ),
    ("POST", f"{_JOBS}/{{job}}/restart"): _provisioning(
        "Enable/restart provisioning configuration", "Update", Kind.JOB, "job"
    ),
    ("PUT", f"{_JOBS}/{{job}}/schema"): _MAPPINGS,
    ("DELETE", f"{_JOBS}/{{job}}/schema"): _MAPPINGS,
    ("PUT", "/servicePrincipals/{principal}/synchronization/secrets"): _provisioning(
        _SETTINGS, "Update", Kind.SECRETS, "principal"
    ),
}
"""Activities by method and template of the call."""

NAMED: Mapping[str, Activity] = {activity.name: activity for activity in reversed([*ACTIVITIES.values()])}
"""Activities by their words; of several calls with the same words, the first."""
