"""Find what an address of provisioning names: a principal with its kind, a template, a job."""

from http import HTTPStatus

from msgspec import Struct

from reconciler.emulator.context import Call, Context, Key
from reconciler.emulator.directory import principal_of, principal_to_write, readable
from reconciler.emulator.errors import GraphError, not_found
from reconciler.emulator.store import Document, Kind, Row
from reconciler.emulator.synchronization.catalogue.kinds import kind_of
from reconciler.emulator.synchronization.catalogue.templates import Template, template_named, templates_of
from reconciler.emulator.synchronization.document.fault import DocumentFault
from reconciler.emulator.synchronization.lifecycle import Job
from reconciler.emulator.synchronization.records import SchemaPlace, job_of


class AddressedJob(Struct, frozen=True):
    """A job with the principal that owns it and the template that it was made from."""

    principal: str
    template: Template
    job: Job

    @property
    def schema(self) -> SchemaPlace:
        """Where the job's schema is kept."""
        return SchemaPlace(self.job.id, self.principal, self.template)


def readable_principal(context: Context, call: Call) -> Document:
    """The principal of an address, which names it or its application, as callers see it. Raises GraphError 404."""
    if "application" not in call.keys:
        return principal_of(context, call.keys["principal"])
    application = readable(context, Kind.APPLICATION, call.keys["application"])
    return principal_of(context, Key(str(application["appId"]), "appId"))


def offered_templates(principal: Document) -> tuple[Template, ...]:
    """The templates that a principal offers; none where it was made from no template with provisioning."""
    kind = kind_of(principal)
    return templates_of(kind) if kind else ()


def addressed_template(context: Context, call: Call) -> Template:
    """The template that an address names. Raises GraphError 404 where the principal does not offer it."""
    wanted = call.key("template")
    offered = offered_templates(readable_principal(context, call))
    found = next((template for template in offered if template.id == wanted), None)
    if found is None:
        raise not_found(wanted)
    return found


def readable_job(context: Context, call: Call) -> AddressedJob:
    """The job of an address as callers see it. Raises GraphError 404 where there is none, or it is another's."""
    principal = str(readable_principal(context, call)["id"])
    return _owned(context.view.row(Kind.JOB, call.key("job")), principal, call)


def job_to_write(context: Context, call: Call) -> AddressedJob:
    """The truth of the job that a write addresses. Raises GraphError 404 where callers cannot see it, or it is gone."""
    principal = str(principal_to_write(context, call.keys["principal"])["id"])
    seen = _owned(context.view.row(Kind.JOB, call.key("job")), principal, call)
    return _owned(context.truth.row(Kind.JOB, seen.job.id), principal, call)


def refusal(fault: DocumentFault) -> GraphError:
    """The answer to a body that the service does not take: 400 with the code that it gives for parameters."""
    return GraphError(HTTPStatus.BAD_REQUEST, "RequestParameterInvalid", fault.message)


def set_name(principal: str, part: str) -> str:
    """The name of a collection of a principal's provisioning, as `@odata.context` writes it."""
    return f"servicePrincipals('{principal}')/synchronization/{part}"


def _owned(row: Row | None, principal: str, call: Call) -> AddressedJob:
    if row is not None and row.owner.lower() == principal.lower():
        job = job_of(row.document)
        template = template_named(job.template_id)
        if template is not None:
            return AddressedJob(principal, template, job)
    raise not_found(call.key("job"))
