"""The calls on credentials: the list of settings and secrets, and trying them out."""

from http import HTTPStatus

from reconciler.emulator.context import NO_CONTENT, Answer, Call, Context
from reconciler.emulator.directory import principal_to_write
from reconciler.emulator.errors import GraphError
from reconciler.emulator.store import Document, Kind, Transaction
from reconciler.emulator.switches import SecretsPut, SecretsStar
from reconciler.emulator.synchronization.addressing import (
    offered_templates,
    readable_job,
    readable_principal,
    refusal,
    set_name,
)
from reconciler.emulator.synchronization.credentials import (
    Credential,
    is_usable,
    keeps_agents,
    read_credentials,
    syncs_all,
    written,
)
from reconciler.emulator.synchronization.document.fault import DocumentFault
from reconciler.emulator.synchronization.lifecycle import MISSING_CREDENTIALS, disconnected, saved
from reconciler.emulator.synchronization.records import (
    credentials_of,
    job_of,
    put_credentials,
    put_job,
    shown_credentials,
)
from reconciler.emulator.synchronization.sealing import seal_for


async def list_secrets(context: Context, call: Call) -> Answer:
    """The list in its order: settings in clear, secrets as `*`. No page documents this call, and clients rely on it."""
    principal = str(readable_principal(context, call)["id"])
    body: Document = {
        "@odata.context": f"{context.base}/$metadata#{set_name(principal, 'secrets')}",
        "value": list(shown_credentials(context.view, principal)),
    }
    return Answer(HTTPStatus.OK, body)


async def count_secrets(context: Context, call: Call) -> Answer:
    """How many keys have a value."""
    principal = str(readable_principal(context, call)["id"])
    number = len(shown_credentials(context.view, principal))
    return Answer(HTTPStatus.OK, str(number).encode(), content_type="text/plain")


async def put_secrets(context: Context, call: Call) -> Answer:
    """Write the list. Who is in scope may change by it, and a running job may lose its connection."""
    principal = str(principal_to_write(context, call.keys["principal"])["id"])
    sent = _credentials(call.json_object().get("value"), "value")
    seal = seal_for(context)
    before = credentials_of(context.truth, seal, principal)
    switches = context.switches
    after = written(
        before,
        sent,
        merge=switches.secrets_put is SecretsPut.MERGE,
        keep_masked=switches.secrets_star is SecretsStar.KEEP,
    )
    with context.transaction() as writing:
        put_credentials(writing, seal, principal, after)
        _affect_jobs(context, writing, principal, before, after)
    return NO_CONTENT


async def validate_saved(context: Context, call: Call) -> Answer:
    """Try out credentials with a job: those in the body, or the saved ones."""
    found = readable_job(context, call)
    return _validate(context, call.json_object(), found.principal)


async def validate_new(context: Context, call: Call) -> Answer:
    """Try out credentials before there is a job; a template may be named."""
    principal = readable_principal(context, call)
    body = call.json_object()
    wanted = body.get("templateId")
    if wanted is not None and wanted not in [template.id for template in offered_templates(principal)]:
        raise refusal(DocumentFault("templateId : The value is not the id of a template of this service principal."))
    return _validate(context, body, str(principal["id"]))


async def acquire_access_token(context: Context, call: Call) -> Answer:
    """Take credentials for an OAuth grant; as the page says, nothing is given back."""
    readable_principal(context, call)
    sent = call.json_object().get("credentials")
    if not isinstance(sent, list) or not all(isinstance(entry, dict) for entry in sent):
        raise refusal(DocumentFault("credentials : A collection of keys and values is required."))
    return NO_CONTENT


def _validate(context: Context, body: Document, principal: str) -> Answer:
    if body.get("useSavedCredentials") is True:
        credentials = credentials_of(context.view, seal_for(context), principal)
    else:
        credentials = _credentials(body.get("credentials"), "credentials")
    if not is_usable(credentials):
        _, code, message = MISSING_CREDENTIALS
        raise GraphError(HTTPStatus.BAD_REQUEST, code, message)
    return NO_CONTENT


def _credentials(sent: object, parameter: str) -> tuple[Credential, ...]:
    try:
        return read_credentials(sent, parameter)
    except DocumentFault as fault:
        raise refusal(fault) from None


def _affect_jobs(
    context: Context,
    writing: Transaction,
    principal: str,
    before: tuple[Credential, ...],
    after: tuple[Credential, ...],
) -> None:
    for document in context.truth.documents(Kind.JOB, owner=principal):
        job = old = job_of(document)
        if syncs_all(before) != syncs_all(after):
            job = saved(job, context.ids.uuid(), context.now)
        if is_usable(before) and not (is_usable(after) and keeps_agents(before, after)):
            job = disconnected(job, context.now)
        if job != old:
            put_job(writing, principal, job)
