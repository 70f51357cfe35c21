"""Jobs, schemas and credentials as rows of the store.

The row of a schema holds everything but its directories; these are nine tenths of it and the same in most jobs, so each
text of them is kept once, under its digest, or not at all where it is a template's own.
"""

import hashlib
import json
from datetime import UTC, datetime
from functools import lru_cache

from msgspec import Struct

from reconciler.emulator.odata import Entity
from reconciler.emulator.store import Document, Kind, Transaction, View
from reconciler.emulator.synchronization.catalogue.templates import Template, template_named, template_schema
from reconciler.emulator.synchronization.credentials import SECRET_KEYS, Credential, is_usable
from reconciler.emulator.synchronization.lifecycle import Cycle, Job, Quarantine, ScheduleState
from reconciler.emulator.synchronization.sealing import Seal

_TEMPLATE = "template:"
_DIGEST = "directories:"


class SchemaPlace(Struct, frozen=True):
    """Where a schema belongs: its job's id, the principal that owns the job, the template that it came from."""

    job: str
    principal: str
    template: Template


def job_of(document: Document) -> Job:
    """Return the job that a row holds."""
    cycle, quarantine = document["cycle"], document["quarantine"]
    settings = document["settings"]
    return Job(
        id=str(document["id"]),
        template_id=str(document["templateId"]),
        state=ScheduleState(str(document["state"])),
        settings=tuple((name, value) for name, value in settings) if isinstance(settings, list) else (),
        cycle=Cycle(cycle["activity"], _moment(cycle["began"])) if isinstance(cycle, dict) else None,
        initial_cycles=int(str(document["initialCycles"])),
        owed=document["owed"] is True,
        quarantine=_quarantine(quarantine) if isinstance(quarantine, dict) else None,
    )


def put_job(writing: Transaction, principal: str, job: Job) -> None:
    """Write a job, and beside it how many initial cycles it made, which control reads show at once."""
    cycle = job.cycle and {"activity": job.cycle.activity, "began": job.cycle.began.isoformat()}
    document: Document = {
        "id": job.id,
        "templateId": job.template_id,
        "state": job.state.value,
        "settings": [list(setting) for setting in job.settings],
        "cycle": cycle,
        "initialCycles": job.initial_cycles,
        "owed": job.owed,
        "quarantine": _quarantine_document(job.quarantine),
    }
    writing.put(Kind.JOB, job.id, document, owner=principal)
    began = job.cycle.began.isoformat() if job.cycle else None
    writing.put(
        Kind.CYCLE,
        job.id,
        {"job": job.id, "servicePrincipal": principal, "initialCycles": job.initial_cycles, "began": began},
        owner=principal,
    )


def delete_job(writing: Transaction, job_id: str) -> None:
    """Remove a job with all that it knows."""
    for kind in (Kind.JOB, Kind.SCHEMA, Kind.CYCLE):
        writing.delete(kind, job_id)


def cycles(truth: View) -> list[Entity]:
    """Return, job by job, how many initial cycles were made and when the newest began."""
    return truth.documents(Kind.CYCLE)


def put_schema(writing: Transaction, truth: View, place: SchemaPlace, document: Entity, version: str) -> None:
    """Write a schema document under a new version; `id` and `version` of the document itself do not count."""
    directories = document.get("directories")
    rest = {name: value for name, value in document.items() if name not in ("id", "version", "directories")}
    key = _directories_key(writing, truth, place.template, directories) if "directories" in document else ""
    body = {"id": place.job, "version": version, **rest}
    writing.put(Kind.SCHEMA, place.job, body, owner=place.principal, alias=key)


def put_template_schema(writing: Transaction, place: SchemaPlace, version: str) -> None:
    """Give a job the schema of its template."""
    rules = template_schema(place.template)["synchronizationRules"]
    body = {"id": place.job, "version": version, "synchronizationRules": rules}
    writing.put(Kind.SCHEMA, place.job, body, owner=place.principal, alias=_TEMPLATE + place.template.id)


