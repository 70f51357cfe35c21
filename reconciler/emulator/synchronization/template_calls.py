"""The calls on templates, and on provisioning as a whole."""

from http import HTTPStatus

from reconciler.emulator.context import Answer, Call, Context
from reconciler.emulator.listing import EntityType, Navigation, Types
from reconciler.emulator.odata import Entity
from reconciler.emulator.synchronization.addressing import (
    addressed_template,
    offered_templates,
    readable_principal,
    set_name,
)
from reconciler.emulator.synchronization.catalogue.templates import template_entity
from reconciler.emulator.synchronization.job_calls import job_entities
from reconciler.emulator.synchronization.records import shown_credentials, template_members
from reconciler.emulator.synchronization.schema_answer import schema_answer

_TEMPLATE = ("id", "applicationId", "default", "description", "discoverable", "factoryTag", "metadata")
_JOB = ("id", "templateId", "schedule", "status", "synchronizationJobSettings")


async def get_synchronization(context: Context, call: Call) -> Answer:
    """Provisioning of a principal as a whole: its credentials and, expanded, its jobs and templates."""
    principal = readable_principal(context, call)
    identifier = str(principal["id"])
    jobs = Navigation("job", job_entities)
    templates = Navigation("template", lambda _context, _identifier: _entities(principal))
    types = Types(
        {
            "synchronization": EntityType(
                f"servicePrincipals('{identifier}')/synchronization",
                ("id", "secrets"),
                {"jobs": jobs, "templates": templates},
            ),
            "job": EntityType(set_name(identifier, "jobs"), _JOB),
            "template": EntityType(set_name(identifier, "templates"), _TEMPLATE),
        }
    )
    entity: Entity = {"id": identifier, "secrets": list(shown_credentials(context.view, identifier))}
    return types.one("synchronization", context, call, entity)


async def ping(context: Context, call: Call) -> Answer:
    """Say that provisioning of a principal can be reached; no page tells what the text is."""
    readable_principal(context, call)
    body: Entity = {"@odata.context": f"{context.base}/$metadata#Edm.String", "value": "Pong"}
    return Answer(HTTPStatus.OK, body)


async def list_templates(context: Context, call: Call) -> Answer:
    """The templates that a principal offers; the one marked `default` is meant."""
    principal = readable_principal(context, call)
    return _types(str(principal["id"])).collection("template", context, call, _entities(principal))


async def count_templates(context: Context, call: Call) -> Answer:
    """How many templates a principal offers."""
    principal = readable_principal(context, call)
    return _types(str(principal["id"])).count("template", call, _entities(principal))


async def get_template(context: Context, call: Call) -> Answer:
    """One template, without its schema."""
    principal = str(readable_principal(context, call)["id"])
    return _types(principal).one("template", context, call, template_entity(addressed_template(context, call)))


async def get_template_schema(context: Context, call: Call) -> Answer:
    """The schema that a new job of a template begins with."""
    principal = str(readable_principal(context, call)["id"])
    template = addressed_template(context, call)
    name = set_name(principal, f"templates('{template.id}')/schema")
    return schema_answer(context, call, name, template_members(template))


def _types(principal: str) -> Types:
    return Types({"template": EntityType(set_name(principal, "templates"), _TEMPLATE)})


def _entities(principal: Entity) -> list[Entity]:
    return [template_entity(template) for template in offered_templates(principal)]
