"""The calls of a step, in order: what the writer sends and what `show --calls` prints."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import assert_never

from reconciler.model.address import UNBOUND_PREFIX, Address, Kind
from reconciler.model.bindings import Bindings
from reconciler.model.fields import Surface
from reconciler.model.secret import SecretText
from reconciler.model.steps import (
    AddMember,
    Assign,
    CreateGroup,
    CreateJob,
    CreateResource,
    DeleteGroup,
    DeleteResource,
    EdgeStep,
    GroupStep,
    JobStep,
    PauseJob,
    RemoveMember,
    RenameGroup,
    RenameResource,
    ResourceStep,
    Settle,
    SetUpdater,
    StartJob,
    Step,
    Unassign,
    WriteConnection,
    WriteSchema,
)
from reconciler.msgraph.wire import connection, paths
from reconciler.msgraph.wire.jobs import DEFAULT_TEMPLATE
from reconciler.msgraph.wire.request import Body, Request
from reconciler.msgraph.wire.updater import WINDOW_KEYS, updater_body

PUBLIC_BASE = "https://graph.microsoft.com/beta"
"""The version root of the global cloud, for calls that are only shown."""


def requests_of(step: Step, bindings: Bindings, *, base: str = PUBLIC_BASE) -> tuple[Request, ...]:
    """The calls of a step. Where no id is known yet the address stands in braces, as in `/agentGroups/{group/hr}`.

    A list of settings or a schema that must first be read stands in the call that writes it as far as the step says.
    """
    match step:
        case CreateGroup() | RenameGroup() | DeleteGroup():
            return (_group_request(step, bindings),)
        case AddMember() | RemoveMember() | Assign() | Unassign():
            return (_edge_request(step, bindings, base),)
        case CreateResource() | RenameResource() | DeleteResource():
            return (_resource_request(step, bindings),)
        case CreateJob() | StartJob() | PauseJob():
            return _job_requests(step, bindings)
        case WriteConnection(app, settings, secrets):
            principal = live_id(bindings.principals, app)
            masked = {key: SecretText("") for key in secrets}
            entries = connection.rewritten((), settings, masked)
            return connection.read_request(principal), connection.write_request(principal, entries)
        case WriteSchema(app):
            read = schema_read(bindings, app)
            return read, read, schema_write(bindings, app, {})
        case SetUpdater(settings):
            update = _topology("PATCH", paths.UPDATER, updater_body(settings))
            return (updater_read(), update) if needs_window(step) else (update,)
        case Settle():
            return ()
    assert_never(step)


def needed(step: Step) -> tuple[tuple[Callable[[Bindings], Mapping[Address, str]], Address], ...]:
    """The ids that a step cannot do without: which table of the bindings, and the address to look up there."""
    match step:
        case CreateGroup() | CreateResource() | SetUpdater() | Settle():
            return ()
        case RenameGroup(group) | DeleteGroup(group):
            return ((_groups, group),)
        case AddMember(agent, group) | RemoveMember(agent, group):
            return (_agents, agent), (_groups, group)
        case Assign(app, group) | Unassign(app, group):
            return (_resources, app), (_groups, group)
        case RenameResource(app) | DeleteResource(app):
            return ((_resources, app),)
        case CreateJob(app) | WriteConnection(app):
            return ((_principals, app),)
        case StartJob(app) | PauseJob(app) | WriteSchema(app):
            return (_principals, app), (_jobs, app)
    assert_never(step)


def known_id(table: Mapping[Address, str], address: Address) -> str:
    """The id of an address, "" where nobody knows one yet. An agent or group that no key names bears its own."""
    if not address.is_bound and address.kind in {Kind.AGENT, Kind.GROUP}:
        return address.key.removeprefix(UNBOUND_PREFIX)
    return table.get(address, "")


def live_id(table: Mapping[Address, str], address: Address) -> str:
    """The id of an address, or the address in braces where nobody knows one yet."""
    return known_id(table, address) or f"{{{address}}}"


def needs_window(step: SetUpdater) -> bool:
    """Whether the other half of the updater's window must be read first, since the window is written whole."""
    return len(WINDOW_KEYS & set(step.settings)) == 1


