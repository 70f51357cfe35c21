"""The paths of the service below its version root; every id is percent-encoded here and nowhere else.

Pages: learn.microsoft.com/graph/api/resources/onpremisespublishingprofile-root and synchronization-overview (beta).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote

PROFILE = "/onPremisesPublishingProfiles/provisioning"
"""The publishing profile of provisioning; its id is the publishing type."""

AGENT_GROUPS = f"{PROFILE}/agentGroups"
PUBLISHED_RESOURCES = f"{PROFILE}/publishedResources"
UPDATER = f"{PROFILE}/hybridAgentUpdaterConfiguration"

_PLACEHOLDER = re.compile(r"\{[A-Za-z]+/[\w.-]+\}")
"""An address in braces, where a call is only shown and its id is not known yet."""

FILTER_CLAUSES = 15
"""Clauses joined by `or` that a `$filter` may have; the service refuses more."""


def agent_group(group_id: str) -> str:
    """One agent group."""
    return f"{AGENT_GROUPS}/{_segment(group_id)}"


def agent_memberships(agent_id: str) -> str:
    """The collection that a membership is added to: the agent's groups, since groups have no `$ref` of agents."""
    return f"{PROFILE}/agents/{_segment(agent_id)}/agentGroups/$ref"


def agent_membership(agent_id: str, group_id: str) -> str:
    """One membership, to delete."""
    return f"{PROFILE}/agents/{_segment(agent_id)}/agentGroups/{_segment(group_id)}/$ref"


def published_resource(resource_id: str) -> str:
    """One published resource."""
    return f"{PUBLISHED_RESOURCES}/{_segment(resource_id)}"


def assignments(resource_id: str) -> str:
    """The collection that an assignment is added to: the resource's groups."""
    return f"{published_resource(resource_id)}/agentGroups/$ref"


def assignment(resource_id: str, group_id: str) -> str:
    """One assignment, to delete."""
    return f"{published_resource(resource_id)}/agentGroups/{_segment(group_id)}/$ref"


def jobs(principal_id: str) -> str:
    """The synchronization jobs of a service principal."""
    return f"{_synchronization(principal_id)}/jobs"


def job(principal_id: str, job_id: str) -> str:
    """One synchronization job."""
    return f"{jobs(principal_id)}/{_segment(job_id)}"


def job_action(principal_id: str, job_id: str, action: str) -> str:
    """`start` or `pause` of a job."""
    return f"{job(principal_id, job_id)}/{action}"


def schema(principal_id: str, job_id: str) -> str:
    """The schema of a job."""
    return f"{jobs(principal_id)}/{_segment(job_id)}/schema"


def templates(principal_id: str) -> str:
    """The job templates of a service principal's application."""
    return f"{_synchronization(principal_id)}/templates"


def template_schema(principal_id: str, template_id: str) -> str:
    """The schema that a job of this template would start with."""
    return f"{templates(principal_id)}/{_segment(template_id)}/schema"


def connection(principal_id: str) -> str:
    """The one list of connection settings and tokens."""
    return f"{_synchronization(principal_id)}/secrets"


def principals(key: str, values: Iterable[str]) -> str:
    """The service principals whose `key` (`id`, `appId` or `displayName`) is one of at most FILTER_CLAUSES values."""
    clauses = (f"{key} eq '{value.replace(chr(39), chr(39) * 2)}'" for value in values)
    return f"/servicePrincipals?$filter={quote(' or '.join(clauses), safe='')}&$select=id,appId,displayName"


def principal(principal_id: str) -> str:
    """One service principal."""
    return f"/servicePrincipals/{_segment(principal_id)}?$select=id,appId,displayName"


def _synchronization(principal_id: str) -> str:
    return f"/servicePrincipals/{_segment(principal_id)}/synchronization"


def _segment(live_id: str) -> str:
    return live_id if _PLACEHOLDER.fullmatch(live_id) else quote(live_id, safe="")
