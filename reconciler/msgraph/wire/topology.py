"""The publishing profile, gathered from pages: agents, groups with members, resources with the groups that serve them.

profile?$expand=agents,publishedResources ─┐            ┌─ agents, resources, updater
agentGroups?$expand=agents,publishedResources ─┤ pages ─┤
every nextLink, of collections and of what is expanded ─┘ groups, memberships, assignments

Page: learn.microsoft.com/graph/api/onpremisespublishingprofile-get (beta).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import assert_never

import msgspec
from msgspec import Struct

from reconciler.model.fields import Surface
from reconciler.model.inventory import AgentRecord, GroupRecord, ResourceRecord, Topology
from reconciler.msgraph.wire.decoding import Encoded, Malformed, decode
from reconciler.msgraph.wire.links import below, referenced_id
from reconciler.msgraph.wire.paths import AGENT_GROUPS, PROFILE
from reconciler.msgraph.wire.request import Request
from reconciler.msgraph.wire.updater import UpdaterConfiguration, updater_cells


class Part(Enum):
    """What a page holds."""

    PROFILE = "the profile"
    GROUPS = "agent groups"
    AGENTS = "agents"
    RESOURCES = "published resources"


class Page(Struct, frozen=True):
    """A page still to read. `owner` is the id of the group whose agents or resources it continues, or ""."""

    request: Request
    part: Part
    owner: str = ""


FIRST_PAGES = (
    Page(Request("GET", f"{PROFILE}?$expand=publishedResources,agents", Surface.TOPOLOGY), Part.PROFILE),
    Page(Request("GET", f"{AGENT_GROUPS}?$expand=agents,publishedResources", Surface.TOPOLOGY), Part.GROUPS),
)
"""The calls that read a small topology whole."""


class _Agent(msgspec.Struct, rename="camel"):
    id: str = ""
    machine_name: str | None = None
    status: str | None = None
    external_ip: str | None = None
    reference: str | None = msgspec.field(name="@odata.id", default=None)


class _Resource(msgspec.Struct, rename="camel"):
    id: str = ""
    resource_name: str | None = None
    display_name: str | None = None
    reference: str | None = msgspec.field(name="@odata.id", default=None)


class _Group(msgspec.Struct, rename="camel"):
    id: str
    display_name: str | None = None
    is_default: bool | None = None
    agents: list[_Agent] = []
    published_resources: list[_Resource] = []
    more_agents: str | None = msgspec.field(name="agents@odata.nextLink", default=None)
    more_resources: str | None = msgspec.field(name="publishedResources@odata.nextLink", default=None)


class _Profile(msgspec.Struct, rename="camel"):
    id: str
    agents: list[_Agent] = []
    published_resources: list[_Resource] = []
    hybrid_agent_updater_configuration: UpdaterConfiguration | None = None
    more_agents: str | None = msgspec.field(name="agents@odata.nextLink", default=None)
    more_resources: str | None = msgspec.field(name="publishedResources@odata.nextLink", default=None)


class _Groups(msgspec.Struct):
    value: list[_Group]
    more: str | None = msgspec.field(name="@odata.nextLink", default=None)


class _Agents(msgspec.Struct):
    value: list[_Agent]
    more: str | None = msgspec.field(name="@odata.nextLink", default=None)


class _Resources(msgspec.Struct):
    value: list[_Resource]
    more: str | None = msgspec.field(name="@odata.nextLink", default=None)


def updater_of(body: Encoded) -> UpdaterConfiguration | None:
    """The updater's configuration in a profile. Raises Malformed."""
    return decode(body, _Profile).hybrid_agent_updater_configuration


