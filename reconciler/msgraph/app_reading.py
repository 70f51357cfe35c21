"""Reads one chunk of apps: their jobs and settings together, then the schemas of the jobs that are meant.

jobs ──┬─ one is meant ────────────────────────→ its schema ───────┐
       ├─ none, or several and the default one ─→ templates ─→ …   ├─→ AppReading
       ├─ the known one is missing ─→ that one by id ─→ … ─────────┤
       └─ unreadable or undecided ──────────────────────────────── │
settings and tokens ───────────────────────────────────────────────┘
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from msgspec import Struct

from reconciler.model.address import Address
from reconciler.model.cells import ABSENT, Absent, Known, LiveCell, Reason, Unreadable
from reconciler.model.fields import MAPPING_PREFIX, MAPPINGS, Surface
from reconciler.model.inventory import AppReading
from reconciler.model.mappings import ObjectMapping
from reconciler.model.service import AppPart
from reconciler.model.states import FieldValue
from reconciler.msgraph.demands import Demand
from reconciler.msgraph.failures import Failures
from reconciler.msgraph.transport.answer import Answer, Fault, Layer
from reconciler.msgraph.wire import paths
from reconciler.msgraph.wire.connection import CONNECTION_KEYS, Setting, connection_cells, read_request, settings_in
from reconciler.msgraph.wire.decoding import Encoded, Malformed
from reconciler.msgraph.wire.jobs import (
    DEFAULT_TEMPLATE,
    JOB_KEYS,
    Job,
    Template,
    Undecided,
    chosen_job,
    chosen_template,
    job_cells,
    jobs_in,
    templates_in,
)
from reconciler.msgraph.wire.links import ForeignLink
from reconciler.msgraph.wire.request import Request
from reconciler.msgraph.wire.schema import Schema, SchemaCache, Several, by_source

T = TypeVar("T")
Cells = Mapping[str, LiveCell[FieldValue]]
_Jobs = tuple[Job, ...] | Unreadable

_NOT_READ = Unreadable(Reason.NOT_READ)


class Subject(Struct, frozen=True):
    """An app to read: its principal, the job that it is known to have (or ""), and what is wanted of it."""

    app: Address
    principal: str
    job: str
    demand: Demand

    def wants(self, parts: AppPart) -> bool:
        """Whether any of these parts is to be read."""
        return bool(self.demand.parts & parts)


@dataclass(slots=True)
class AppReader:
    """Reads apps through a chain; equal rules of their schemas are parsed once."""

    chain: Layer
    failures: Failures
    cache: SchemaCache = field(default_factory=SchemaCache)

    async def read(self, subjects: Sequence[Subject]) -> Mapping[Address, AppReading]:
        """The readings of a chunk of apps, in two or three rounds of calls."""
        with_job = [subject for subject in subjects if subject.wants(AppPart.JOB | AppPart.SCHEMA)]
        with_list = [subject for subject in subjects if subject.wants(AppPart.CONNECTION)]
        jobs = [_get(paths.jobs(subject.principal)) for subject in with_job]
        lists = [read_request(subject.principal) for subject in with_list]
        bodies = await self._bodies((*jobs, *lists))
        found = await self._believed(with_job, self._each(with_job, jobs, bodies, jobs_in))
        settings = self._each(with_list, lists, bodies[len(jobs) :], settings_in)
        chosen = await self._choose(with_job, found)
        schemas = await self._schemas(with_job, chosen)
        return {
            subject.app: _reading(chosen.get(subject.app), schemas.get(subject.app), settings.get(subject.app))
            for subject in subjects
        }

    async def _believed(self, subjects: Sequence[Subject], found: Mapping[Address, _Jobs]) -> Mapping[Address, _Jobs]:
        """What was found, but not known where a list leaves out a job that the ledger knows and that still exists.

        A list may be empty for a while; a second job beside the first would write every user twice.
        """
        missing = [subject for subject in subjects if _leaves_out(found[subject.app], subject.job)]
        requests = [_get(paths.job(subject.principal, subject.job)) for subject in missing]
        answers = await self.chain.send(tuple(requests)) if requests else ()
        looked = {
            subject.app: self._gone(request, answer, found[subject.app])
            for subject, request, answer in zip(missing, requests, answers, strict=True)
        }
        return {**found, **looked}

    def _gone(self, request: Request, answer: Answer, jobs: _Jobs) -> _Jobs:
        if isinstance(answer, Fault):
            return jobs if answer.is_gone else self.failures.note(answer)
        return self.failures.note_left_out(request)

    async def _choose(
        self, subjects: Sequence[Subject], found: Mapping[Address, tuple[Job, ...] | Unreadable]
    ) -> Mapping[Address, _Choice]:
        """The job that is meant, for every app; where templates decide, they are read first."""
        unclear = [subject for subject in subjects if _needs_templates(subject, found[subject.app])]
        requests = [_get(paths.templates(subject.principal)) for subject in unclear]
        lists = self._each(unclear, requests, await self._bodies(tuple(requests)), templates_in)
        templates = {subject.app: self._template(subject, lists[subject.app]) for subject in unclear}
        return {subject.app: self._choice(subject, found[subject.app], templates) for subject in subjects}

    def _template(self, subject: Subject, templates: tuple[Template, ...] | Unreadable) -> str | Unreadable:
        if isinstance(templates, Unreadable):
            return templates
        try:
            return chosen_template(templates, subject.demand.template)
        except Undecided as error:
            return self.failures.note_undecided(subject.app, error)

    def _choice(
        self,
        subject: Subject,
        jobs: tuple[Job, ...] | Unreadable,
        templates: Mapping[Address, str | Unreadable],
    ) -> _Choice:
        template = templates.get(subject.app, subject.demand.template)
        if isinstance(jobs, Unreadable):
            return _Choice(jobs, jobs)
        if not jobs:
            return _Choice(None, template)
        if isinstance(template, Unreadable):
            return _Choice(template, template)
        try:
            return _Choice(chosen_job(jobs, template, subject.job), template)
        except Undecided as error:
            why = self.failures.note_undecided(subject.app, error)
            return _Choice(why, why)

    async def _schemas(
        self, subjects: Sequence[Subject], chosen: Mapping[Address, _Choice]
    ) -> Mapping[Address, _Mapped | Unreadable]:
        wanting = [subject for subject in subjects if subject.wants(AppPart.SCHEMA)]
        sources = {subject.app: _schema_of(subject, chosen[subject.app]) for subject in wanting}
        readable = [subject for subject in wanting if isinstance(sources[subject.app], str)]
        requests = [_get(str(sources[subject.app])) for subject in readable]
        bodies = await self._bodies(tuple(requests))
        read = self._each(readable, requests, bodies, self.cache.schema)
        schemas: dict[Address, _Mapped | Unreadable] = {
            app: source for app, source in sources.items() if isinstance(source, Unreadable)
        }
        for subject in readable:
            match read[subject.app]:
                case Unreadable() as why:
                    schemas[subject.app] = why
                case Schema(mappings, several):
                    schemas[subject.app] = _Mapped(by_source(mappings, subject.demand.targets), several)
        return schemas

    async def _bodies(self, requests: tuple[Request, ...]) -> list[Encoded | Unreadable]:
        answers = await self.chain.send(requests) if requests else ()
        return [self.failures.note(answer) if isinstance(answer, Fault) else answer.body for answer in answers]

    def _each(
        self,
        subjects: Sequence[Subject],
        requests: Sequence[Request],
        bodies: Sequence[Encoded | Unreadable],
        parse: Callable[[Encoded], T],
    ) -> Mapping[Address, T | Unreadable]:
        """What each app's body means, or why it is not known; bodies beyond the last app belong to others."""
        triples = zip(subjects, requests, bodies, strict=False)
        return {subject.app: self._parsed(request, body, parse) for subject, request, body in triples}

    def _parsed(self, request: Request, body: Encoded | Unreadable, parse: Callable[[Encoded], T]) -> T | Unreadable:
        if isinstance(body, Unreadable):
            return body
        try:
            return parse(body)
        except (Malformed, ForeignLink) as error:
            return self.failures.note_answer(request, error)


