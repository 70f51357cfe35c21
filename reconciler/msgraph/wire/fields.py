"""Where each managed field stands on the wire: the resource that holds it and the path inside."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from msgspec import Struct

from reconciler.model.address import Kind
from reconciler.model.fields import MAPPING_PREFIX, MAPPINGS


class Resource(Enum):
    """The resources that fields are read from and written to; the value is the collection's or resource's segment."""

    AGENT_GROUP = "agentGroups"
    PUBLISHED_RESOURCE = "publishedResources"
    UPDATER = "hybridAgentUpdaterConfiguration"
    JOB = "jobs"
    CONNECTION = "secrets"
    SCHEMA = "schema"


class WirePath(Struct, frozen=True):
    """A resource, and the members that lead to the value, joined by `/`. In the list of settings, a key comes first."""

    resource: Resource
    path: str

    @property
    def head(self) -> str:
        """The first member."""
        return self.path.partition("/")[0]

    @property
    def tail(self) -> str:
        """What follows the first member; "" where nothing does."""
        return self.path.partition("/")[2]


_RULE = "synchronizationRules/objectMappings"

WIRE_PATHS: Mapping[tuple[Kind, str], WirePath] = {
    (Kind.GROUP, "displayName"): WirePath(Resource.AGENT_GROUP, "displayName"),
    (Kind.GROUP, "agents"): WirePath(Resource.AGENT_GROUP, "agents"),
    (Kind.APP, "resource.displayName"): WirePath(Resource.PUBLISHED_RESOURCE, "displayName"),
    (Kind.APP, "group"): WirePath(Resource.PUBLISHED_RESOURCE, "agentGroups"),
    (Kind.APP, "connector.url"): WirePath(Resource.CONNECTION, "BaseAddress"),
    (Kind.APP, "connector.secretToken"): WirePath(Resource.CONNECTION, "SecretToken"),
    (Kind.APP, "connector.compatibilityKey"): WirePath(Resource.CONNECTION, "SyncAgentCompatibilityKey"),
    (Kind.APP, "job.enabled"): WirePath(Resource.JOB, "schedule/state"),
    (Kind.APP, "provisioning.scope"): WirePath(Resource.CONNECTION, "SyncAll"),
    (Kind.APP, "provisioning.deleteThreshold"): WirePath(
        Resource.CONNECTION, "SyncNotificationSettings/DeleteThresholdValue"
    ),
    (Kind.APP, "provisioning.notify"): WirePath(Resource.CONNECTION, "SyncNotificationSettings/Recipients"),
    (Kind.APP, "provisioning.skipOutOfScopeDeletions"): WirePath(Resource.CONNECTION, "SkipOutOfScopeDeletions"),
    (Kind.APP, MAPPINGS): WirePath(Resource.SCHEMA, _RULE),
    (Kind.MAPPING, "flow"): WirePath(Resource.SCHEMA, f"{_RULE}/flowTypes"),
    (Kind.MAPPING, "match"): WirePath(Resource.SCHEMA, f"{_RULE}/attributeMappings/matchingPriority"),
    (Kind.MAPPING, "filter"): WirePath(Resource.SCHEMA, f"{_RULE}/scope/groups"),
    (Kind.MAPPING, "attributes"): WirePath(Resource.SCHEMA, f"{_RULE}/attributeMappings"),
    (Kind.UPDATER, "window.start"): WirePath(Resource.UPDATER, "updateWindow/updateWindowStartTime"),
    (Kind.UPDATER, "window.end"): WirePath(Resource.UPDATER, "updateWindow/updateWindowEndTime"),
    (Kind.UPDATER, "allowOverride"): WirePath(Resource.UPDATER, "allowUpdateConfigurationOverride"),
    (Kind.UPDATER, "deferUntil"): WirePath(Resource.UPDATER, "deferUpdateDateTime"),
}
"""Every managed field of the surfaces topology and apps; a test compares this table with the model's."""


def wire_path(kind: Kind, key: str) -> WirePath:
    """Where a cell stands on the wire; every `mapping/…` key stands where `mapping` does. Raises KeyError."""
    return WIRE_PATHS[kind, MAPPINGS if key.startswith(MAPPING_PREFIX) else key]