def schema_members(view: View, truth: View, job_id: str) -> tuple[bytes, ...] | None:
    """Return the members of a job's schema as JSON, in parts, without the opening brace: `"id":…}`.

    Parts, because a schema is large and each copy of it costs more than all else. None where none can be seen.
    """
    row = view.row(Kind.SCHEMA, job_id)
    if row is None:
        return None
    directories = _directories_text(truth, row.alias)
    rest = row.text[1:].encode()
    return (rest,) if directories is None else (b'"directories":', directories, b",", rest)


def schema_document(view: View, truth: View, job_id: str) -> Entity | None:
    """Return a fresh copy of a job's schema, None where it has none that can be seen."""
    members = schema_members(view, truth, job_id)
    if members is None:
        return None
    found: Entity = json.loads(b"".join((b"{", *members)))
    return found


@lru_cache(maxsize=8)
def template_members(template: Template) -> tuple[bytes, ...]:
    """Return the members of a template's schema as `schema_members` does."""
    return (_dumped(template_schema(template))[1:].encode(),)


def put_credentials(writing: Transaction, seal: Seal, principal: str, credentials: tuple[Credential, ...]) -> None:
    """Write the list of a principal: secrets sealed, settings in clear."""
    entries = [_entry(credential, seal, principal) for credential in credentials]
    body: Document = {"entries": entries, "usable": is_usable(credentials)}
    writing.put(Kind.SECRETS, principal, body, owner=principal)


def credentials_of(view: View, seal: Seal, principal: str) -> tuple[Credential, ...]:
    """Return the list of a principal, secrets in clear."""
    return tuple(
        Credential(entry["key"], seal.open(entry["sealed"], _place(principal, entry["key"])))
        if "sealed" in entry
        else Credential(entry["key"], entry["value"])
        for entry in _entries(view, principal)
    )


def shown_credentials(view: View, principal: str) -> tuple[Entity, ...]:
    """Return the list of a principal as a reader gets it, without opening what is sealed."""
    return tuple(
        {"key": entry["key"], "value": Credential(entry["key"], entry.get("value", "")).shown()}
        for entry in _entries(view, principal)
    )


def has_usable_credentials(view: View, principal: str) -> bool:
    """Return whether a connection could be opened with what is saved."""
    document = view.get(Kind.SECRETS, principal)
    return document is not None and document["usable"] is True


@lru_cache(maxsize=8)
def _template_directories(template: Template) -> bytes:
    return _dumped(template_schema(template)["directories"]).encode()


def _directories_key(writing: Transaction, truth: View, template: Template, directories: object) -> str:
    if directories == template_schema(template)["directories"]:
        return _TEMPLATE + template.id
    text = _dumped(directories)
    key = _DIGEST + hashlib.sha256(text.encode()).hexdigest()
    if truth.row(Kind.SCHEMA, key) is None:
        writing.put(Kind.SCHEMA, key, text)
    return key


def _directories_text(truth: View, key: str) -> bytes | None:
    if key.startswith(_TEMPLATE):
        template = template_named(key.removeprefix(_TEMPLATE))
        return _template_directories(template) if template else None
    row = truth.row(Kind.SCHEMA, key) if key else None
    return row.text.encode() if row else None


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _entries(view: View, principal: str) -> list[dict[str, str]]:
    document = view.get(Kind.SECRETS, principal)
    entries = document["entries"] if document else []
    return entries if isinstance(entries, list) else []


def _entry(credential: Credential, seal: Seal, principal: str) -> dict[str, str]:
    if credential.key in SECRET_KEYS:
        return {"key": credential.key, "sealed": seal.close(credential.value, _place(principal, credential.key))}
    return {"key": credential.key, "value": credential.value}


def _place(principal: str, key: str) -> str:
    return f"{principal.lower()}/{key}"


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _quarantine(found: dict[str, str | int]) -> Quarantine:
    return Quarantine(
        began=_moment(str(found["began"])),
        reason=str(found["reason"]),
        code=str(found["code"]),
        message=str(found["message"]),
        series=int(found["series"]),
    )


def _quarantine_document(found: Quarantine | None) -> Document | None:
    if found is None:
        return None
    return {
        "began": found.began.isoformat(),
        "reason": found.reason,
        "code": found.code,
        "message": found.message,
        "series": found.series,
    }
