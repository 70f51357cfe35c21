"""What a reader found at the service, by live id, before anything is bound to the spec's keys."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from reconciler.model.cells import ABSENT, Absent, LiveCell, Unreadable
from reconciler.model.states import FieldValue


class AgentRecord(Struct, frozen=True):
    """An agent as Graph lists it. `status` is in small letters: `active` or `inactive`."""

    id: str
    machine_name: str
    status: str
    external_ip: str = ""


class GroupRecord(Struct, frozen=True):
    """An agent group with the ids of its members."""

    id: str
    display_name: str
    is_default: bool = False
    agents: frozenset[str] = frozenset()


class ResourceRecord(Struct, frozen=True):
    """A published resource with the ids of the groups that serve it."""

    id: str
    resource_name: str
    display_name: str = ""
    groups: frozenset[str] = frozenset()


class Topology(Struct, frozen=True):
    """One consistent look at the publishing profile. `updater` holds the updater's cells by field key."""

    agents: Mapping[str, AgentRecord] = field(default_factory=dict)
    groups: Mapping[str, GroupRecord] = field(default_factory=dict)
    resources: Mapping[str, ResourceRecord] = field(default_factory=dict)
    updater: Mapping[str, LiveCell[FieldValue]] = field(default_factory=dict)


class PrincipalRecord(Struct, frozen=True):
    """A service principal that an app of the spec may be bound to."""

    id: str
    app_id: str
    display_name: str


class Inventory(Struct, frozen=True):
    """Everything that binding looks at. A part that could not be read is Unreadable, never empty.

    `principals` holds what was found, by what was asked for: an id, an app id or a display name, as the spec writes it.
    What was asked for and does not exist is an empty tuple; what was never asked for is not here.
    """

    topology: Topology | Unreadable
    principals: Mapping[str, tuple[PrincipalRecord, ...] | Unreadable] = field(default_factory=dict)


class AppReading(Struct, frozen=True):
    """What was read of one app's job, schema and connection settings: cells by field key, `mapping/…` among them.

    A field that is not here is absent at the service. What was not read is here as Unreadable; of all mappings that are
    not known, one cell says so: `mapping`.
    `job_id` is Absent where the app has no job yet; the mapping cells then are those of its template. `several` names,
    by object of the target, the attributes that hold several values as the schema's directory says.
    """

    cells: Mapping[str, LiveCell[FieldValue]]
    job_id: str | Absent | Unreadable = ABSENT
    several: Mapping[str, frozenset[str]] = field(default_factory=dict)
