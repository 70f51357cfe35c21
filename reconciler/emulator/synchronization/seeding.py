"""Put jobs, schemas and credentials of a seed in place, as if they had been made long ago."""

from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from msgspec import Struct

from reconciler.emulator.odata import Entity
from reconciler.emulator.store import Document, Transaction, View
from reconciler.emulator.synchronization.catalogue.kinds import AppKind
from reconciler.emulator.synchronization.catalogue.templates import (
    Template,
    rule_ids,
    template_schema,
    templates_of,
)
from reconciler.emulator.synchronization.credentials import read_credentials, written
from reconciler.emulator.synchronization.document.check import accept_document
from reconciler.emulator.synchronization.document.fault import DocumentFault
from reconciler.emulator.synchronization.document.reading import entities
from reconciler.emulator.synchronization.lifecycle import Cycle, Job, Quarantine, ScheduleState
from reconciler.emulator.synchronization.records import (
    SchemaPlace,
    put_credentials,
    put_job,
    put_schema,
    put_template_schema,
)
from reconciler.emulator.synchronization.sealing import Seal

SEEDED_AGE = timedelta(days=1)
"""How long ago a seeded job that runs began its initial cycle."""

_AS_TEMPLATE = "6.0"
_CHANGED = "7.0"


class SeedFault(ValueError):
    """A part of a seed that the service would not hold; the message names it and never bears a secret."""


class Soil(Struct, frozen=True):
    """Where provisioning is put in place: tenant and principal by id, what the application is, and since when."""

    tenant: str
    principal: str
    kind: AppKind
    now: datetime
    seal: Seal


def plant_provisioning(
    writing: Transaction, truth: View, soil: Soil, jobs: list[Document], secrets: list[Document]
) -> None:
    """Write the jobs and credentials that a seed gives an application.

    A job: `template` (a template's id; or the application's key or `default` for its default template), `id`, `state`
    (default Disabled), `status` (as Graph shows it: `quarantine` and `lastExecution` are read), `settings` (names and
    values), and one of `schema` (a whole document) or `mappings` and `scope` (attribute mappings and filter of the
    mapping of users). Ids that are missing follow from the principal and the template.
    Raises SeedFault.
    """
    for job in jobs:
        _plant_job(writing, truth, soil, job)
    if secrets:
        try:
            credentials = read_credentials(secrets, "secrets")
        except DocumentFault as fault:
            raise SeedFault(fault.message) from None
        put_credentials(writing, soil.seal, soil.principal, written((), credentials, merge=False, keep_masked=False))


def _plant_job(writing: Transaction, truth: View, soil: Soil, seed: Document) -> None:
    template = _template(soil.kind, str(seed.get("template", "default")))
    job = _job(soil, template, seed)
    put_job(writing, soil.principal, job)
    place = SchemaPlace(job.id, soil.principal, template)
    document = _document(template, seed)
    if document is None:
        put_template_schema(writing, place, _AS_TEMPLATE)
    else:
        put_schema(writing, truth, place, document, _CHANGED)


def _template(kind: AppKind, name: str) -> Template:
    offered = templates_of(kind)
    for template in offered:
        if template.id == name or (template.default and name in (kind.value, "default")):
            return template
    raise SeedFault(f"the template {name!r} is none of {', '.join(template.id for template in offered)}")


def _job(soil: Soil, template: Template, seed: Document) -> Job:
    state = ScheduleState(str(seed.get("state", ScheduleState.DISABLED.value)))
    unique = uuid5(NAMESPACE_URL, f"emulator:{soil.principal}:{template.id}")
    ran = state is not ScheduleState.DISABLED
    status = seed.get("status")
    told = status if isinstance(status, dict) else {}
    settings = entities(seed, "settings")
    return Job(
        id=str(seed.get("id") or f"{template.id}.{soil.tenant.replace('-', '').lower()}.{unique}"),
        template_id=template.id,
        state=state,
        settings=tuple((str(entry["name"]), _text_or_none(entry.get("value"))) for entry in settings),
        cycle=_cycle(told.get("lastExecution"), str(unique), soil.now - SEEDED_AGE) if ran else None,
        initial_cycles=1 if ran else 0,
        owed=not ran,
        quarantine=_quarantine(told.get("quarantine"), soil.now),
    )


def _document(template: Template, seed: Document) -> Entity | None:
    base = template_schema(template)
    whole, mappings, scope = seed.get("schema"), seed.get("mappings"), seed.get("scope")
    if whole is None and mappings is None and scope is None:
        return None
    document = whole if isinstance(whole, dict) else _with_users(base, mappings, scope)
    try:
        return accept_document(document, base, rule_ids(template))
    except DocumentFault as fault:
        raise SeedFault(fault.message) from None


def _with_users(base: Entity, mappings: object, scope: object) -> Entity:
    """Return the template's document with other mappings and scope in the mapping of users; `base` is not changed."""
    changed: Entity = {}
    if mappings is not None:
        changed["attributeMappings"] = mappings
    if scope is not None:
        changed["scope"] = scope
    rules = [
        {
            **rule,
            "objectMappings": [
                {**mapping, **(changed if _maps_users(rule, mapping) else {})}
                for mapping in entities(rule, "objectMappings")
            ],
        }
        for rule in entities(base, "synchronizationRules")
    ]
    return {**base, "synchronizationRules": rules}


def _maps_users(rule: Entity, mapping: Entity) -> bool:
    return rule["editable"] is True and mapping["enabled"] is True and mapping["sourceObjectName"] == "User"


def _cycle(told: object, activity: str, began: datetime) -> Cycle:
    if not isinstance(told, dict):
        return Cycle(activity, began)
    return Cycle(str(told.get("activityIdentifier", activity)), _moment(told.get("timeBegan"), began))


def _quarantine(told: object, now: datetime) -> Quarantine | None:
    if not isinstance(told, dict):
        return None
    error = told.get("error")
    known = error if isinstance(error, dict) else {}
    reason = str(told.get("reason") or "Unknown")
    return Quarantine(
        began=_moment(told.get("currentBegan"), now),
        reason=reason,
        code=str(known.get("code") or reason),
        message=str(known.get("message") or ""),
        series=int(str(told.get("seriesCount", 1))),
    )


def _moment(text: object, otherwise: datetime) -> datetime:
    """Return a time of the wire: up to seven digits after the second, of which the last says nothing here."""
    if not isinstance(text, str) or not text:
        return otherwise
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise SeedFault(f"{text!r} is no time") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _text_or_none(value: object) -> str | None:
    return None if value is None else str(value)
