"""What must be read of each app, and what the spec says that helps to choose: only what somebody manages is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache, reduce
from operator import or_

from msgspec import Struct, field
from msgspec.structs import replace

from reconciler.model.address import Address, Kind
from reconciler.model.cells import Never, Unmanaged, Value
from reconciler.model.fields import MAPPING_PREFIX, Role, field_of
from reconciler.model.mappings import DesiredMapping
from reconciler.model.service import AppPart
from reconciler.model.states import AppliedState, DesiredState
from reconciler.msgraph.wire.fields import Resource, wire_path
from reconciler.msgraph.wire.jobs import DEFAULT_TEMPLATE

_PARTS: Mapping[Resource, AppPart] = {
    Resource.JOB: AppPart.JOB,
    Resource.SCHEMA: AppPart.JOB | AppPart.SCHEMA,
    Resource.CONNECTION: AppPart.CONNECTION,
}


NOTHING = AppPart(0)


class Demand(Struct, frozen=True):
    """What to read of an app; the template of its job, and by source object the target that the spec maps it to."""

    parts: AppPart = NOTHING
    template: str = DEFAULT_TEMPLATE
    targets: Mapping[str, str] = field(default_factory=dict)


def demands(desired: DesiredState, applied: AppliedState, only: AppPart | None = None) -> Mapping[Address, Demand]:
    """What must be read of every app of the spec and of the ledger: the parts that hold a field which either names.

    Of an app that the spec dropped the job is read besides. `only` says instead which parts are read of every app.
    """
    apps = dict.fromkeys((*(thing.address for thing in desired.of(Kind.APP)), *_remembered(applied)))
    wanted = {app: _demand(app, desired, applied) for app in apps}
    return wanted if only is None else {app: replace(demand, parts=only) for app, demand in wanted.items()}


def _remembered(applied: AppliedState) -> Iterable[Address]:
    return (address for address in applied.things if address.kind is Kind.APP)


def _demand(app: Address, desired: DesiredState, applied: AppliedState) -> Demand:
    wanted = desired.things[app].cells if app in desired.things else {}
    known = applied.things[app].cells if app in applied.things else {}
    keys = [key for key, cell in wanted.items() if not isinstance(cell, Unmanaged)]
    keys += [key for key, cell in known.items() if not isinstance(cell, Never)]
    parts = reduce(or_, {_part(key) for key in keys}, NOTHING)
    if desired.text(app, "job.template") or app not in desired.things:
        # An app is taken away only where it is known whether its job runs.
        parts |= AppPart.JOB
    targets = {
        key.removeprefix(MAPPING_PREFIX): cell.value.target
        for key, cell in wanted.items()
        if isinstance(cell, Value) and isinstance(cell.value, DesiredMapping)
    }
    return Demand(parts, desired.text(app, "job.template", DEFAULT_TEMPLATE), targets)


@lru_cache(maxsize=1024)
def _part(key: str) -> AppPart:
    if field_of(Kind.APP, key).role is not Role.MANAGED:
        return NOTHING
    return _PARTS.get(wire_path(Kind.APP, key).resource, NOTHING)