def updater_read() -> Request:
    """The call that reads the updater's configuration: it is a part of the profile."""
    return _topology("GET", paths.PROFILE)


def templates_read(bindings: Bindings, app: Address) -> Request:
    """The call that lists the templates of an app's jobs."""
    return Request("GET", paths.templates(live_id(bindings.principals, app)), Surface.APPS)


def job_create(bindings: Bindings, app: Address, template_id: str) -> Request:
    """The call that creates a job."""
    path = paths.jobs(live_id(bindings.principals, app))
    return Request("POST", path, Surface.APPS, {"templateId": template_id}, repeatable=False)


def schema_read(bindings: Bindings, app: Address) -> Request:
    """The call that reads a job's schema."""
    path = paths.schema(live_id(bindings.principals, app), live_id(bindings.jobs, app))
    return Request("GET", path, Surface.APPS)


def schema_write(bindings: Bindings, app: Address, document: Body) -> Request:
    """The call that replaces a job's schema; the documents say PUT, and so does the service."""
    return Request("PUT", schema_read(bindings, app).path, Surface.APPS, document)


def _group_request(step: GroupStep, bindings: Bindings) -> Request:
    match step:
        case CreateGroup(_, name):
            return _topology("POST", paths.AGENT_GROUPS, {"displayName": name}, repeatable=False)
        case RenameGroup(group, name):
            return _topology("PATCH", paths.agent_group(live_id(bindings.groups, group)), {"displayName": name})
        case DeleteGroup(group):
            return _topology("DELETE", paths.agent_group(live_id(bindings.groups, group)))
    assert_never(step)


def _edge_request(step: EdgeStep, bindings: Bindings, base: str) -> Request:
    group_id = live_id(bindings.groups, step.group)
    reference: Body = {"@odata.id": f"{base}{paths.agent_group(group_id)}"}
    match step:
        case AddMember(agent):
            return _topology("POST", paths.agent_memberships(live_id(bindings.agents, agent)), reference)
        case RemoveMember(agent):
            return _topology("DELETE", paths.agent_membership(live_id(bindings.agents, agent), group_id))
        case Assign(app):
            return _topology("POST", paths.assignments(live_id(bindings.resources, app)), reference)
        case Unassign(app):
            return _topology("DELETE", paths.assignment(live_id(bindings.resources, app), group_id))
    assert_never(step)


def _resource_request(step: ResourceStep, bindings: Bindings) -> Request:
    match step:
        case CreateResource(_, resource_name, display_name):
            body: Body = {"displayName": display_name, "resourceName": resource_name}
            return _topology("POST", paths.PUBLISHED_RESOURCES, body, repeatable=False)
        case RenameResource(app, display_name):
            path = paths.published_resource(live_id(bindings.resources, app))
            return _topology("PATCH", path, {"displayName": display_name})
        case DeleteResource(app):
            return _topology("DELETE", paths.published_resource(live_id(bindings.resources, app)))
    assert_never(step)


def _job_requests(step: JobStep, bindings: Bindings) -> tuple[Request, ...]:
    match step:
        case CreateJob(app, template) if template == DEFAULT_TEMPLATE:
            return templates_read(bindings, app), job_create(bindings, app, template)
        case CreateJob(app, template):
            return (job_create(bindings, app, template),)
        case StartJob(app) | PauseJob(app):
            action = "start" if isinstance(step, StartJob) else "pause"
            path = paths.job_action(live_id(bindings.principals, app), live_id(bindings.jobs, app), action)
            return (Request("POST", path, Surface.APPS),)
    assert_never(step)


def _topology(method: str, path: str, body: Body = None, *, repeatable: bool = True) -> Request:
    return Request(method, path, Surface.TOPOLOGY, body, repeatable)


def _agents(bindings: Bindings) -> Mapping[Address, str]:
    return bindings.agents


def _groups(bindings: Bindings) -> Mapping[Address, str]:
    return bindings.groups


def _principals(bindings: Bindings) -> Mapping[Address, str]:
    return bindings.principals


def _resources(bindings: Bindings) -> Mapping[Address, str]:
    return bindings.resources


def _jobs(bindings: Bindings) -> Mapping[Address, str]:
    return bindings.jobs
