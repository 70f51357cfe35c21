"""The calls on jobs."""

from collections.abc import Callable
from http import HTTPStatus

from msgspec.structs import replace

from reconciler.emulator.context import NO_CONTENT, Answer, Call, Context
from reconciler.emulator.directory import principal_to_write
from reconciler.emulator.errors import GraphError, bad_request
from reconciler.emulator.listing import EntityType, Types
from reconciler.emulator.odata import Entity
from reconciler.emulator.store import Document, Kind
from reconciler.emulator.synchronization.addressing import (
    AddressedJob,
    job_to_write,
    offered_templates,
    readable_job,
    readable_principal,
    refusal,
    set_name,
)
from reconciler.emulator.synchronization.document.fault import DocumentFault
from reconciler.emulator.synchronization.lifecycle import (
    RESET_SCOPES,
    Job,
    job_entity,
    paused,
    restarted,
    started,
    wire_time,
)
from reconciler.emulator.synchronization.records import (
    SchemaPlace,
    delete_job,
    has_usable_credentials,
    job_of,
    put_job,
    put_template_schema,
)

_PROPERTIES = ("id", "templateId", "schedule", "status", "synchronizationJobSettings")


async def list_jobs(context: Context, call: Call) -> Answer:
    """All jobs of a principal, in the order in which they were created."""
    principal = str(readable_principal(context, call)["id"])
    return _types(principal).collection("job", context, call, job_entities(context, principal))


async def count_jobs(context: Context, call: Call) -> Answer:
    """How many jobs a principal has."""
    principal = str(readable_principal(context, call)["id"])
    return _types(principal).count("job", call, job_entities(context, principal))


async def get_job(context: Context, call: Call) -> Answer:
    """One job with its schedule and status."""
    found = readable_job(context, call)
    return _types(found.principal).one("job", context, call, _entity(context, found.principal, found.job))


async def create_job(context: Context, call: Call) -> Answer:
    """Make a job from one of the principal's templates; it is disabled, and has the schema of its template."""
    principal = principal_to_write(context, call.keys["principal"])
    wanted = call.json_object().get("templateId")
    template = next((each for each in offered_templates(principal) if each.id == wanted), None)
    if template is None:
        raise refusal(DocumentFault("templateId : The value is not the id of a template of this service principal."))
    owner = str(principal["id"])
    job = Job(f"{template.id}.{context.tenant.id.replace('-', '').lower()}.{context.ids.uuid()}", template.id)
    with context.transaction() as writing:
        put_job(writing, owner, job)
        put_template_schema(writing, SchemaPlace(job.id, owner, template), new_version(context))
    created = job_entity(job, context.now, configured=has_usable_credentials(context.truth, owner))
    return _types(owner).one("job", context, call, created, HTTPStatus.CREATED)


async def update_job(context: Context, call: Call) -> Answer:
    """Replace the job's settings, the only member that can be updated."""
    found = job_to_write(context, call)
    body = call.json_object()
    for name in body:
        if name != "synchronizationJobSettings":
            raise bad_request(f"The property '{name[:64]}' cannot be updated.", target=name[:64])
    if body:
        _change(context, found, lambda job: replace(job, settings=_settings(body["synchronizationJobSettings"])))
    return NO_CONTENT


async def delete_addressed_job(context: Context, call: Call) -> Answer:
    """Stop a job and forget all that it knew."""
    found = job_to_write(context, call)
    with context.transaction() as writing:
        delete_job(writing, found.job.id)
    return NO_CONTENT


async def start_job(context: Context, call: Call) -> Answer:
    """Let a job run; it goes on where it was paused."""
    found, activity, now = job_to_write(context, call), context.ids.uuid(), context.now
    usable = has_usable_credentials(context.truth, found.principal)
    return _change(context, found, lambda job: started(job, activity, now, configured=usable))


async def pause_job(context: Context, call: Call) -> Answer:
    """Let a job rest; what it knows is kept."""
    return _change(context, job_to_write(context, call), paused)


async def restart_job(context: Context, call: Call) -> Answer:
    """Let a job run and forget what `criteria.resetScope` names."""
    found, activity, now = job_to_write(context, call), context.ids.uuid(), context.now
    scopes = _scopes(call.json_object()) if call.body else frozenset[str]()
    usable = has_usable_credentials(context.truth, found.principal)
    return _change(context, found, lambda job: restarted(job, scopes, activity, now, configured=usable))


async def refuse_bulk_upload(context: Context, call: Call) -> Answer:
    """Refused: only applications that provision inbound by API take uploads."""
    readable_job(context, call)
    raise GraphError(HTTPStatus.BAD_REQUEST, "BadRequest", "Bulk upload is not supported by the template of this job.")


def job_entities(context: Context, principal: str) -> list[Entity]:
    """The jobs of a principal as callers see them now."""
    return [_entity(context, principal, job_of(found)) for found in context.view.documents(Kind.JOB, owner=principal)]


def new_version(context: Context) -> str:
    """A schema version that was never given out; it says nothing to a client, but that it differs."""
    return f"Date:{wire_time(context.now)},ActivityId:{context.ids.uuid()}"


def _types(principal: str) -> Types:
    return Types({"job": EntityType(set_name(principal, "jobs"), _PROPERTIES)})


def _entity(context: Context, principal: str, job: Job) -> Entity:
    return job_entity(job, context.now, configured=has_usable_credentials(context.view, principal))


def _change(context: Context, found: AddressedJob, transition: Callable[[Job], Job]) -> Answer:
    with context.transaction() as writing:
        put_job(writing, found.principal, transition(found.job))
    return NO_CONTENT


def _scopes(body: Document) -> frozenset[str]:
    criteria = body.get("criteria")
    if criteria is None:
        return frozenset()
    scope = criteria.get("resetScope") if isinstance(criteria, dict) else 0
    if scope is None:
        return frozenset()
    if not isinstance(scope, str):
        raise refusal(DocumentFault("criteria : The value of 'resetScope' must be a text."))
    words = frozenset(word.strip() for word in scope.split(","))
    for word in sorted(words - RESET_SCOPES):
        raise refusal(DocumentFault(f"criteria : Requested value '{word[:64]}' was not found."))
    return words


def _settings(sent: object) -> tuple[tuple[str, str | None], ...]:
    if not isinstance(sent, list):
        raise refusal(DocumentFault("synchronizationJobSettings : A collection of names and values is required."))
    return tuple(_setting(entry) for entry in sent)


def _setting(entry: object) -> tuple[str, str | None]:
    name, value = (entry.get("name"), entry.get("value")) if isinstance(entry, dict) else (None, None)
    if not isinstance(name, str) or not (value is None or isinstance(value, str)):
        raise refusal(DocumentFault("synchronizationJobSettings : Each entry must have a name, and texts for values."))
    return name, value
