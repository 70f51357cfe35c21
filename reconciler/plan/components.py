"""Which steps concern each other's apps: what shares no app and no changing group is independent, waits and all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from msgspec import Struct

from reconciler.model.address import Address, Kind
from reconciler.model.states import Edge, LiveState
from reconciler.model.steps import AddMember, Assign, RemoveMember, Step, Unassign
from reconciler.model.subjects import edge_of


@dataclass(slots=True)
class _Forest:
    """Disjoint sets of addresses, with paths halved on every walk."""

    parents: dict[Address, Address] = field(default_factory=dict)

    def root(self, address: Address) -> Address:
        parents = self.parents
        while (parent := parents.setdefault(address, address)) != address:
            parents[address] = parents[parent]
            address = parents[address]
        return address

    def join(self, one: Address, other: Address) -> None:
        first, second = sorted((self.root(one), self.root(other)))
        self.parents[second] = first


class Serving(Struct, frozen=True):
    """How the apps that steps concern are served before and after them, and in which component each of them is.

    `kept` are apps that are served before and after, so that they must be served throughout; `new` are apps that
    nothing serves before and something does after.
    """

    components: Mapping[Address, Address]
    settling: Mapping[Address, frozenset[Edge]]
    kept: frozenset[Address]
    new: frozenset[Address]
    kept_by: frozenset[Address]

    def edges(self, address: Address) -> frozenset[Edge]:
        """The edges that must settle before anything that serves the apps of this component may go."""
        return self.settling.get(self.components.get(address, address), frozenset())


def serving_of(start: LiveState, after: LiveState, steps: tuple[Step, ...]) -> Serving:
    """Group what steps concern into components: an app and a group are in one where the group's members change.

    Agents count here whether they are active or not: one that is down may come back while the plan runs.
    """
    unsettled = _unsettled(start, after, steps)
    changing = {step.group for step in steps if isinstance(step, AddMember | RemoveMember)}
    changing |= {edge.group for edge in unsettled if edge.member.kind is Kind.AGENT}
    moving = {step.app for step in steps if isinstance(step, Assign | Unassign)}
    moving |= {edge.member for edge in unsettled if edge.member.kind is Kind.APP}
    apps = tuple(dict.fromkeys((*(thing.address for thing in start.of(Kind.APP)), *moving)))
    forest = _Forest()
    for app in apps:
        for group in (start.members(app, "group") | after.members(app, "group")) & changing:
            forest.join(app, group)
    components = {address: forest.root(address) for address in (*forest.parents, *changing, *moving)}
    served = [app for app in apps if _has_agents(after, app)]
    kept = frozenset(app for app in served if _has_agents(start, app))
    new = frozenset(app for app in served if not _is_served(start, app))
    kept_by = frozenset(group for app in kept for group in start.members(app, "group"))
    return Serving(components, _settling(unsettled, components), kept, new, kept_by)


def _unsettled(start: LiveState, after: LiveState, steps: tuple[Step, ...]) -> frozenset[Edge]:
    """The edges of the end that do not serve at once: those that steps add, and those that an earlier run added."""
    edges = (edge_of(step) for step in steps if isinstance(step, AddMember | Assign))
    return frozenset(edge for edge in (*edges, *start.unsettled) if edge in after.unsettled)


def _has_agents(state: LiveState, app: Address) -> bool:
    """Whether any group of an app holds an agent, active and settled or not."""
    return any(state.members(group, "agents") for group in state.members(app, "group"))


def _is_served(state: LiveState, app: Address) -> bool:
    """Whether any agent, active or not, serves an app by edges that have settled."""
    return any(
        Edge(agent, group) not in state.unsettled
        for group in state.members(app, "group")
        if Edge(app, group) not in state.unsettled
        for agent in state.members(group, "agents")
    )


def _settling(edges: frozenset[Edge], components: Mapping[Address, Address]) -> Mapping[Address, frozenset[Edge]]:
    settling: defaultdict[Address, set[Edge]] = defaultdict(set)
    for edge in edges:
        owner = edge.group if edge.member.kind is Kind.AGENT else edge.member
        settling[components[owner]].add(edge)
    return {component: frozenset(found) for component, found in settling.items()}