class _Mapped(Struct, frozen=True):
    """An app's object mappings by source object, and the targets' attributes that hold several values."""

    mappings: Mapping[str, ObjectMapping]
    several: Several


class _Choice(Struct, frozen=True):
    """The job that is meant, None where there is none yet, and the template of the job to be."""

    job: Job | Unreadable | None
    template: str | Unreadable


def _leaves_out(jobs: _Jobs, known: str) -> bool:
    return known != "" and not isinstance(jobs, Unreadable) and all(job.id != known for job in jobs)


def _needs_templates(subject: Subject, jobs: tuple[Job, ...] | Unreadable) -> bool:
    """Where no job exists its template holds the mappings; of several jobs the default template may tell which."""
    if isinstance(jobs, Unreadable):
        return False
    if not jobs:
        return subject.wants(AppPart.SCHEMA)
    unknown = all(job.id != subject.job for job in jobs)
    return len(jobs) > 1 and unknown and subject.demand.template == DEFAULT_TEMPLATE


def _schema_of(subject: Subject, choice: _Choice) -> str | Unreadable:
    """The path of the schema that is meant."""
    match choice:
        case _Choice(Job(job_id)):
            return paths.schema(subject.principal, job_id)
        case _Choice(Unreadable() as why) | _Choice(_, Unreadable() as why):
            return why
        case _Choice(_, str() as template):
            return paths.template_schema(subject.principal, template)
    raise AssertionError(choice)


def _reading(
    choice: _Choice | None,
    schema: _Mapped | Unreadable | None,
    settings: tuple[Setting, ...] | Unreadable | None,
) -> AppReading:
    """The cells of an app; None stands for what was not asked for."""
    cells: dict[str, LiveCell[FieldValue]] = {}
    job_id: str | Absent | Unreadable = _NOT_READ
    match choice:
        case None | _Choice(Unreadable()):
            job_id = choice.job if choice is not None and isinstance(choice.job, Unreadable) else _NOT_READ
            cells |= dict.fromkeys(JOB_KEYS, job_id)
        case _Choice(job) if not isinstance(job, Unreadable):
            job_id = job.id if job is not None else ABSENT
            cells |= job_cells(job)
    several: Several = {}
    if schema is None or isinstance(schema, Unreadable):
        cells[MAPPINGS] = schema or _NOT_READ
    else:
        cells |= {MAPPING_PREFIX + source: Known(mapping) for source, mapping in schema.mappings.items()}
        several = schema.several
    if settings is None or isinstance(settings, Unreadable):
        cells |= dict.fromkeys(CONNECTION_KEYS, settings or _NOT_READ)
    else:
        cells |= connection_cells(settings)
    return AppReading(cells, job_id, several)


def _get(path: str) -> Request:
    return Request("GET", path, Surface.APPS)
