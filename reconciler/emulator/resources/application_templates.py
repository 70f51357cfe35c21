"""The gallery: find an application template and make an application with its service principal from it.

Page: https://learn.microsoft.com/graph/api/applicationtemplate-instantiate
"""

from __future__ import annotations

from http import HTTPStatus

from reconciler.emulator.bodies import checked, text
from reconciler.emulator.context import Answer, Call, Context, Operation
from reconciler.emulator.errors import not_found
from reconciler.emulator.gallery import GALLERY, GalleryApp
from reconciler.emulator.resources.applications import new_application, new_principal, put_application, put_principal
from reconciler.emulator.resources.directory_types import DIRECTORY
from reconciler.emulator.store import Document


async def list_templates(context: Context, call: Call) -> Answer:
    """GET of all application templates; they are found by `$filter=displayName eq '…'`."""
    return DIRECTORY.collection("applicationTemplate", context, call, [_entity(app) for app in GALLERY])


async def count_templates(_context: Context, call: Call) -> Answer:
    """GET of the number of application templates."""
    return DIRECTORY.count("applicationTemplate", call, [_entity(app) for app in GALLERY])


async def get_template(context: Context, call: Call) -> Answer:
    """GET of one application template."""
    return DIRECTORY.one("applicationTemplate", context, call, _entity(_template(call)))


async def instantiate(context: Context, call: Call) -> Answer:
    """POST that makes an application and its service principal; repeated, it makes two more."""
    template = _template(call)
    body = checked(call.json_object(), {"displayName": text}, required=("displayName",))
    application = new_application(context, body, template.id, context.ids.uuid(), context.ids.uuid())
    principal = new_principal(context, application, {}, context.ids.uuid())
    with context.transaction() as writing:
        put_application(writing, application)
        put_principal(writing, principal)
    answer: Document = {
        "@odata.context": f"{context.base}/$metadata#microsoft.graph.applicationServicePrincipal",
        "application": application,
        "servicePrincipal": principal,
    }
    return Answer(HTTPStatus.CREATED, answer)


def _template(call: Call) -> GalleryApp:
    identifier = call.key("template")
    found = next((app for app in GALLERY if app.id == identifier.lower()), None)
    if found is None:
        raise not_found(identifier)
    return found


def _entity(app: GalleryApp) -> Document:
    return {
        "id": app.id,
        "displayName": app.display_name,
        "description": app.description,
        "categories": [],
        "homePageUrl": None,
        "logoUrl": None,
        "publisher": "Microsoft",
        "supportedProvisioningTypes": ["sync"],
        "supportedSingleSignOnModes": [],
    }


_ALL = "/applicationTemplates"
_PAGES = "https://learn.microsoft.com/graph/api/applicationtemplate-"

OPERATIONS = (
    Operation("GET", _ALL, list_templates, "list the gallery's applications", f"{_PAGES}list"),
    Operation("GET", f"{_ALL}/$count", count_templates, "count the gallery's applications", f"{_PAGES}list"),
    Operation("GET", f"{_ALL}/{{template}}", get_template, "get one of the gallery's applications", f"{_PAGES}get"),
    Operation(
        "POST",
        f"{_ALL}/{{template}}/instantiate",
        instantiate,
        "make an application from the gallery",
        f"{_PAGES}instantiate",
    ),
)
