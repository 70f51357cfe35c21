"""The closed union of what a plan can do to the service, one call or one wait each.

Steps speak of things by address, so that a step can name what an earlier step creates. What a step does to the model's
state stands in `transitions`, what it needs and leaves in `conditions`, how it is written in a plan in `codec`.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from reconciler.model.address import Address
from reconciler.model.mappings import DesiredMapping
from reconciler.model.secret import SecretSource
from reconciler.model.states import Edge


class CreateGroup(Struct, frozen=True):
    """Create an agent group."""

    group: Address
    display_name: str


class RenameGroup(Struct, frozen=True):
    """Give an agent group another name, in place."""

    group: Address
    display_name: str
    before: str


class DeleteGroup(Struct, frozen=True):
    """Delete an agent group, which must hold no agent and serve no app by then."""

    group: Address
    display_name: str


class AddMember(Struct, frozen=True):
    """Put an agent into a group; it serves there once settled."""

    agent: Address
    group: Address


class RemoveMember(Struct, frozen=True):
    """Take an agent out of a group."""

    agent: Address
    group: Address


class CreateResource(Struct, frozen=True):
    """Publish an app's resource, so that it can be assigned to a group."""

    app: Address
    resource_name: str
    display_name: str


class RenameResource(Struct, frozen=True):
    """Give an app's published resource another shown name."""

    app: Address
    display_name: str
    before: str


class DeleteResource(Struct, frozen=True):
    """Delete an app's published resource, which must be unassigned by then."""

    app: Address
    resource_name: str
    display_name: str


class Assign(Struct, frozen=True):
    """Assign an app's resource to a group; the group's agents serve it once settled."""

    app: Address
    group: Address


class Unassign(Struct, frozen=True):
    """Take an app's resource away from a group."""

    app: Address
    group: Address


class Settle(Struct, frozen=True):
    """Wait until new memberships and assignments serve."""

    edges: frozenset[Edge]
    seconds: float


class CreateJob(Struct, frozen=True):
    """Create an app's synchronization job from a template id, or from the template's own choice: `default`."""

    app: Address
    template: str


class StartJob(Struct, frozen=True):
    """Run an app's job on schedule. `resumes` a job that this plan paused for an interruption."""

    app: Address
    resumes: bool = False


class PauseJob(Struct, frozen=True):
    """Stop an app's job; the running cycle ends first. `interrupts` where the plan resumes it later."""

    app: Address
    interrupts: bool = False


ConnectionValue = str | bool | int | None
"""A connection setting's value; None removes it."""


class WriteConnection(Struct, frozen=True):
    """Write an app's one list of connection settings and tokens: every key that live holds, and these changes.

    `settings` and `before` are by field key; `secrets` holds every secret that the list must carry, by field key,
    since a write without one would lose it. A secret that is taken away stands in `settings` as None, and not in
    `before`, since the service never showed it.
    """

    app: Address
    settings: Mapping[str, ConnectionValue]
    secrets: Mapping[str, SecretSource]
    before: Mapping[str, ConnectionValue] = field(default_factory=dict)


class WriteSchema(Struct, frozen=True):
    """Write an app's schema once: the live document, with these overlays by source object laid over it.

    `removed` are target attributes by source object that this repository set before and the spec no longer names.
    """

    app: Address
    overlays: Mapping[str, DesiredMapping]
    removed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class SetUpdater(Struct, frozen=True):
    """Write the profile's updater configuration; keys are field keys, None clears."""

    settings: Mapping[str, ConnectionValue]
    before: Mapping[str, ConnectionValue] = field(default_factory=dict)


GroupStep = CreateGroup | RenameGroup | DeleteGroup
EdgeStep = AddMember | RemoveMember | Assign | Unassign
ResourceStep = CreateResource | RenameResource | DeleteResource
JobStep = CreateJob | StartJob | PauseJob
WriteStep = WriteConnection | WriteSchema | SetUpdater
Step = GroupStep | EdgeStep | ResourceStep | JobStep | WriteStep | Settle
