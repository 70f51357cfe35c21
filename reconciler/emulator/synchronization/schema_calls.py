"""The calls on the schema of a job: read, replace whole, reset, discover, and what its language offers."""

from http import HTTPStatus

from reconciler.emulator.context import NO_CONTENT, Answer, Call, Context
from reconciler.emulator.errors import GraphError, bad_request, not_found
from reconciler.emulator.listing import EntityType, Types
from reconciler.emulator.odata import Entity
from reconciler.emulator.store import View
from reconciler.emulator.switches import NoopSchemaPut
from reconciler.emulator.synchronization.addressing import (
    AddressedJob,
    addressed_template,
    job_to_write,
    readable_job,
    refusal,
    set_name,
)
from reconciler.emulator.synchronization.catalogue.templates import rule_ids
from reconciler.emulator.synchronization.document.check import accept_document
from reconciler.emulator.synchronization.document.fault import DocumentFault
from reconciler.emulator.synchronization.document.reading import entities
from reconciler.emulator.synchronization.functions import FUNCTIONS
from reconciler.emulator.synchronization.job_calls import new_version
from reconciler.emulator.synchronization.lifecycle import saved, wire_time
from reconciler.emulator.synchronization.operators import OPERATORS
from reconciler.emulator.synchronization.records import (
    put_job,
    put_schema,
    put_template_schema,
    schema_document,
    schema_members,
)
from reconciler.emulator.synchronization.schema_answer import schema_answer

_DIRECTORY = ("id", "name", "discoverabilities", "discoveryDateTime", "objects", "readOnly", "version")
_FUNCTION = ("id", "name", "parameters")
_OPERATOR = ("id", "name", "arity", "multivaluedComparisonType", "supportedAttributeTypes")


async def get_schema(context: Context, call: Call) -> Answer:
    """The whole schema of a job."""
    found = readable_job(context, call)
    members = schema_members(context.view, context.truth, found.job.id)
    if members is None:
        raise not_found(found.job.id)
    return schema_answer(context, call, _name(found), members)


async def replace_schema(context: Context, call: Call) -> Answer:
    """Replace the schema whole: what the body lacks is gone. It gets a new version, and the job looks at everybody."""
    found = job_to_write(context, call)
    current = _document(context.truth, context, found)
    try:
        accepted = accept_document(call.json_object(), current, rule_ids(found.template))
    except DocumentFault as fault:
        raise refusal(fault) from None
    unchanged = accepted == {name: value for name, value in current.items() if name not in ("id", "version")}
    if unchanged and context.switches.noop_schema_put is NoopSchemaPut.IGNORED:
        return NO_CONTENT
    with context.transaction() as writing:
        put_schema(writing, context.truth, found.schema, accepted, new_version(context))
        put_job(writing, found.principal, saved(found.job, context.ids.uuid(), context.now))
    return NO_CONTENT


async def refuse_patch(context: Context, call: Call) -> Answer:
    """Refused as not found: the service has no such call, though client libraries were generated with it.

    Page: https://github.com/microsoftgraph/msgraph-sdk-python/issues/820
    """
    raise not_found(readable_job(context, call).job.id)


async def reset_schema(context: Context, call: Call) -> Answer:
    """Bring back the schema of the template."""
    found = job_to_write(context, call)
    with context.transaction() as writing:
        put_template_schema(writing, found.schema, new_version(context))
        put_job(writing, found.principal, saved(found.job, context.ids.uuid(), context.now))
    return NO_CONTENT


async def list_directories(context: Context, call: Call) -> Answer:
    """The directories of a schema."""
    found = readable_job(context, call)
    directories = entities(_document(context.view, context, found), "directories")
    return _directory_types(found).collection("directory", context, call, directories)


async def get_directory(context: Context, call: Call) -> Answer:
    """One directory of a schema."""
    found = readable_job(context, call)
    directory = _directory(_document(context.view, context, found), call)
    return _directory_types(found).one("directory", context, call, directory)


async def discover_directory(context: Context, call: Call) -> Answer:
    """Read the directory of the target anew; its answer is what was found."""
    found = job_to_write(context, call)
    document = _document(context.truth, context, found)
    directory = _directory(document, call)
    if directory.get("discoverabilities") in (None, "None"):
        raise bad_request("The directory does not support discovery.")
    directory["discoveryDateTime"] = wire_time(context.now)
    directory["version"] = new_version(context)
    with context.transaction() as writing:
        put_schema(writing, context.truth, found.schema, document, new_version(context))
    return _directory_types(found).one("directory", context, call, directory)


async def list_functions(context: Context, call: Call) -> Answer:
    """The functions of the expression language."""
    _require_schema(context, call)
    types = Types({"function": EntityType("functions", _FUNCTION)})
    return types.collection("function", context, call, [function.entity() for function in FUNCTIONS])


async def list_filter_operators(context: Context, call: Call) -> Answer:
    """The operators of scoping filters."""
    _require_schema(context, call)
    types = Types({"operator": EntityType("filterOperators", _OPERATOR)})
    return types.collection("operator", context, call, [operator.entity() for operator in OPERATORS])


def _require_schema(context: Context, call: Call) -> None:
    if "job" in call.keys:
        readable_job(context, call)
    else:
        addressed_template(context, call)


def _name(found: AddressedJob) -> str:
    return set_name(found.principal, f"jobs('{found.job.id}')/schema")


def _directory_types(found: AddressedJob) -> Types:
    return Types({"directory": EntityType(f"{_name(found)}/directories", _DIRECTORY)})


def _document(view: View, context: Context, found: AddressedJob) -> Entity:
    document = schema_document(view, context.truth, found.job.id)
    if document is None:
        raise not_found(found.job.id)
    return document


def _directory(document: Entity, call: Call) -> Entity:
    wanted = call.key("directory").lower()
    for directory in entities(document, "directories"):
        if str(directory.get("id")).lower() == wanted:
            return directory
    raise GraphError(HTTPStatus.NOT_FOUND, "Request_ResourceNotFound", "The directory is not defined in the schema.")
