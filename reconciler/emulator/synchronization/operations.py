"""The table of the calls on provisioning.

The calls on credentials are marked as deprecated by the service; what is to replace them has no documented shape yet.
"""

from reconciler.emulator.context import Handler, Operation
from reconciler.emulator.synchronization import job_calls, schema_calls, secret_calls, template_calls

_ROOT = "/servicePrincipals/{principal}/synchronization"
_JOB = f"{_ROOT}/jobs/{{job}}"
_PAGES = "https://learn.microsoft.com/graph/api/"
_JOB_PAGE = f"{_PAGES}synchronization-synchronizationjob-"
_SCHEMA_PAGE = f"{_PAGES}synchronization-synchronizationschema-"
_TEMPLATE_PAGE = f"{_PAGES}synchronization-synchronizationtemplate-"
_SECRET_PAGE = f"{_PAGES}synchronization-serviceprincipal-put-synchronization"
_OVERVIEW = f"{_PAGES}resources/synchronization-overview"
_DIRECTORY_PAGE = f"{_PAGES}synchronization-directorydefinition-discover"


def _get(template: str, handler: Handler, intent: str, page: str) -> Operation:
    return Operation("GET", template, handler, intent, page)


def _post(template: str, handler: Handler, intent: str, page: str) -> Operation:
    return Operation("POST", template, handler, intent, page)


def _of_templates(root: str) -> tuple[Operation, ...]:
    """The calls that can be written below a principal and below its application."""
    template = f"{root}/templates/{{template}}"
    return (
        _post(
            f"{root}/acquireAccessToken",
            secret_calls.acquire_access_token,
            "take credentials for an OAuth grant",
            f"{_PAGES}synchronization-synchronization-acquireaccesstoken",
        ),
        _get(f"{root}/templates", template_calls.list_templates, "list templates", f"{_TEMPLATE_PAGE}list"),
        _get(f"{root}/templates/$count", template_calls.count_templates, "count templates", f"{_TEMPLATE_PAGE}list"),
        _get(template, template_calls.get_template, "get a template", f"{_TEMPLATE_PAGE}get"),
        _get(f"{template}/schema", template_calls.get_template_schema, "get a template's schema", f"{_SCHEMA_PAGE}get"),
        *_of_language(f"{template}/schema"),
    )


def _of_language(schema: str) -> tuple[Operation, ...]:
    """What the language of a schema offers."""
    return (
        _get(f"{schema}/functions", schema_calls.list_functions, "list functions", f"{_SCHEMA_PAGE}functions"),
        _get(
            f"{schema}/filterOperators",
            schema_calls.list_filter_operators,
            "list filter operators",
            f"{_SCHEMA_PAGE}filteroperators",
        ),
    )


OPERATIONS: tuple[Operation, ...] = (
    _get(_ROOT, template_calls.get_synchronization, "provisioning of a principal as a whole", _OVERVIEW),
    _get(f"{_ROOT}/Ping", template_calls.ping, "whether provisioning can be reached", _OVERVIEW),
    *_of_templates(_ROOT),
    *_of_templates("/applications/{application}/synchronization"),
    _get(f"{_ROOT}/jobs", job_calls.list_jobs, "list jobs", f"{_JOB_PAGE}list"),
    _get(f"{_ROOT}/jobs/$count", job_calls.count_jobs, "count jobs", f"{_JOB_PAGE}list"),
    _post(f"{_ROOT}/jobs", job_calls.create_job, "create a job from a template", f"{_JOB_PAGE}post"),
    _post(
        f"{_ROOT}/jobs/validateCredentials",
        secret_calls.validate_new,
        "try out credentials without a job",
        f"{_JOB_PAGE}validatecredentials",
    ),
    _get(_JOB, job_calls.get_job, "get a job", f"{_JOB_PAGE}get"),
    Operation("PATCH", _JOB, job_calls.update_job, "replace a job's settings", _OVERVIEW),
    Operation("DELETE", _JOB, job_calls.delete_addressed_job, "delete a job", f"{_JOB_PAGE}delete"),
    _post(f"{_JOB}/start", job_calls.start_job, "start a job", f"{_JOB_PAGE}start"),
    _post(f"{_JOB}/pause", job_calls.pause_job, "pause a job", f"{_JOB_PAGE}pause"),
    _post(f"{_JOB}/restart", job_calls.restart_job, "restart a job", f"{_JOB_PAGE}restart"),
    _post(
        f"{_JOB}/validateCredentials",
        secret_calls.validate_saved,
        "try out credentials with a job",
        f"{_JOB_PAGE}validatecredentials",
    ),
    _post(
        f"{_JOB}/bulkUpload",
        job_calls.refuse_bulk_upload,
        "upload users: always refused, as these applications are outbound",
        f"{_PAGES}synchronization-synchronizationjob-post-bulkupload",
    ),
    _get(f"{_JOB}/schema", schema_calls.get_schema, "get a job's schema", f"{_SCHEMA_PAGE}get"),
    Operation("PUT", f"{_JOB}/schema", schema_calls.replace_schema, "replace a schema", f"{_SCHEMA_PAGE}update"),
    Operation(
        "PATCH",
        f"{_JOB}/schema",
        schema_calls.refuse_patch,
        "update a schema: always 404, as the service has no such call",
        f"{_SCHEMA_PAGE}update",
    ),
    Operation("DELETE", f"{_JOB}/schema", schema_calls.reset_schema, "reset a schema", f"{_SCHEMA_PAGE}delete"),
    *_of_language(f"{_JOB}/schema"),
    _get(f"{_JOB}/schema/directories", schema_calls.list_directories, "list directories", _DIRECTORY_PAGE),
    _get(f"{_JOB}/schema/directories/{{directory}}", schema_calls.get_directory, "get a directory", _DIRECTORY_PAGE),
    _post(
        f"{_JOB}/schema/directories/{{directory}}/discover",
        schema_calls.discover_directory,
        "read the target's attributes anew",
        _DIRECTORY_PAGE,
    ),
    _get(f"{_ROOT}/secrets", secret_calls.list_secrets, "list credentials, secrets masked", _SECRET_PAGE),
    _get(f"{_ROOT}/secrets/$count", secret_calls.count_secrets, "count credentials", _SECRET_PAGE),
    Operation("PUT", f"{_ROOT}/secrets", secret_calls.put_secrets, "write credentials", _SECRET_PAGE),
)
"""Every call on provisioning, for the service's routes and its page of supported operations."""
