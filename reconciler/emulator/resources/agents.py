"""Agents: listed, shown, and put into groups. They register themselves, so none is created or deleted here.

Page: https://learn.microsoft.com/graph/api/resources/onpremisesagent
"""

from __future__ import annotations

from reconciler.emulator.context import Answer, Call, Context, Operation
from reconciler.emulator.errors import not_found
from reconciler.emulator.resources.edges import (
    add_agent_to_group,
    references,
    remove_agent_from_group,
    require_profile,
)
from reconciler.emulator.store import Document, Kind
from reconciler.emulator.topology import TOPOLOGY, agent_entity, agents, groups_of_agent


async def list_agents(context: Context, call: Call) -> Answer:
    """GET of all agents."""
    require_profile(call)
    return TOPOLOGY.collection("agent", context, call, agents(context))


async def count_agents(context: Context, call: Call) -> Answer:
    """GET of the number of agents."""
    require_profile(call)
    return TOPOLOGY.count("agent", call, agents(context))


async def get_agent(context: Context, call: Call) -> Answer:
    """GET of one agent."""
    return TOPOLOGY.one("agent", context, call, _agent(context, call))


async def list_groups(context: Context, call: Call) -> Answer:
    """GET of the groups that an agent is in."""
    return TOPOLOGY.collection("agentGroup", context, call, _groups(context, call))


async def count_groups(context: Context, call: Call) -> Answer:
    """GET of the number of groups that an agent is in."""
    return TOPOLOGY.count("agentGroup", call, _groups(context, call))


async def list_references(context: Context, call: Call) -> Answer:
    """GET of the addresses of the groups that an agent is in."""
    return references(context, _groups(context, call))


def _agent(context: Context, call: Call) -> Document:
    require_profile(call)
    row = context.view.row(Kind.AGENT, call.key("agent"))
    if row is None:
        raise not_found(call.key("agent"))
    return agent_entity(context, row)


def _groups(context: Context, call: Call) -> list[Document]:
    return groups_of_agent(context, str(_agent(context, call)["id"]))


_ALL = "/onPremisesPublishingProfiles/{profile}/agents"
_ONE = f"{_ALL}/{{agent}}"
_PAGES = "https://learn.microsoft.com/graph/api/onpremisesagent-"
_VERSIONS = ("beta",)

OPERATIONS = (
    Operation("GET", _ALL, list_agents, "list agents", f"{_PAGES}list", _VERSIONS),
    Operation("GET", f"{_ALL}/$count", count_agents, "count agents", f"{_PAGES}list", _VERSIONS),
    Operation("GET", _ONE, get_agent, "get an agent", f"{_PAGES}get", _VERSIONS),
    Operation("GET", f"{_ONE}/agentGroups", list_groups, "list an agent's groups", f"{_PAGES}get", _VERSIONS),
    Operation("GET", f"{_ONE}/agentGroups/$count", count_groups, "count an agent's groups", f"{_PAGES}get", _VERSIONS),
    Operation(
        "GET", f"{_ONE}/agentGroups/$ref", list_references, "list references to its groups", f"{_PAGES}get", _VERSIONS
    ),
    Operation(
        "POST",
        f"{_ONE}/agentGroups/$ref",
        add_agent_to_group,
        "put an agent into a group",
        f"{_PAGES}post-agentgroups",
        _VERSIONS,
    ),
    Operation(
        "DELETE",
        f"{_ONE}/agentGroups/{{group}}/$ref",
        remove_agent_from_group,
        "take an agent out of a group",
        f"{_PAGES}delete-agentgroups",
        _VERSIONS,
    ),
)