@dataclass(slots=True)
class Gathering:
    """A topology that is being read from an endpoint, page by page; `topology` is right once no page is left."""

    base: str
    _agents: dict[str, AgentRecord] = field(default_factory=dict)
    _groups: dict[str, GroupRecord] = field(default_factory=dict)
    _members: dict[str, set[str]] = field(default_factory=dict)
    _resources: dict[str, ResourceRecord] = field(default_factory=dict)
    _serving: dict[str, set[str]] = field(default_factory=dict)
    _updater: UpdaterConfiguration | None = None
    _seen: set[str] = field(default_factory=set)

    def absorb(self, page: Page, body: Encoded) -> tuple[Page, ...]:
        """Take in a page and give the pages that it says follow. Raises Malformed and ForeignLink."""
        match page.part:
            case Part.PROFILE:
                profile = decode(body, _Profile)
                self._updater = profile.hybrid_agent_updater_configuration
                self._take_agents(profile.agents, "")
                self._take_resources(profile.published_resources, "")
                more = ((profile.more_agents, Part.AGENTS, ""), (profile.more_resources, Part.RESOURCES, ""))
                return self._pages(more)
            case Part.GROUPS:
                groups = decode(body, _Groups)
                followed = [follow for group in groups.value for follow in self._take_group(group)]
                return self._pages([*followed, (groups.more, Part.GROUPS, "")])
            case Part.AGENTS:
                agents = decode(body, _Agents)
                self._take_agents(agents.value, page.owner)
                return self._pages([(agents.more, Part.AGENTS, page.owner)])
            case Part.RESOURCES:
                resources = decode(body, _Resources)
                self._take_resources(resources.value, page.owner)
                return self._pages([(resources.more, Part.RESOURCES, page.owner)])
        assert_never(page.part)

    @property
    def topology(self) -> Topology:
        """Everything that was taken in. Raises Malformed where that cannot be all: the default group always exists."""
        if self._agents and not self._groups:
            raise Malformed("an answer lists no agent group, not even the default one")
        groups = {
            group_id: GroupRecord(group_id, group.display_name, group.is_default, frozenset(self._members[group_id]))
            for group_id, group in self._groups.items()
        }
        resources = {
            resource_id: ResourceRecord(
                resource_id, found.resource_name, found.display_name, frozenset(self._serving.get(resource_id, ()))
            )
            for resource_id, found in self._resources.items()
        }
        return Topology(self._agents, groups, resources, updater_cells(self._updater))

    def _take_group(self, group: _Group) -> Iterable[tuple[str | None, Part, str]]:
        self._groups[group.id] = GroupRecord(group.id, group.display_name or "", bool(group.is_default))
        self._members.setdefault(group.id, set())
        self._take_agents(group.agents, group.id)
        self._take_resources(group.published_resources, group.id)
        return (group.more_agents, Part.AGENTS, group.id), (group.more_resources, Part.RESOURCES, group.id)

    def _take_agents(self, agents: Iterable[_Agent], owner: str) -> None:
        for agent in agents:
            agent_id = self._id(agent.id, agent.reference)
            if agent.machine_name is not None:
                status = (agent.status or "").lower()
                self._agents[agent_id] = AgentRecord(agent_id, agent.machine_name, status, agent.external_ip or "")
            if owner:
                self._members.setdefault(owner, set()).add(agent_id)

    def _take_resources(self, resources: Iterable[_Resource], owner: str) -> None:
        for resource in resources:
            resource_id = self._id(resource.id, resource.reference)
            if resource.resource_name is not None:
                self._resources[resource_id] = ResourceRecord(
                    resource_id, resource.resource_name, resource.display_name or ""
                )
            if owner:
                self._serving.setdefault(resource_id, set()).add(owner)

    def _id(self, live_id: str, reference: str | None) -> str:
        if reference is not None:
            named = referenced_id(self.base, reference)
            live_id = live_id or named
        if not live_id:
            raise Malformed("an answer has a wrong shape: an object without id")
        return live_id

    def _pages(self, follows: Iterable[tuple[str | None, Part, str]]) -> tuple[Page, ...]:
        return tuple(self._page(link, part, owner) for link, part, owner in follows if link)

    def _page(self, link: str, part: Part, owner: str) -> Page:
        path = below(self.base, link)
        if path in self._seen:
            raise Malformed("an answer has a wrong shape: its nextLink leads back to a page that was read")
        self._seen.add(path)
        return Page(Request("GET", path, Surface.TOPOLOGY), part, owner)
