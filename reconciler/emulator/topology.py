"""Agents, agent groups and published resources as Graph shows them, and what serves what.

agent ── membership ── agent group ── assignment ── published resource
"""

from __future__ import annotations

from msgspec import Struct

from reconciler.emulator.context import Context
from reconciler.emulator.listing import EntityType, Navigation, Types
from reconciler.emulator.liveness import is_active, pulses_of
from reconciler.emulator.store import Document, Kind, Row, View

PROFILE_ID = "provisioning"


def agent_entity(context: Context, row: Row) -> Document:
    """An agent as Graph shows it: its status, but neither its version nor its address."""
    connector = context.truth.get(Kind.CONNECTOR, row.id)
    alive = connector is not None and is_active(pulses_of(connector), context.now.timestamp())
    return {**row.document, "status": "active" if alive else "inactive"}


def agents(context: Context) -> list[Document]:
    """All agents that callers see."""
    return [agent_entity(context, row) for row in context.view.rows(Kind.AGENT)]


def agent_groups(context: Context) -> list[Document]:
    """All agent groups that callers see."""
    return context.view.documents(Kind.AGENT_GROUP)


def published_resources(context: Context) -> list[Document]:
    """All published resources that callers see."""
    return context.view.documents(Kind.PUBLISHED_RESOURCE)


def edge_id(owner: str, group: str) -> str:
    """The id of the edge between an agent or a published resource and an agent group."""
    return f"{owner}/{group}".lower()


def groups_of_agent(context: Context, identifier: str) -> list[Document]:
    """The groups that an agent is a member of."""
    return _far(
        context, Kind.AGENT_GROUP, [e.alias for e in context.view.rows(Kind.AGENT_MEMBERSHIP, owner=identifier)]
    )


def groups_of_resource(context: Context, identifier: str) -> list[Document]:
    """The groups that a published resource is assigned to."""
    edges = context.view.rows(Kind.RESOURCE_ASSIGNMENT, owner=identifier)
    return _far(context, Kind.AGENT_GROUP, [edge.alias for edge in edges])


def agents_of_group(context: Context, identifier: str) -> list[Document]:
    """The members of a group."""
    view = context.view
    rows = [view.row(Kind.AGENT, edge.owner) for edge in view.rows(Kind.AGENT_MEMBERSHIP, alias=identifier)]
    return [agent_entity(context, row) for row in rows if row]


def resources_of_group(context: Context, identifier: str) -> list[Document]:
    """The published resources that are assigned to a group."""
    edges = context.view.rows(Kind.RESOURCE_ASSIGNMENT, alias=identifier)
    return _far(context, Kind.PUBLISHED_RESOURCE, [edge.owner for edge in edges])


TOPOLOGY = Types(
    {
        "profile": EntityType(
            "onPremisesPublishingProfiles",
            ("id", "isEnabled", "hybridAgentUpdaterConfiguration"),
            {
                "agents": Navigation("agent", lambda context, _: agents(context)),
                "agentGroups": Navigation("agentGroup", lambda context, _: agent_groups(context)),
                "publishedResources": Navigation("publishedResource", lambda context, _: published_resources(context)),
            },
        ),
        "agent": EntityType(
            "onPremisesPublishingProfiles('provisioning')/agents",
            ("id", "machineName", "externalIp", "status", "supportedPublishingTypes"),
            {"agentGroups": Navigation("agentGroup", groups_of_agent)},
        ),
        "agentGroup": EntityType(
            "onPremisesPublishingProfiles('provisioning')/agentGroups",
            ("id", "displayName", "isDefault", "publishingType"),
            {
                "agents": Navigation("agent", agents_of_group),
                "publishedResources": Navigation("publishedResource", resources_of_group),
            },
        ),
        "publishedResource": EntityType(
            "onPremisesPublishingProfiles('provisioning')/publishedResources",
            ("id", "displayName", "resourceName", "publishingType"),
            {"agentGroups": Navigation("agentGroup", groups_of_resource)},
        ),
    }
)


class Serving(Struct, frozen=True):
    """A published resource and the agents that serve it now: ids, in order of membership."""

    resource: Document
    agents: tuple[str, ...]


def serving(context: Context) -> list[Serving]:
    """What serves what in truth: active agents whose membership and whose group's assignment have both settled."""
    truth = context.truth
    settled = context.now.timestamp() - context.switches.settle_seconds
    alive = _active_agents(truth, context.now.timestamp())
    found = []
    for row in truth.rows(Kind.PUBLISHED_RESOURCE):
        groups = [edge.alias for edge in truth.rows(Kind.RESOURCE_ASSIGNMENT, owner=row.id) if edge.since <= settled]
        edges = [edge for group in groups for edge in truth.rows(Kind.AGENT_MEMBERSHIP, alias=group)]
        served = dict.fromkeys(edge.owner for edge in edges if edge.since <= settled and edge.owner in alive)
        found.append(Serving(row.document, tuple(served)))
    return found


def _active_agents(truth: View, now: float) -> set[str]:
    return {row.id for row in truth.rows(Kind.CONNECTOR) if is_active(pulses_of(row.document), now)}


def _far(context: Context, kind: Kind, identifiers: list[str]) -> list[Document]:
    view = context.view
    found = [view.get(kind, identifier) for identifier in identifiers]
    return [document for document in found if document is not None]
