"""The live ids of things that a step may have created without anybody being told: a time-out, a crash."""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.model.address import Address, Kind
from reconciler.model.bindings import Bindings
from reconciler.model.cells import Known
from reconciler.model.memory import RESOURCE_ID
from reconciler.model.recording import JOB_ID
from reconciler.model.states import LiveState
from reconciler.model.steps import CreateGroup, CreateJob, CreateResource, Step


def rediscovered(steps: Iterable[Step], live: LiveState, bindings: Bindings) -> Bindings:
    """The bindings, and those of things that are live under the name of a creation whose address nothing stands for.

    A plan creates only what had no live object of its name, so one that is there now is what the step made. Where
    there are two, nobody can tell, and none is bound.
    """
    for step in steps:
        match step:
            case CreateGroup(group, name) if group not in bindings.groups:
                found = _unbound(live, Kind.GROUP, "displayName", name)
                if len(found) == 1:
                    bindings = bindings.with_group(group, found[0].key.partition(":")[2])
            case CreateResource(app, name) if app not in bindings.resources:
                found = _unbound(live, Kind.APP, "resource.resourceName", name)
                if len(found) == 1:
                    bindings = bindings.with_resource(app, live.text(found[0], RESOURCE_ID))
            case CreateJob(app) if app not in bindings.jobs:
                job_id = live.text(app, JOB_ID)
                if job_id:
                    bindings = bindings.with_job(app, job_id)
    return bindings


def _unbound(live: LiveState, kind: Kind, key: str, name: str) -> list[Address]:
    return [
        thing.address for thing in live.of(kind) if not thing.address.is_bound and thing.cells.get(key) == Known(name)
    ]
