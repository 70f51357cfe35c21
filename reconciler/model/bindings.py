"""Which live object each address stands for. Made by `binding.bind`, grown by the steps that create things."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from reconciler.model.address import Address
from reconciler.model.cells import Unreadable


class Bindings(Struct, frozen=True):
    """Live ids by address, one table per kind of live object; an app stands for a principal, a resource and a job.

    `unread` are the addresses of which nobody can tell what they stand for, because the part that would show it was
    not read: agents and groups without the topology, apps whose principal could not be looked up.
    """

    agents: Mapping[Address, str] = field(default_factory=dict)
    groups: Mapping[Address, str] = field(default_factory=dict)
    principals: Mapping[Address, str] = field(default_factory=dict)
    resources: Mapping[Address, str] = field(default_factory=dict)
    jobs: Mapping[Address, str] = field(default_factory=dict)
    unread: Mapping[Address, Unreadable] = field(default_factory=dict)

    def with_group(self, address: Address, live_id: str) -> Bindings:
        """The bindings once a group exists."""
        return replace(self, groups={**self.groups, address: live_id})

    def with_resource(self, app: Address, live_id: str) -> Bindings:
        """The bindings once an app's resource is published."""
        return replace(self, resources={**self.resources, app: live_id})

    def with_job(self, app: Address, live_id: str) -> Bindings:
        """The bindings once an app has a job."""
        return replace(self, jobs={**self.jobs, app: live_id})

    def merged(self, other: Bindings) -> Bindings:
        """These bindings and another's; where both name a thing, the other's id counts."""
        return Bindings(
            {**self.agents, **other.agents},
            {**self.groups, **other.groups},
            {**self.principals, **other.principals},
            {**self.resources, **other.resources},
            {**self.jobs, **other.jobs},
            {**self.unread, **other.unread},
        )
